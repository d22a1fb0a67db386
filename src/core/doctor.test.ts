import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../e2e/storage/azurite';
import { browserFetch } from '../../e2e/storage/browser-fetch';
import { type GcsServer, startGcs } from '../../e2e/storage/gcs-server';
import { type S3Server, startS3 } from '../../e2e/storage/s3-server';
import { explainRefusal, explainSilence, type Silence, serverAnswers } from './doctor';

const origin = 'https://imagemill.example';
const now = Date.parse('2026-11-25T12:00:00Z');
const anHourAgo = () => new Date(Date.now() - 3_600_000);
const bytes = new Uint8Array([1, 2, 3]);

/** Fetches as a page does that may read, and explains what it got. */
async function explain(url: string) {
  const response = await fetch(url);
  expect(response.ok).toBe(false);
  const { status, headers } = response;
  return explainRefusal({ url, status, headers, body: await response.text() }, Date.now());
}

describe('S3, as s3rver answers', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3({ pets: [], open: [origin] });
    await s3.fill('pets', { 'a.jpg': bytes });
  });
  afterAll(() => s3[Symbol.asyncDispose]());

  test('expired', async () => {
    const url = await s3.signObject('pets', 'a.jpg', { expiresIn: 60, signingDate: anHourAgo() });
    const { code, message } = await explain(url);
    expect(code).toBe('expired');
    expect(message).toMatch(
      /^The link expired on [\d-]+ [\d:]+ UTC, 59 minutes ago; the server answered 403 \(AccessDenied: Request has expired\)\. Paste a fresh link to retry it\.$/,
    );
  });

  test('a signature that does not fit (of version 2, for s3rver checks no newer one)', async () => {
    const expires = Math.floor(Date.now() / 1000) + 60;
    const { code, message } = await explain(
      `${s3.url}/pets/a.jpg?AWSAccessKeyId=S3RVER&Expires=${expires}&Signature=AAAA`,
    );
    expect(code).toBe('forbidden');
    expect(message).toMatch(/403 \(SignatureDoesNotMatch: .*the link was changed after it was signed/is);
    expect(message).not.toMatch(/S3RVER|AAAA/);
  });

  test('missing object, missing bucket', async () => {
    expect(await explain(await s3.signObject('pets', 'A.JPG'))).toEqual({
      code: 'missing',
      message:
        'There is no such object: the server answered 404 (NoSuchKey: The specified key does not exist.). Check its name, upper and lower case included.',
      cors: [],
    });
    expect((await explain(`${s3.url}/nowhere/a.jpg`)).message).toMatch(
      /^There is no such bucket: .*NoSuchBucket/,
    );
  });

  test('CORS: the answer is there and hidden', async () => {
    const url = await s3.signObject('pets', 'a.jpg');
    await expect(browserFetch(origin)(url)).rejects.toThrow(TypeError);
    const { code, message, cors } = await explainSilence(silence(url));
    expect(code).toBe('cors');
    expect(message).toMatch(
      /^There is an answer, and the bucket "pets" at 127\.0\.0\.1:\d+ does not let pages of https:\/\/imagemill\.example read it/,
    );
    expect(message).not.toContain('below'); // a failure's sentence stands alone
    expect(JSON.parse(cors[0].text)[0].AllowedOrigins).toEqual([origin]);
  });
});

describe('Azure, as azurite answers', () => {
  let azure: Azurite;
  beforeAll(async () => {
    azure = await startAzurite();
    await azure.fill('pets', { 'a.jpg': bytes });
  });
  afterAll(() => azure[Symbol.asyncDispose]());

  test('expired', async () => {
    const sas = azure.sas('pets', { expiresOn: anHourAgo() });
    expect(await explain(`${azure.url}/pets/a.jpg?${sas}`)).toMatchObject({
      code: 'expired',
      message: expect.stringMatching(/^The link expired on .* UTC, 1 hour ago; the server answered 403 \(/),
    });
  });

  test('not good yet', async () => {
    const sas = azure.sas('pets', { startsOn: new Date(Date.now() + 1_800_000) });
    expect(await explain(`${azure.url}/pets/a.jpg?${sas}`)).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/^The link is not good before .* UTC: the server answered 403/),
    });
  });

  test('missing', async () => {
    expect((await explain(`${azure.url}/pets/b.jpg?${azure.sas('pets')}`)).message).toMatch(
      /^There is no such object: the server answered 404 \(BlobNotFound: /,
    );
  });

  test('a signature that does not fit', async () => {
    const sas = azure.sas('pets').replace(/sig=.{4}/, 'sig=AAAA');
    expect((await explain(`${azure.url}/pets/a.jpg?${sas}`)).message).toMatch(
      /^The server refused the link with 403 \(.*The signature does not fit/,
    );
  });

  test('CORS off and on', async () => {
    const url = `${azure.url}/pets/a.jpg?${azure.sas('pets')}`;
    await azure.allow([]);
    await expect(browserFetch(origin)(url)).rejects.toThrow(TypeError);
    const diagnosis = await explainSilence(silence(url));
    expect(diagnosis.code).toBe('cors');
    expect(diagnosis.cors[0].text).toContain(`--origins ${origin}`);
    expect(diagnosis.cors[0].text).toContain('--account-name devstoreaccount1');
    await azure.allow([origin]);
    expect((await browserFetch(origin)(url)).status).toBe(200);
  });
});

