import { expect, test } from 'vitest';
import { encodeKey, isBucketAddress, readStorageAddress, splitAddress } from './storage-address';

test.each([
  // Amazon, path and host style, and its many hosts
  ['https://pets.s3.amazonaws.com/cats/1.jpg', 's3', 'https://pets.s3.amazonaws.com', 'pets', 'cats/1.jpg'],
  ['https://pets.s3.eu-central-1.amazonaws.com/', 's3', 'https://pets.s3.eu-central-1.amazonaws.com', 'pets', ''],
  ['https://my.pets.s3.dualstack.us-west-2.amazonaws.com/a', 's3', 'https://my.pets.s3.dualstack.us-west-2.amazonaws.com', 'my.pets', 'a'],
  ['https://pets.s3-eu-west-1.amazonaws.com/a', 's3', 'https://pets.s3-eu-west-1.amazonaws.com', 'pets', 'a'],
  ['https://s3.amazonaws.com/pets/a%20b/%C3%9F.jpg', 's3', 'https://s3.amazonaws.com/pets', 'pets', 'a b/ß.jpg'],
  ['https://s3.cn-north-1.amazonaws.com.cn/pets/', 's3', 'https://s3.cn-north-1.amazonaws.com.cn/pets', 'pets', ''],
  // services that speak S3
  ['https://0123.r2.cloudflarestorage.com/pets/a', 's3', 'https://0123.r2.cloudflarestorage.com/pets', 'pets', 'a'],
  ['https://pets.fra1.digitaloceanspaces.com/a', 's3', 'https://pets.fra1.digitaloceanspaces.com', 'pets', 'a'],
  ['https://s3.eu-central-1.wasabisys.com/pets/a', 's3', 'https://s3.eu-central-1.wasabisys.com/pets', 'pets', 'a'],
  ['https://pets.s3.us-west-004.backblazeb2.com/a', 's3', 'https://pets.s3.us-west-004.backblazeb2.com', 'pets', 'a'],
  ['http://127.0.0.1:9000/pets/a?list-type=2', 's3', 'http://127.0.0.1:9000/pets', 'pets', 'a'],
  ['http://minio.lan/pets/a?X-Amz-Signature=s', 's3', 'http://minio.lan/pets', 'pets', 'a'],
  // Google
  ['https://storage.googleapis.com/pets/cats/1.jpg', 'gcs', 'https://storage.googleapis.com/pets', 'pets', 'cats/1.jpg'],
  ['https://pets.storage.googleapis.com/cats/1.jpg', 'gcs', 'https://storage.googleapis.com/pets', 'pets', 'cats/1.jpg'],
  ['https://storage.cloud.google.com/pets/1.jpg', 'gcs', 'https://storage.googleapis.com/pets', 'pets', '1.jpg'],
  ['https://console.cloud.google.com/storage/browser/pets/cats;tab=objects', 'gcs', 'https://storage.googleapis.com/pets', 'pets', 'cats'],
  ['https://storage.googleapis.com/storage/v1/b/pets/o?prefix=a', 'gcs', 'https://storage.googleapis.com/pets', 'pets', ''],
  ['https://storage.googleapis.com/storage/v1/b/pets/o/cats%2F1.jpg?alt=media', 'gcs', 'https://storage.googleapis.com/pets', 'pets', 'cats/1.jpg'],
])('%s', (url, provider, bucketUrl, bucket, key) => {
  expect(readStorageAddress(url)).toEqual({ provider, bucketUrl, bucket, key, account: null });
}); // biome-ignore format: a table

test('Azure’s accounts are in the host, an emulator’s in the path', () => {
  expect(readStorageAddress('https://zoo.blob.core.windows.net/pets/cats/1.jpg?sv=1&sig=s')).toEqual({
    provider: 'azure',
    bucketUrl: 'https://zoo.blob.core.windows.net/pets',
    bucket: 'pets',
    account: 'zoo',
    key: 'cats/1.jpg',
  });
  expect(
    readStorageAddress('http://127.0.0.1:10000/devstoreaccount1/pets?restype=container&comp=list'),
  ).toMatchObject({
    provider: 'azure',
    bucketUrl: 'http://127.0.0.1:10000/devstoreaccount1/pets',
    account: 'devstoreaccount1',
    key: '',
  });
});

