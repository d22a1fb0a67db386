import { afterEach, describe, expect, it } from 'vitest';
import { type FileServer, type FileServerOptions, startFileServer } from '../../e2e/storage/file-server';
import { createFetcher } from '../base/fetch-bytes';
import { systemClock } from '../base/host-slots';
import { createLinkFetcher } from './fetch-link';
import { withRanges } from './fetch-range';
import { lookAt, type RemoteAccess, RemoteLost, streamFile } from './remote-file';

const never = new AbortController().signal;
const file = Uint8Array.from({ length: 9_000_000 }, (_, i) => (i >> 8) ^ i);

let server: FileServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function serve(options: Partial<FileServerOptions>): Promise<FileServer> {
  server = await startFileServer({ files: { a: file }, ranges: true, ...options });
  return server;
}

function access(tries = 3): RemoteAccess {
  const ask = withRanges(fetch);
  const fetcher = createFetcher({
    ...{ fetch: ask, clock: systemClock, perHost: 8, overall: 8, tries, heedRobots: false, seed: 1 },
    ...{ connectMs: 10_000, stallMs: 10_000, totalMs: 60_000, backOffMs: 1, patienceMs: 1000 },
  });
  const options = {
    fetcher,
    fetch: ask,
    origin: 'https://a',
    proxied: false,
    answerMs: 1000,
    isOnline: () => true,
    now: Date.now,
  };
  return { links: createLinkFetcher(options), fetch: ask, stallMs: 10_000, tries };
}

async function read(url: string, of = access()): Promise<Uint8Array> {
  const looked = await lookAt(url, null, of, never);
  if (!looked.ok) throw new Error(looked.failure.message);
  const pieces: Uint8Array[] = [];
  for await (const piece of streamFile(looked.value, of, never)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('a file behind a link', () => {
  it.each([true, false])(
    'is looked at: its size, its head, and whether it comes in parts: %s',
    async (ranges) => {
      const { url } = await serve({ ranges });
      const looked = await lookAt(`${url}/a`, null, access(), never);
      expect(looked).toMatchObject({ ok: true, value: { size: file.length, ranges } });
      if (looked.ok) expect([...looked.value.head]).toEqual([...file.subarray(0, 512)]);
    },
  );

  it('is read in parts, none of them twice', async () => {
    const { url, asked } = await serve({});
    expect(Buffer.compare(await read(`${url}/a`), file)).toBe(0);
    const whole = asked.filter(({ bytes }) => bytes > 1000);
    expect(whole.map(({ what }) => what)).toEqual([
      'GET /a bytes=0-4194303',
      'GET /a bytes=4194304-8388607',
      'GET /a bytes=8388608-8999999',
    ]);
  });

  it('goes on where a stream broke off', async () => {
    const { url } = await serve({ ranges: false, breaks: { after: 5_000_000, times: 2 } });
    expect(Buffer.compare(await read(`${url}/a`), file)).toBe(0);
  });

  it('is given up where it breaks off again and again', async () => {
    const { url } = await serve({ ranges: false, breaks: { after: 5_000_000, times: 20 } });
    const lost = await read(`${url}/a`).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(RemoteLost);
    expect((lost as RemoteLost).failure).toMatchObject({ code: 'interrupted' });
    expect((lost as RemoteLost).message).toMatch(
      /^The connection broke off after 5 MB .* Its server gives no parts/,
    );
  });

  it('is not there', async () => {
    const { url } = await serve({});
    expect(await lookAt(`${url}/b`, null, access(), never)).toMatchObject({ failure: { code: 'missing' } });
  });

  it('is an empty one', async () => {
    const { url } = await serve({ files: { a: new Uint8Array(0) }, ranges: false });
    expect(await read(`${url}/a`)).toHaveLength(0);
  });
});
