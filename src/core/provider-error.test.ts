import { expect, test } from 'vitest';
import { readProviderError, tellProviderError } from './provider-error';

const tell = async (body: string, azureCode: string | null = null) => {
  const error = await readProviderError(body, azureCode);
  return error && tellProviderError(error);
};

test('S3, with what it repeats of the request left out', async () => {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256</StringToSign><SignatureProvided>abc</SignatureProvided><RequestId>1</RequestId></Error>`;
  expect(await tell(body)).toBe(
    'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.',
  );
});

test('a code and a message that say the same are said once', async () => {
  expect(await tell('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>')).toBe(
    'Access Denied',
  );
});

test('S3’s redirect without a Location', async () => {
  const body =
    '<Error><Code>PermanentRedirect</Code><Message>Use this endpoint.</Message><Endpoint>pets.s3-eu-west-1.amazonaws.com</Endpoint></Error>';
  expect((await readProviderError(body))?.endpoint).toBe('pets.s3-eu-west-1.amazonaws.com');
});

test('Google in XML and in JSON', async () => {
  expect(
    await tell(
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><Details>Request has expired: 1700000000</Details></Error>",
    ),
  ).toBe('ExpiredToken: The provided token has expired.: Request has expired: 1700000000');
  expect(
    await tell(
      '{"error":{"code":401,"message":"Anonymous caller does not have storage.objects.list access.","errors":[{"message":"…","domain":"global","reason":"required"}]}}',
    ),
  ).toBe('required: Anonymous caller does not have storage.objects.list access.');
  expect(await tell('{"error":{"code":404,"message":"Not Found"}}')).toBe('404: Not Found');
});

test('Azure: the first line of its message, its detail, or its header alone', async () => {
  expect(
    await tell(
      '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.\nRequestId:1\nTime:2026-11-25T08:00:00Z</Message><AuthenticationErrorDetail>Signature did not match.</AuthenticationErrorDetail></Error>',
    ),
  ).toBe('AuthenticationFailed: Server failed to authenticate the request.: Signature did not match.');
  expect(await tell('', 'BlobNotFound')).toBe('BlobNotFound');
});

test('secrets in a message are cut', async () => {
  expect(await tell('<Error><Code>X</Code><Message>GET /a?sig=abc&amp;se=1</Message></Error>')).toBe(
    'X: GET /a?sig=…&se=1',
  );
});

test.each([
  '', '<html><body>Bad gateway</body></html>', '<Error>', '<Error><Message>m</Message></Error>', '{', '{}', '{"error":1}',
  '{"error":null}', '[]', 'null', 'plain words', `<Error><Code>${'<a>'.repeat(1000)}`,
])('what is no provider’s error is null: %.40s', async (body) => {
  expect(await readProviderError(body)).toBeNull();
}); // biome-ignore format: a list
