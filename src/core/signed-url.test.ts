import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import {
  BlobSASPermissions,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { describe, expect, test } from 'vitest';
import { readSignedUrl } from './signed-url';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a secret' };
const signedAt = new Date('2026-11-25T07:54:10Z');

describe('what the providers’ own libraries sign', () => {
  test('an S3 object and an S3 listing', async () => {
    const client = new S3Client({ region: 'eu-central-1', credentials });
    const options = { expiresIn: 900, signingDate: signedAt };
    const object = new GetObjectCommand({ Bucket: 'pets', Key: 'cats/größe 1+2.jpg' });
    const listing = new ListObjectsV2Command({ Bucket: 'pets', Prefix: 'cats/' });
    for (const url of [
      await getSignedUrl(client, object, options),
      await getSignedUrl(client, listing, options),
    ]) {
      expect(readSignedUrl(url)).toEqual({
        provider: 's3',
        scheme: 's3-v4',
        startsAt: signedAt.getTime(),
        expiresAt: signedAt.getTime() + 900_000,
        temporary: false,
      });
    }
  });

  test('an S3 object with the credentials of a session, which may end first', async () => {
    const client = new S3Client({
      region: 'us-east-1',
      credentials: { ...credentials, sessionToken: 'a+session/token==' },
    });
    const command = new GetObjectCommand({ Bucket: 'pets', Key: 'a.jpg' });
    const url = await getSignedUrl(client, command, { expiresIn: 604_800, signingDate: signedAt });
    expect(readSignedUrl(url)).toMatchObject({
      temporary: true,
      expiresAt: Date.parse('2026-12-02T07:54:10Z'),
    });
  });

  test('an Azure blob and an Azure container', () => {
    const credential = new StorageSharedKeyCredential('pets', Buffer.from('key').toString('base64'));
    const expiresOn = new Date('2026-11-25T09:00:00.500Z');
    const blob = generateBlobSASQueryParameters(
      {
        containerName: 'pets',
        blobName: 'a.jpg',
        permissions: BlobSASPermissions.parse('r'),
        startsOn: signedAt,
        expiresOn,
      },
      credential,
    );
    // The library writes whole seconds.
    expect(readSignedUrl(`https://pets.blob.core.windows.net/pets/a.jpg?${blob}`)).toEqual({
      provider: 'azure',
      scheme: 'azure-sas',
      startsAt: signedAt.getTime(),
      expiresAt: Date.parse('2026-11-25T09:00:00Z'),
      temporary: false,
    });
    const container = generateBlobSASQueryParameters(
      { containerName: 'pets', permissions: ContainerSASPermissions.parse('rl'), expiresOn },
      credential,
    );
    expect(
      readSignedUrl(`https://pets.blob.core.windows.net/pets?restype=container&comp=list&${container}`),
    ).toMatchObject({ startsAt: null, expiresAt: Date.parse('2026-11-25T09:00:00Z') });
  });
});

describe('Google’s links, signed as its documentation says', () => {
  test('V4 with a service account’s RSA key', () => {
    const url = signGoogleV4('/pets/cats/a.jpg', '20261125T075410Z', 3600);
    expect(readSignedUrl(url)).toEqual({
      provider: 'gcs',
      scheme: 'gcs-v4',
      startsAt: signedAt.getTime(),
      expiresAt: signedAt.getTime() + 3_600_000,
      temporary: false,
    });
  });

  test('V2', () => {
    const expires = 1_795_597_200;
    const signature = createHmac('sha1', 'key').update(`GET\n\n\n${expires}\n/pets/a.jpg`).digest('base64');
    const url = `https://storage.googleapis.com/pets/a.jpg?GoogleAccessId=me%40pets.iam.gserviceaccount.com&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
    expect(readSignedUrl(url)).toEqual({
      provider: 'gcs',
      scheme: 'gcs-v2',
      startsAt: null,
      expiresAt: expires * 1000,
      temporary: false,
    });
  });

  test('V4 of the interoperable API is signed as Amazon has it, and is Google’s', async () => {
    const client = new S3Client({
      region: 'auto',
      endpoint: 'https://storage.googleapis.com',
      forcePathStyle: true,
      credentials,
    });
    const command = new GetObjectCommand({ Bucket: 'pets', Key: 'a.jpg' });
    const url = await getSignedUrl(client, command, { expiresIn: 60, signingDate: signedAt });
    expect(readSignedUrl(url)).toMatchObject({ provider: 'gcs', scheme: 's3-v4' });
  });
});

test('older and rarer signatures: S3 V2, CloudFront', () => {
  expect(
    readSignedUrl(
      'https://pets.s3.amazonaws.com/a.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1795597200&Signature=vjby%2Bs%3D',
    ),
  ).toEqual({
    provider: 's3',
    scheme: 's3-v2',
    startsAt: null,
    expiresAt: 1_795_597_200_000,
    temporary: false,
  });
  expect(
    readSignedUrl('https://d1.cloudfront.net/a.jpg?Expires=1795597200&Signature=x~y__&Key-Pair-Id=K1'),
  ).toMatchObject({ scheme: 'cloudfront', provider: 's3', expiresAt: 1_795_597_200_000 });
});

test('a user delegation SAS lives no longer than its key', () => {
  const url =
    'https://pets.blob.core.windows.net/pets/a.jpg?skoid=1&sktid=2&skt=2026-11-25T07%3A00%3A00Z&ske=2026-11-25T09%3A00%3A00Z&sks=b&skv=2024-11-04&sv=2024-11-04&st=2026-11-25T06%3A00%3A00Z&se=2026-11-30T00%3A00%3A00Z&sr=b&sp=r&sig=abc';
  expect(readSignedUrl(url)).toMatchObject({
    startsAt: Date.parse('2026-11-25T07:00:00Z'),
    expiresAt: Date.parse('2026-11-25T09:00:00Z'),
    temporary: true,
  });
});

test('a SAS by a stored access policy does not say when it ends', () => {
  expect(
    readSignedUrl('https://pets.blob.core.windows.net/pets/a.jpg?sv=2024-11-04&si=readers&sr=c&sig=abc'),
  ).toMatchObject({
    startsAt: null,
    expiresAt: null,
  });
});

test.each([
  ['2026-11-25', '2026-11-25T00:00:00Z'],
  ['2026-11-25T08:30Z', '2026-11-25T08:30:00Z'],
  ['2026-11-25T08:30:15Z', '2026-11-25T08:30:15Z'],
  ['2026-11-25T08:30:15.25Z', '2026-11-25T08:30:15.250Z'],
  ['2026-11-25T08:30:15.1234567Z', '2026-11-25T08:30:15.123Z'],
  ['2026-11-25T08:30:15%2B02:00', '2026-11-25T06:30:15Z'],
  ['2026-11-25T08:30:15-00:30', '2026-11-25T09:00:15Z'],
  ['2028-02-29', '2028-02-29T00:00:00Z'],
])('an Azure expiry of %s', (se, utc) => {
  expect(readSignedUrl(`https://a.blob.core.windows.net/c/b?sv=1&se=${se}&sig=s`)?.expiresAt).toBe(
    Date.parse(utc),
  );
});

test.each([
  'sv=1&se=2026-02-30&sig=s',
  'sv=1&se=2026-13-01T00:00:00Z&sig=s',
  'sv=1&se=2026-11-25T24:00:00Z&sig=s',
  'sv=1&se=tomorrow&sig=s',
  'sv=1&se=&sig=s',
  'sv=1&se=%E0%A4%A&sig=s',
  'X-Amz-Date=20260230T000000Z&X-Amz-Expires=60&X-Amz-Signature=s',
  'X-Amz-Date=20261125T075410Z&X-Amz-Expires=-60&X-Amz-Signature=s',
  'X-Amz-Date=20261125T075410Z&X-Amz-Expires=1e3&X-Amz-Signature=s',
  'X-Amz-Date=20261125T075410Z&X-Amz-Signature=s',
  'X-Amz-Date=2026-11-25T07:54:10Z&X-Amz-Expires=60&X-Amz-Signature=s',
  'X-Goog-Expires=60&X-Goog-Signature=s',
  'AWSAccessKeyId=A&Expires=never&Signature=s',
  'AWSAccessKeyId=A&Signature=s',
  'GoogleAccessId=A&Expires=123456789012&Signature=s',
])('a bad or missing date is null, the link signed all the same: %s', (query) => {
  const signed = readSignedUrl(`https://example.com/a.jpg?${query}`);
  expect(signed).not.toBeNull();
  expect(signed?.expiresAt).toBeNull();
});

test.each([
  'https://example.com/a.jpg',
  'https://example.com/a.jpg?',
  'https://example.com/a.jpg?width=200&Expires=1795597200',
  'https://example.com/a.jpg?Signature=abc&Expires=1795597200',
  'https://example.com/a.jpg?sig=abc',
  'https://example.com/a.jpg#?X-Amz-Signature=s&X-Amz-Date=20261125T075410Z&X-Amz-Expires=60',
  'https://example.com/X-Amz-Signature=s/a.jpg',
  'data:image/png;base64,AAAA',
  '',
  'no link at all & ? = %',
])('what is not signed is null: %s', (url) => {
  expect(readSignedUrl(url)).toBeNull();
});

test('names match in any case, the first of two counts, and a fragment is no part of the query', () => {
  expect(
    readSignedUrl(
      'https://b.s3.amazonaws.com/a?x-amz-date=20261125T075410Z&x-amz-expires=60&X-AMZ-EXPIRES=9999&x-amz-signature=s#x-amz-security-token=t',
    ),
  ).toMatchObject({ expiresAt: signedAt.getTime() + 60_000, temporary: false });
});

test('a host that only looks like Google’s is not Google', () => {
  const query = 'X-Amz-Date=20261125T075410Z&X-Amz-Expires=60&X-Amz-Signature=s';
  expect(readSignedUrl(`https://notstorage.googleapis.com/a?${query}`)?.provider).toBe('s3');
  expect(readSignedUrl(`https://storage.googleapis.com.example.com/a?${query}`)?.provider).toBe('s3');
  expect(readSignedUrl(`https://pets.storage.googleapis.com/a?${query}`)?.provider).toBe('gcs');
});

function signGoogleV4(path: string, date: string, lifeS: number): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const scope = `${date.slice(0, 8)}/auto/storage/goog4_request`;
  const query = new URLSearchParams([
    ['X-Goog-Algorithm', 'GOOG4-RSA-SHA256'],
    ['X-Goog-Credential', `me@pets.iam.gserviceaccount.com/${scope}`],
    ['X-Goog-Date', date],
    ['X-Goog-Expires', String(lifeS)],
    ['X-Goog-SignedHeaders', 'host'],
  ]).toString();
  const request = `GET\n${path}\n${query}\nhost:storage.googleapis.com\n\nhost\nUNSIGNED-PAYLOAD`;
  const signature = sign('sha256', Buffer.from(request), privateKey).toString('hex');
  return `https://storage.googleapis.com${path}?${query}&X-Goog-Signature=${signature}`;
}