test('what the address leaves open may be said', () => {
  const url = 'http://127.0.0.1:9000/pets/a';
  expect(readStorageAddress(url)).toBeNull();
  expect(readStorageAddress(url, { provider: 's3' })?.bucket).toBe('pets');
  expect(readStorageAddress('http://pets.lan:9000/a', { provider: 's3', style: 'host' })).toMatchObject({
    bucketUrl: 'http://pets.lan:9000',
    bucket: 'pets',
    key: 'a',
  });
  expect(readStorageAddress(url, { provider: 'gcs' })?.bucketUrl).toBe('http://127.0.0.1:9000/pets');
  expect(readStorageAddress('http://127.0.0.1:9000/zoo/pets/a', { provider: 'azure' })).toMatchObject({
    account: 'zoo',
    bucket: 'pets',
    key: 'a',
  });
});

test.each(['', 'pets', 's3://pets', 'data:,a', 'https://example.com/a.jpg', 'ftp://s3.amazonaws.com/pets'])(
  'no bucket’s address: %s',
  (url) => expect(readStorageAddress(url)).toBeNull(),
);

test('hosts that only look alike are no provider’s', () => {
  expect(readStorageAddress('https://pets.s3.amazonaws.com.example.com/a')?.bucketUrl).not.toMatch(
    /amazonaws\.com$/,
  );
  expect(readStorageAddress('https://notstorage.googleapis.com/a')).toBeNull();
  expect(readStorageAddress('https://blob.core.windows.net.example.com/a')).toBeNull();
});

test.each([
  ['cats/größe 1+2.jpg', 'cats/gr%C3%B6%C3%9Fe%201%2B2.jpg'],
  ["a'(b)*!.jpg", 'a%27%28b%29%2A%21.jpg'],
  ['a?b#c%d&e=f', 'a%3Fb%23c%25d%26e%3Df'],
  ['../a/./b', '%2E%2E/a/%2E/b'],
  ['a//b/', 'a//b/'],
  ['\ud800', '%EF%BF%BD'],
])('the key %s in a path', (key, path) => expect(encodeKey(key)).toBe(path));

test.each([
  ['s3://pets/cats/', 's3://pets/cats/', ''],
  [
    'https://storage.googleapis.com/pets/?prefix=cats%2F',
    'https://storage.googleapis.com/pets/?prefix=cats%2F',
    '',
  ],
  [
    'https://zoo.blob.core.windows.net/pets?restype=container&comp=list&prefix=a%2F&marker=m&sv=1&sr=c&sig=a%2Bb%3D',
    'https://zoo.blob.core.windows.net/pets?prefix=a%2F',
    'sv=1&sr=c&sig=a%2Bb%3D',
  ],
  [
    'https://pets.s3.amazonaws.com/?list-type=2&prefix=a&X-Amz-Date=20261125T075410Z&X-Amz-Signature=s#x',
    'https://pets.s3.amazonaws.com/',
    'list-type=2&prefix=a&X-Amz-Date=20261125T075410Z&X-Amz-Signature=s',
  ],
  [' https://pets.example/ ', 'https://pets.example/', ''],
  ['https://me:p@ss@pets.example/a@b/?prefix=c@d', 'https://pets.example/a@b/?prefix=c@d', ''],
  ['s3://AKIA1:secret@pets/cats/', 's3://pets/cats/', ''],
  ['', '', ''],
])('what may be saved of %s, and what may not', (pasted, url, query) => {
  expect(splitAddress(pasted)).toMatchObject({ url, query });
});

test('a bucket’s address is told from a path and from a link to one thing', () => {
  for (const address of [
    's3://pets',
    'GS://pets/a.jpg',
    'https://a/pets/',
    'https://a/pets?prefix=',
    'http://a/?comp=list',
  ])
    expect(isBucketAddress(address), address).toBe(true);
  for (const other of [
    './pets/',
    'pets',
    '/s3:/pets',
    'https://a/pets/1.jpg',
    'https://a/1.jpg?sig=s',
    'links.txt',
  ])
    expect(isBucketAddress(other), other).toBe(false);
});
