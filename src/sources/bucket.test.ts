import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../e2e/storage/azurite';
import { browserFetch } from '../../e2e/storage/browser-fetch';
import { type S3Server, startS3 } from '../../e2e/storage/s3-server';
import type { Listed } from '../core/image';
import { splitAddress } from '../core/storage-address';
import { bucket } from './bucket';
import { readBucket } from './bucket-address';
import type { Network } from './bucket-listing';
import { listBucket } from './list-bucket';

const origin = 'https://imagemill.example';
const network: Network = {
  fetch: browserFetch(origin),
  origin,
  proxied: false,
  online: () => true,
  now: Date.now,
  wait: async () => {},
};
const text = (content: string) => new TextEncoder().encode(content);
const tree = {
  'photos/cats/1.jpg': text('abc'),
  'photos/cats/no-ending': text('abc'),
  'photos/cats/.DS_Store': text(''),
  'photos/dogs/2.png': text('abcd'),
  'photos/metadata.csv': text('file_name,label\ncats/1.jpg,cat\n'),
  'photos/readme.txt': text('words'),
  'photos/more.tar.gz': text('packed'),
  'other/3.jpg': text('abc'),
};

let s3: S3Server;
let azure: Azurite;
beforeAll(async () => {
  [s3, azure] = await Promise.all([startS3({ pets: [origin] }), startAzurite()]);
  await azure.allow([origin]);
  await Promise.all([s3.fill('pets', tree), azure.fill('pets', tree)]);
});
afterAll(() => Promise.all([s3[Symbol.asyncDispose](), azure[Symbol.asyncDispose]()]));

describe('a bucket as a source', () => {
  test('keys are relative to the prefix; what is no image is left out; tables are read', async () => {
    const listed = await list({ url: 's3://pets/photos/', endpoint: s3.url });
    expect(listed.map(tell).sort()).toEqual([
      'archive more.tar.gz',
      'hidden cats/.DS_Store',
      'image cats/1.jpg 3',
      'image cats/no-ending 3',
      'image dogs/2.png 4',
      'not-an-image readme.txt',
      'table metadata.csv',
    ]);
    const table = listed.find((each) => each.kind === 'table');
    expect(await table?.file.text()).toContain('cats/1.jpg,cat');
    const archive = listed.find((each) => each.kind === 'archive');
    expect(archive).toMatchObject({ bytes: 6, link: { url: `${s3.url}/pets/photos/more.tar.gz` } });
  });

  test('a prefix within a name keeps the name', async () => {
    const listed = await list({ url: 's3://pets/photos/ca', endpoint: s3.url });
    expect(listed.map(tell)).toContain('image cats/1.jpg 3');
  });

  test('ETag, MD5, size and time are recorded, and the address opens the object', async () => {
    const [url, sas] = [`${azure.url}/pets/photos/cats/`, azure.sas('pets')];
    const image = (await list({ url, provider: 'azure' }, sas)).find(({ kind }) => kind === 'image');
    expect(image).toMatchObject({
      kind: 'image',
      ref: {
        key: '1.jpg',
        bytes: 3,
        modified: expect.any(Number),
        origin: { kind: 'link', md5: '900150983cd24fb0d6963f7d28e17f72', etag: expect.stringMatching(/^0x/) },
      },
    });
    if (image?.kind !== 'image' || image.ref.origin.kind !== 'link') throw new Error('no link');
    expect(await (await fetch(image.ref.origin.url)).text()).toBe('abc');
  });

  test('a presigned listing says that it is one page', async () => {
    const { url, query } = splitAddress(await s3.signListing('pets', 'photos/', 2));
    const listed = await list({ url }, query);
    expect(listed.filter(({ kind }) => kind !== 'note')).toHaveLength(2);
    expect(listed.at(-1)).toEqual({
      kind: 'note',
      text: 'The presigned listing is good for one page: its first 2 objects are taken, and there are more. Make the bucket public for listing, or paste a list of presigned links.',
    });
    const whole = splitAddress(await s3.signListing('pets', 'photos/dogs/'));
    expect((await list({ url: whole.url }, whole.query)).map(tell)).toEqual(['image 2.png 4']);
  });

  test.each([
    ['', 'is no bucket’s as far as it tells'],
    ['s3://', 'names no bucket'],
    ['https://example.com/pets/', 'is no bucket’s as far as it tells'],
    ['https://s3.amazonaws.com/', 'names no bucket'],
    ['pets', 'is no bucket’s as far as it tells'],
  ])('an address that is none: %s', async (url, why) => {
    await expect(list({ url })).rejects.toThrow(why);
  });

  test('a link to one object is no listing', async () => {
    const { url, query } = splitAddress(await s3.signObject('pets', 'photos/cats/1.jpg'));
    await expect(list({ url }, query)).rejects.toThrow(
      'This link is signed for one object, and lists nothing.',
    );
  });
});

describe('an address that names its bucket', () => {
  const place = (some: object) => {
    const { address, prefix, api } = readBucket(bucket.knobs.parse(some), '');
    return [address.bucketUrl, prefix, api.objectUrl('k')];
  };
  test.each([
    [{ url: 's3://pets/a/' }, 'https://pets.s3.amazonaws.com', 'a/'],
    [{ url: 's3://pets/a/', region: 'eu-central-1' }, 'https://pets.s3.eu-central-1.amazonaws.com', 'a/'],
    [{ url: 's3://my.pets/' }, 'https://s3.amazonaws.com/my.pets', ''],
    [{ url: 's3://pets/', style: 'path' }, 'https://s3.amazonaws.com/pets', ''],
    [{ url: 's3://pets/a', endpoint: 'https://zoo.s3.example.com/' }, 'https://zoo.s3.example.com/pets', 'a'],
    [
      { url: 's3://pets/a', endpoint: 'http://minio.lan:9000', style: 'host' },
      'http://pets.minio.lan:9000',
      'a',
    ],
    [{ url: 's3://pets/a b/../%41/' }, 'https://pets.s3.amazonaws.com', 'a b/../%41/'],
    [{ url: 'gs://pets/a%20b/', provider: 'gcs' }, 'https://storage.googleapis.com/pets', 'a%20b/'],
  ])('is taken at its word: %j', (some, bucketUrl, prefix) => {
    expect(place(some).slice(0, 2)).toEqual([bucketUrl, prefix]);
  });

  test('is refused where the provider says otherwise', () => {
    expect(() => place({ url: 's3://pets/', provider: 'azure' })).toThrow('begins with s3://, which is S3’s');
  });
});

function list(some: Record<string, unknown>, query = ''): Promise<Listed[]> {
  return gather(listBucket(bucket.knobs.parse(some), query, network, new AbortController().signal));
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function tell(listed: Listed): string {
  if (listed.kind === 'image') return `image ${listed.ref.key} ${listed.ref.bytes}`;
  if (listed.kind === 'note') return listed.text;
  return `${listed.kind === 'left-out' ? listed.why : listed.kind} ${listed.key}`;
}
