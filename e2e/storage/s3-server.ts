import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startChild } from './child-server.ts';

export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  fill(bucket: string, objects: Readonly<Record<string, Uint8Array>>): Promise<void>;
  /** A presigned link to an object. */
  signObject(bucket: string, key: string, life?: Life): Promise<string>;
  /** A presigned link to a page of a listing. */
  signListing(bucket: string, prefix: string, maxKeys?: number, life?: Life): Promise<string>;
}

interface Life {
  readonly expiresIn?: number;
  readonly signingDate?: Date;
}

/**
 * Starts s3rver on a free port.
 * @param buckets Their names, and the origins whose pages may read each; none means no CORS rule at all.
 */
export async function startS3(buckets: Readonly<Record<string, readonly string[]>>): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 'imagemill-s3rver-'));
  mkdirSync(join(directory, 'data'));
  const configured = Object.entries(buckets).flatMap(([name, origins]) => {
    if (origins.length === 0) return ['--configure-bucket', name];
    const rules = join(directory, `${name}.xml`);
    writeFileSync(rules, corsConfiguration(origins));
    return ['--configure-bucket', name, rules];
  });
  const flags = ['--address', '127.0.0.1', '--port', '0', '--silent', '--no-vhost-buckets'];
  const server = await startChild(
    // Its continuation tokens are enciphered with DES, which OpenSSL 3 has put away.
    ['--openssl-legacy-provider', s3rver, ...flags, '--directory', join(directory, 'data'), ...configured],
    directory,
    /listening on .*:(\d+)/,
  );
  const url = `http://127.0.0.1:${server.port}`;
  const client = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    // s3rver does not know the checksums that newer clients send unasked.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    url,
    async fill(bucket, objects) {
      const waiting = Object.entries(objects);
      const put = async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: next[0], Body: next[1] }));
        }
      };
      await Promise.all(Array.from({ length: 16 }, put));
    },
    signObject: (bucket, key, life = {}) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), life),
    signListing: (bucket, prefix, maxKeys = 1000, life = {}) =>
      getSignedUrl(
        client,
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: maxKeys }),
        life,
      ),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const s3rver = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js');

function corsConfiguration(origins: readonly string[]): string {
  const allowed = origins.map((origin) => `<AllowedOrigin>${origin}</AllowedOrigin>`).join('');
  return `<CORSConfiguration><CORSRule>${allowed}<AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>`;
}