describe('Google, as its documentation says', () => {
  let gcs: GcsServer;
  beforeAll(async () => {
    gcs = await startGcs({ pets: { 'a.jpg': bytes } });
  });
  afterAll(() => gcs[Symbol.asyncDispose]());

  test('expired', async () => {
    const date = anHourAgo()
      .toISOString()
      .replace(/[-:]|\.\d+/g, '');
    const url = `${gcs.url}/pets/a.jpg?X-Goog-Date=${date}&X-Goog-Expires=60&X-Goog-Signature=ab`;
    expect(await explain(url)).toMatchObject({
      code: 'expired',
      message: expect.stringMatching(
        /59 minutes ago; the server answered 400 \(ExpiredToken: The provided token has expired\.: Request has expired: \d+\)/,
      ),
    });
  });

  test('missing, in XML and JSON', async () => {
    expect((await explain(`${gcs.url}/pets/b.jpg`)).message).toContain('404 (NoSuchKey: ');
    expect((await explain(`${gcs.url}/storage/v1/b/pets/o/b.jpg?alt=media`)).message).toContain(
      '404 (notFound: No such object: b.jpg)',
    );
  });
});

describe('what no server here answers', () => {
  const refusal = (url: string, status: number, body: string) =>
    explainRefusal({ url, status, headers: new Headers(), body }, now);
  const link = 'https://pets.s3.amazonaws.com/a.jpg';

  test('a session’s credentials ended before the link', async () => {
    const url = `${link}?X-Amz-Date=20261125T110000Z&X-Amz-Expires=604800&X-Amz-Security-Token=t&X-Amz-Signature=s`;
    const body = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';
    expect(await refusal(url, 400, body)).toMatchObject({
      code: 'expired',
      message:
        'The credentials that signed the link have expired, before the link itself would; the server answered 400 (ExpiredToken: The provided token has expired.). Paste a fresh link to retry it.',
    });
  });

  test('Azure tells in either of two details', async () => {
    const bodyOf = (detail: string) =>
      `<Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message><AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail></Error>`;
    const url = 'https://zoo.blob.core.windows.net/pets/a?sv=1&si=readers&sig=s';
    const ended =
      'Signature not valid in the specified time frame: Start [Tue, 24 Nov 2026 10:00:00 GMT] - Expiry [Tue, 24 Nov 2026 11:00:00 GMT] - Current [Wed, 25 Nov 2026 12:00:00 GMT]';
    expect((await refusal(url, 403, bodyOf(ended))).code).toBe('expired');
    expect((await refusal(url, 403, bodyOf(ended.replace('Expiry [Tue, 24', 'Expiry [Fri, 27')))).code).toBe(
      'forbidden',
    );
    expect(
      (await refusal(url, 403, bodyOf('Signed expiry time [Tue] must be after signed start time [Wed]')))
        .code,
    ).toBe('expired');
  });

  test.each([
    ['AccessDenied', 'It is not public: use a signed link'],
    ['InvalidObjectState', 'lies in an archive'],
    ['RequestTimeTooSkewed', 'The clock of whoever signed it is wrong'],
    ['AuthorizationPermissionMismatch', 'allows to read (r)'],
  ])('forbidden: %s', async (code, wayOut) => {
    const { message } = await refusal(link, 403, `<Error><Code>${code}</Code></Error>`);
    expect(message).toContain(`The server refused the link with 403 (${code}).`);
    expect(message).toContain(wayOut);
  });

  test('a bucket that lies elsewhere', async () => {
    const body =
      '<Error><Code>PermanentRedirect</Code><Endpoint>pets.s3-eu-west-1.amazonaws.com</Endpoint></Error>';
    expect((await refusal(link, 301, body)).message).toContain(
      'names pets.s3-eu-west-1.amazonaws.com. Use that',
    );
  });

  test('a server in trouble', async () => {
    expect(
      await refusal(
        link,
        503,
        '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
      ),
    ).toMatchObject({
      code: 'server-error',
      message:
        'The server answered 503 (SlowDown: Please reduce your request rate.). It is overloaded or in trouble: try again later.',
    });
  });

  test('the server’s clock counts more than ours', async () => {
    const url = `${link}?X-Amz-Date=20261125T110000Z&X-Amz-Expires=60&X-Amz-Signature=s`;
    const headers = new Headers({ date: 'Wed, 25 Nov 2026 11:00:30 GMT' });
    expect((await explainRefusal({ url, status: 403, headers, body: '' }, now)).code).toBe('forbidden');
  });
});

