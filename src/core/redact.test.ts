import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import {
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { expect, test } from 'vitest';
import { redactText, redactUrl } from './redact';

test('a presigned S3 link keeps its path, its date and its life', async () => {
  const client = new S3Client({
    region: 'us-east-1',
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'a secret',
      sessionToken: 'to/ken+==',
    },
  });
  const command = new GetObjectCommand({ Bucket: 'pets', Key: 'cats/größe 1.jpg' });
  const url = await getSignedUrl(client, command, {
    expiresIn: 900,
    signingDate: new Date('2026-11-25T07:54:10Z'),
  });
  const redacted = redactUrl(url);
  expect(redacted).not.toMatch(/AKIA|to%2Fken|[0-9a-f]{64}/);
  expect(redacted).toContain('https://pets.s3.us-east-1.amazonaws.com/cats/gr%C3%B6%C3%9Fe%201.jpg?');
  expect(redacted).toContain('&X-Amz-Credential=…&X-Amz-Date=20261125T075410Z&X-Amz-Expires=900&');
  expect(redacted).toMatch(/X-Amz-Security-Token=…&X-Amz-Signature=…&/);
});

test('an Azure SAS keeps what it allows and until when', () => {
  const sas = generateBlobSASQueryParameters(
    {
      containerName: 'pets',
      blobName: 'a.jpg',
      permissions: BlobSASPermissions.parse('r'),
      expiresOn: new Date('2026-11-25T09:00:00Z'),
    },
    new StorageSharedKeyCredential('pets', Buffer.from('key').toString('base64')),
  ).toString();
  const redacted = redactUrl(`https://pets.blob.core.windows.net/pets/a.jpg?${sas}`);
  expect(redacted).toMatch(/\?sv=[\d-]+&se=2026-11-25T09%3A00%3A00Z&sr=b&sp=r&sig=…$/);
});

test.each([
  ['https://me:pass@example.com/a.jpg', 'https://…@example.com/a.jpg'],
  ['https://me:p@ss@example.com/a@b.jpg', 'https://…@example.com/a@b.jpg'],
  [
    'https://storage.googleapis.com/b/a.jpg?GoogleAccessId=me%40x&Expires=1&Signature=a%2Bb',
    'https://storage.googleapis.com/b/a.jpg?GoogleAccessId=…&Expires=1&Signature=…',
  ],
  [
    'https://d.cloudfront.net/a.jpg?Policy=x&Signature=y&Key-Pair-Id=z',
    'https://d.cloudfront.net/a.jpg?Policy=…&Signature=…&Key-Pair-Id=…',
  ],
  ['https://b/a?%58-Amz-Signature=s&w=1', 'https://b/a?%58-Amz-Signature=…&w=1'],
  ['https://b/a?SIG=s;token=t;w=1', 'https://b/a?SIG=…;token=…;w=1'],
  ['https://b/a#access_token=t&w=1', 'https://b/a#access_token=…&w=1'],
  ['https://b/a?sig=', 'https://b/a?sig=…'],
  ['https://b/a?X-Goog-Credential=me%40x&X-Goog-Date=1', 'https://b/a?X-Goog-Credential=…&X-Goog-Date=1'],
  ['https://b/a?sig', 'https://b/a?sig'],
  ['https://b/sig=in-the-path', 'https://b/sig=…'],
  ['https://b/o?alt=media&key=AIzaSyA-1234567890abcdefghijklmnopqrstu', 'https://b/o?alt=media&key=…'],
  ['https://b/o?key=cats/1.jpg', 'https://b/o?key=cats/1.jpg'],
  [
    'https://proxy/?url=https%3A%2F%2Fb%2Fa%3FX-Amz-Signature%3Dabc%26w%3D1',
    'https://proxy/?url=https%3A%2F%2Fb%2Fa%3FX-Amz-Signature%3D…%26w%3D1',
  ],
  ['data:image/png;base64,iVBORw0KGgo=', 'data:image/png;base64,…'],
  ['https://b/a.jpg?width=200&design=new&sigma=2', 'https://b/a.jpg?width=200&design=new&sigma=2'],
  ['', ''],
  ['%', '%'],
])('%s', (url, expected) => {
  expect(redactUrl(url)).toBe(expected);
});

test('secrets go out of any text: lists, JSON, XML, sentences', () => {
  expect(redactText('GET "https://b/a?X-Goog-Signature=abc&w=1" failed; https://u:p@h/x too')).toBe(
    'GET "https://b/a?X-Goog-Signature=…&w=1" failed; https://…@h/x too',
  );
  expect(redactText('{"url":"https://b/a?sig=abc\\u0026w=1"}')).toBe('{"url":"https://b/a?sig=…\\u0026w=1"}');
  expect(redactText('<a href="https://b/a?w=1&amp;sig=abc&amp;se=2">')).toBe(
    '<a href="https://b/a?w=1&amp;sig=…&amp;se=2">',
  );
  expect(
    redactText(
      '<Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIA1</AWSAccessKeyId><SignatureProvided>abc</SignatureProvided>',
    ),
  ).toBe(
    '<Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>…</AWSAccessKeyId><SignatureProvided>…</SignatureProvided>',
  );
});

test('what is redacted once stays as it is', () => {
  const texts = [
    'https://me:pass@b/a?X-Amz-Signature=s&url=https%3A%2F%2Fb%3Fsig%3Dabc#token=t',
    'data:image/png;base64,AAAA',
    '<StringToSign>x</StringToSign>',
  ];
  for (const text of texts) {
    expect(redactUrl(redactUrl(text))).toBe(redactUrl(text));
    expect(redactText(redactText(text))).toBe(redactText(text));
  }
});

test('a long text takes no longer than its length', () => {
  const hostile = [
    'sig='.repeat(50_000),
    'a'.repeat(200_000),
    'a://'.repeat(50_000),
    'a.'.repeat(100_000),
    '<StringToSign>'.repeat(20_000),
    '%26sig%3D'.repeat(20_000),
  ];
  const began = performance.now();
  for (const text of hostile) redactText(text);
  expect(performance.now() - began).toBeLessThan(2000);
});
