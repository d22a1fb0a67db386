import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../e2e/storage/azurite';
import { browserFetch } from '../../e2e/storage/browser-fetch';
import { type GcsServer, startGcs } from '../../e2e/storage/gcs-server';
import { type S3Server, startS3 } from '../../e2e/storage/s3-server';
import { type BucketKnobs, readBucket } from './bucket-address';
import { getPage, listObjects, type Network } from './bucket-listing';
import type { ListedObject } from './bucket-page';
import { s3Listing } from './s3-listing';

const origin = 'https://imagemill.example';
const signal = new AbortController().signal;
const md5OfAbc = '900150983cd24fb0d6963f7d28e17f72';
const abc = new TextEncoder().encode('abc');

/** Names that go wrong when one side encodes what the other does not. */
const names = ['cats/größe 1+2.jpg', "cats/a&b=c?d#e%25'.jpg", 'cats/deep/er/3.jpg', 'dogs/4.jpg'];
const tree = Object.fromEntries([...names, 'cats/folder/'].map((name) => [name, abc]));

describe('S3, as s3rver answers', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3({ pets: [origin], closed: [] });
    await s3.fill('pets', tree);
  });
  afterAll(() => s3[Symbol.asyncDispose]());

  test('keys, sizes, times and ETags; folders’ own keys are none', async () => {
    const objects = await list({ url: 's3://pets', endpoint: s3.url });
    expect(keysOf(objects)).toEqual([...names].sort());
    expect(objects[0]).toMatchObject({ bytes: 3, etag: md5OfAbc, md5: null });
    expect(Math.abs((objects[0].modified ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  test('a prefix; an address of http says its provider', async () => {
    expect(keysOf(await list({ url: `${s3.url}/pets/cats/deep/`, provider: 's3' }))).toEqual([
      'cats/deep/er/3.jpg',
    ]);
    expect(keysOf(await list({ url: `${s3.url}/pets?list-type=2&prefix=dogs%2F` }))).toEqual(['dogs/4.jpg']);
  });

  test('page by page', async () => {
    const { api } = readBucket(knobs({ url: 's3://pets', endpoint: s3.url }), '');
    // Pages of two, where the provider gives 1,000.
    const paged = {
      ...api,
      pageUrl: (prefix: string, next: string | null) =>
        api.pageUrl(prefix, next).replace('max-keys=1000', 'max-keys=2'),
    };
    expect(keysOf(await gather(listObjects(paged, '', network(), signal)))).toEqual([...names].sort());
  });

  test('every object’s address gives it', async () => {
    const { api } = readBucket(knobs({ url: 's3://pets', endpoint: s3.url }), '');
    for (const { key, etag } of await gather(listObjects(api, '', network(), signal))) {
      const answer = await fetch(api.objectUrl(key));
      expect(answer.headers.get('etag')).toBe(`"${etag}"`);
      expect(await answer.text()).toBe('abc');
    }
  });

  test('a presigned listing is one page, as it was given', async () => {
    const [url, query] = (await s3.signListing('pets', 'cats/', 2)).split('?');
    const bucket = readBucket(knobs({ url }), query);
    expect(bucket.signedPage).toBe(`${url}?${query}`);
    expect(bucket.prefix).toBe('cats/');
    const page = await getPage(bucket.api, bucket.signedPage ?? '', network(), signal);
    expect(page.objects).toHaveLength(2);
    expect(page.next).not.toBeNull();
  });

  test('a listing that expired, that is not there, that may not be read', async () => {
    const [url, query] = (
      await s3.signListing('pets', '', 1000, { expiresIn: 60, signingDate: new Date(Date.now() - 3_600_000) })
    ).split('?');
    await expect(getPage(s3Listing(url), `${url}?${query}`, network(), signal)).rejects.toMatchObject({
      name: 'RunError',
      code: 'bucket',
      message: expect.stringMatching(
        /^The bucket cannot be listed\. The link expired on .*AccessDenied: Request has/,
      ),
    });
    const nowhere = readBucket(knobs({ url: 's3://nowhere', endpoint: s3.url }), '');
    // What a page may not read says CORS alone: this one is asked for as by the command line through Node.
    await expect(gather(listObjects(nowhere.api, '', network(fetch), signal))).rejects.toThrow(
      /There is no such bucket: the server answered 404 \(NoSuchBucket/,
    );
    await expect(list({ url: 's3://closed', endpoint: s3.url })).rejects.toThrow(
      /does not let pages of https:\/\/imagemill\.example read it.*aws s3api put-bucket-cors --bucket closed/s,
    );
  });
});

describe('Azure, as azurite answers', () => {
  let azure: Azurite;
  beforeAll(async () => {
    azure = await startAzurite();
    await azure.allow([origin]);
    await azure.fill('pets', tree);
  });
  afterAll(() => azure[Symbol.asyncDispose]());

  test('a container’s SAS lists by pages and opens each blob', async () => {
    const sas = azure.sas('pets');
    const { api } = readBucket(knobs({ url: `${azure.url}/pets`, provider: 'azure' }), sas);
    // Pages of two, where the provider gives 5,000.
    const paged = {
      ...api,
      pageUrl: (prefix: string, next: string | null) =>
        api.pageUrl(prefix, next).replace('maxresults=5000', 'maxresults=2'),
    };
    const asked: string[] = [];
    const counting: Network = {
      ...network(),
      fetch: (url, init) => {
        asked.push(String(url));
        return browserFetch(origin)(url, init);
      },
    };
    const objects = await gather(listObjects(paged, '', counting, signal));
    expect(keysOf(objects)).toEqual([...names].sort());
    expect(asked).toHaveLength(3);
    expect(objects[0]).toMatchObject({ bytes: 3, md5: md5OfAbc, etag: expect.stringMatching(/^0x/) });
    for (const { key, etag } of objects) {
      const answer = await fetch(api.objectUrl(key));
      expect(answer.headers.get('etag')).toBe(`"${etag}"`);
      expect(await answer.text()).toBe('abc');
    }
  });

  test('a SAS that has ended, that does not list, a container that is not there', async () => {
    const listWith = (sas: string, container = 'pets') =>
      list({ url: `${azure.url}/${container}`, provider: 'azure' }, sas);
    await expect(listWith(azure.sas('pets', { expiresOn: new Date(Date.now() - 60_000) }))).rejects.toThrow(
      /^The bucket cannot be listed\. The link expired on .* UTC, 1 minute ago/,
    );
    await expect(listWith(azure.sas('pets', { permissions: 'r' }))).rejects.toThrow(
      /allows to read \(r\), and to list/,
    );
    await expect(listWith(azure.sas('none'), 'none')).rejects.toThrow(
      /no such bucket: .*404 \(ContainerNotFound/,
    );
  });
});

describe('Google, as its documentation says', () => {
  let gcs: GcsServer;
  beforeAll(async () => {
    gcs = await startGcs({ pets: tree, empty: {} }, 2);
    gcs.allow([origin]);
  });
  afterAll(() => gcs[Symbol.asyncDispose]());

  test.each(['json', 'xml'] as const)('its %s API: pages, keys, and each object', async (google_api) => {
    const wanted = knobs({ url: `${gcs.url}/pets`, provider: 'gcs', google_api });
    const objects = await gather(listObjects(readBucket(wanted, '').api, '', network(), signal));
    expect(keysOf(objects)).toEqual([...names].sort());
    expect(objects[0]).toMatchObject({ bytes: 3, modified: Date.parse('2026-11-01T12:00:00.500Z') });
    expect(objects[0].md5).toBe(google_api === 'json' ? md5OfAbc : null);
    const { api } = readBucket(wanted, '');
    for (const { key } of objects) expect(await (await fetch(api.objectUrl(key))).text()).toBe('abc');
  });

  test('an empty bucket, and one that is not there', async () => {
    expect(await list({ url: `${gcs.url}/empty`, provider: 'gcs' })).toEqual([]);
    await expect(list({ url: `${gcs.url}/none`, provider: 'gcs' })).rejects.toThrow(
      /404 \(notFound: The specified bucket does not exist\.\)/,
    );
  });
});

describe('servers that misbehave', () => {
  const page = (more: string, key = 'a.jpg') =>
    `<ListBucketResult><Contents><Key>${key}</Key><Size>3</Size></Contents>${more}</ListBucketResult>`;

  test('trouble that passes is waited for, as long as the server asks', async () => {
    const waits: number[] = [];
    const answers = [
      { status: 503, headers: { 'retry-after': '7' }, body: '' },
      { status: 500, body: '' },
      { status: 200, body: page('') },
    ];
    await using server = await serve((_request, response) => {
      const { status, headers, body } = answers.shift() ?? { status: 404, body: '' };
      response.writeHead(status, headers).end(body);
    });
    const patient: Network = { ...network(fetch), wait: async (ms) => void waits.push(ms) };
    const objects = await gather(listObjects(s3Listing(`${server.url}/pets`), '', patient, signal));
    expect(keysOf(objects)).toEqual(['a.jpg']);
    expect(waits[0]).toBe(7000);
    expect(waits[1]).toBeGreaterThanOrEqual(500);
    expect(waits[1]).toBeLessThanOrEqual(1500);
  });

  test('trouble that stays is told after five times; a refusal at once', async () => {
    let asked = 0;
    let status = 503;
    await using server = await serve((_request, response) => {
      asked++;
      response
        .writeHead(status)
        .end('<Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>');
    });
    const patient: Network = { ...network(fetch), wait: async () => {} };
    const listing = () => gather(listObjects(s3Listing(`${server.url}/pets`), '', patient, signal));
    await expect(listing()).rejects.toThrow('The server answered 503 (SlowDown: Reduce your rate.)');
    expect(asked).toBe(5);
    status = 403;
    await expect(listing()).rejects.toThrow('The server refused the link with 403');
    expect(asked).toBe(6);
  });

  test('who asks for more patience than a person has is not waited for, nor asked sooner', async () => {
    let asked = 0;
    await using server = await serve((_request, response) => {
      asked++;
      response.writeHead(503, { 'retry-after': '3600' }).end();
    });
    const waits: number[] = [];
    const patient: Network = { ...network(fetch), wait: async (ms) => void waits.push(ms) };
    const listing = gather(listObjects(s3Listing(`${server.url}/pets`), '', patient, signal));
    await expect(listing).rejects.toThrow('The server answered 503');
    expect([asked, waits]).toEqual([1, []]);
  });

  test('an answer that breaks off is told as that, for it was let in', async () => {
    let asked = 0;
    await using server = await serve((_request, response) => {
      asked++;
      response.writeHead(200, { 'content-length': 9999 }).write('<List', () => response.destroy());
    });
    const patient: Network = { ...network(fetch), wait: async () => {} };
    const listing = gather(listObjects(s3Listing(`${server.url}/pets`), '', patient, signal));
    await expect(listing).rejects.toThrow('The connection broke off');
    expect(asked).toBe(3);
  });

  test.each([
    ['<html><body>Welcome</body></html>', 'it is <html>, not <ListBucketResult>'],
    ['Welcome', 'it is no XML'],
    ['', 'it is no XML'],
    [page('<IsTruncated>true</IsTruncated>', ''), 'it says that there is more and not where'],
    ['<Error><Code>InternalError</Code><Message>We failed.</Message></Error>', 'InternalError: We failed.'],
  ])('an answer of 200 that is no listing: %.40s', async (body, why) => {
    await using server = await serve((_request, response) => response.end(body));
    const listing = gather(listObjects(s3Listing(`${server.url}/pets`), '', network(fetch), signal));
    await expect(listing).rejects.toThrow(why);
  });

  test('the same page again and again ends', async () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>';
    await using server = await serve((_request, response) => response.end(page(more)));
    const listing = gather(listObjects(s3Listing(`${server.url}/pets`), '', network(fetch), signal));
    await expect(listing).rejects.toThrow('gives the same page again and again');
  });

  test('a server of the first version is paged by its marker', async () => {
    const asked: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      asked.push(request.url);
      response.end(
        asked.length === 1 ? page('<IsTruncated>true</IsTruncated>', 'a b.jpg') : page('', 'b.jpg'),
      );
    });
    const objects = await gather(listObjects(s3Listing(`${server.url}/pets`), '', network(fetch), signal));
    expect(keysOf(objects)).toEqual(['a b.jpg', 'b.jpg']);
    expect(asked[1]).toBe('/pets?marker=a%20b.jpg&encoding-type=url&max-keys=1000&prefix=');
  });

  test('cancelling ends a listing that hangs', async () => {
    await using server = await serve(() => {});
    const controller = new AbortController();
    const listing = gather(
      listObjects(s3Listing(`${server.url}/pets`), '', network(fetch), controller.signal),
    );
    controller.abort(new Error('cancelled'));
    await expect(listing).rejects.toThrow('cancelled');
  });
});

const defaults: BucketKnobs = {
  url: '',
  provider: 'auto',
  region: '',
  endpoint: '',
  style: 'auto',
  google_api: 'json',
};

const knobs = (some: Partial<BucketKnobs>): BucketKnobs => ({ ...defaults, ...some });

function list(some: Partial<BucketKnobs>, query = ''): Promise<ListedObject[]> {
  const { api, prefix } = readBucket(knobs(some), query);
  return gather(listObjects(api, prefix, network(), signal));
}

function network(through: typeof fetch = browserFetch(origin)): Network {
  return { fetch: through, proxied: false, origin, online: () => true, now: Date.now, wait: async () => {} };
}

const keysOf = (objects: readonly ListedObject[]) => objects.map(({ key }) => key);

async function serve(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Listening on a port, it has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