describe('silence', () => {
  test('an expired link needs no network to be known', async () => {
    const url =
      'https://pets.s3.amazonaws.com/a?X-Amz-Date=20261125T080000Z&X-Amz-Expires=7200&X-Amz-Signature=s';
    expect(await explainSilence({ ...silence(url), now, answers: noLook })).toEqual({
      code: 'expired',
      message:
        'The link expired on 2026-11-25 10:00:00 UTC, 2 hours ago by this computer’s clock. Paste a fresh link to retry it.',
      cors: [],
    });
  });

  test('mixed content', async () => {
    expect(await explainSilence({ ...silence('http://example.com/a.jpg'), answers: noLook })).toMatchObject({
      code: 'mixed-content',
      message: expect.stringMatching(
        /^The page fetches by https only, and the link is plain http \(mixed content\)/,
      ),
    });
  });

  test('offline', async () => {
    expect(
      await explainSilence({ ...silence('https://example.com/a.jpg'), answers: noLook, online: false }),
    ).toMatchObject({ code: 'offline', message: expect.stringMatching(/^This computer has no network/) });
  });

  test('no such name; nobody at the port', async () => {
    expect(await explainSilence(silence('https://nowhere.invalid/a.jpg'))).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        /^No server answers at nowhere\.invalid: there is no such name, it refuses/,
      ),
    });
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    // Listening on a port of 127.0.0.1, it has an address with one.
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect((await explainSilence(silence(`http://127.0.0.1:${port}/a.jpg`))).code).toBe('unreachable');
  });

  test('a server that is no provider’s and sends no header', async () => {
    const server = createServer((_request, response) => response.writeHead(403).end('no'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, message, cors } = await explainSilence(silence(`http://127.0.0.1:${port}/a.jpg`));
    server.closeAllConnections();
    server.close();
    expect(code).toBe('cors');
    expect(message).toContain(`the server 127.0.0.1:${port} does not let pages of ${origin} read it`);
    expect(cors[0].text).toContain(`Access-Control-Allow-Origin: ${origin}`);
  });

  test('through the command line’s server there is no CORS: an answer that did not come broke off', async () => {
    const through = { ...silence('https://pets.s3.amazonaws.com/a.jpg'), proxied: true };
    const { code, message, cors } = await explainSilence({ ...through, answers: async () => true });
    expect(code).toBe('interrupted');
    expect(message).not.toMatch(/CORS|through_node/);
    expect(cors).toEqual([]);
    expect(await explainSilence({ ...through, answers: async () => false })).toMatchObject({
      code: 'unreachable',
    });
  });

  test('Google’s address that never allows', async () => {
    const { message, cors } = await explainSilence({
      ...silence('https://storage.cloud.google.com/pets/a.jpg'),
      answers: async () => true,
    });
    expect(message).toContain('Use the same path at storage.googleapis.com.');
    expect(cors).toEqual([]);
  });

  test('what is no web address', async () => {
    expect((await explainSilence(silence('ftp://example.com/a'))).message).toContain('begins with "ftp:"');
    expect((await explainSilence(silence('cats/1.jpg'))).message).toBe(
      'This is no address that can be fetched. Links begin with https://.',
    );
  });

  test('cancelling ends the second look; a server that says nothing does not hold it for ever', async () => {
    const hanging: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    const controller = new AbortController();
    const { signal } = controller;
    const pending = serverAnswers('https://example.com/a', { fetch: hanging, withinMs: 60_000, signal });
    controller.abort();
    await expect(pending).rejects.toThrow('abort');
    expect(await serverAnswers('https://example.com/a', { fetch: hanging, withinMs: 10 })).toBe(false);
  });
});

function silence(url: string): Silence {
  return {
    url,
    origin,
    online: true,
    proxied: false,
    now: Date.now(),
    answers: () => serverAnswers(url, { fetch: browserFetch(origin), withinMs: 10_000 }),
  };
}

const noLook = () => Promise.reject(new Error('It must not ask the network.'));
