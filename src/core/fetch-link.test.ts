import { afterEach, expect, test } from 'vitest';
import { createFetcher } from '../base/fetch-bytes';
import { deferred } from '../base/flow';
import { systemClock } from '../base/host-slots';
import { type FaultServer, startFaultServer } from '../base/test-fault-server';
import { createLinkFetcher, type LinkFetcherOptions } from './fetch-link';

const origin = 'https://imagemill.example';
const { signal } = new AbortController();

let server: FaultServer | null = null;
afterEach(() => server?.close());

/** A browser's fetch of a server that is there and names no origin: what is read is refused, a look is not. */
function closedToPages(looks: string[]): typeof fetch {
  return async (url, init) => {
    if (init?.mode !== 'no-cors') throw new TypeError('Failed to fetch');
    looks.push(String(url));
    return new Response();
  };
}

function open(through: typeof fetch, changes: Partial<LinkFetcherOptions> = {}) {
  const fetcher = createFetcher({
    fetch: through, clock: systemClock, perHost: 6, overall: 24, connectMs: 5000, stallMs: 5000, totalMs: 20_000,
    tries: 1, backOffMs: 1, patienceMs: 2000, heedRobots: true, seed: 0,
  }); // biome-ignore format: short names first
  return createLinkFetcher({
    fetcher,
    fetch: through,
    answerMs: 5000,
    origin,
    proxied: false,
    isOnline: () => true,
    now: Date.now,
    ...changes,
  });
}

const link = (url: string) => ({ kind: 'link', url }) as const;

test('many failures of a host at once make one look at it', async () => {
  const looks: string[] = [];
  const links = open(closedToPages(looks));
  const urls = Array.from({ length: 12 }, (_, i) => `https://images.example/${i}.jpg`);
  const outcomes = await Promise.all(urls.map((url) => links.fetch(link(url), 1, signal)));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ failure: { stage: 'fetch', code: 'cors' } });
  expect(looks).toHaveLength(1);
});

test('a server that drops what is read, and says nothing to a look, holds nobody up for ever', async () => {
  server = await startFaultServer({
    '/a': (request) => request.method === 'GET' && request.socket.resetAndDestroy(),
  });
  const links = open(fetch, { answerMs: 50 });
  expect(await links.fetch(link(`${server.url}/a`), 1, signal)).toMatchObject({
    failure: { stage: 'fetch', code: 'unreachable' },
  });
});

test('who waits for the look of another may leave alone', async () => {
  const leaving = new AbortController();
  const looked = deferred<void>();
  const through: typeof fetch = async (_url, init) => {
    if (init?.mode !== 'no-cors') throw new TypeError('Failed to fetch');
    leaving.abort(new Error('left'));
    await looked.promise;
    return new Response();
  };
  const links = open(through);
  const first = links.fetch(link('https://images.example/1.jpg'), 1, leaving.signal);
  const second = links.fetch(link('https://images.example/2.jpg'), 1, signal);
  await expect(first).rejects.toThrow('left');
  looked.resolve();
  expect(await second).toMatchObject({ failure: { code: 'cors' } });
});

test('each link is told its own bucket, though their host is looked at once', async () => {
  const looks: string[] = [];
  const links = open(closedToPages(looks));
  for (const bucket of ['cats', 'dogs']) {
    expect(
      await links.fetch(link(`https://storage.googleapis.com/${bucket}/1.jpg`), 1, signal),
    ).toMatchObject({ failure: { message: expect.stringContaining(`the bucket "${bucket}" at`) } });
  }
  expect(looks).toHaveLength(1);
});

test('an object that is another than the listed one says so; its listed hash, where there is one, counts instead', async () => {
  server = await startFaultServer({
    '/a': (_, response) => response.writeHead(200, { etag: '"0cc175b9c0f1b6a831c399e269772661"' }).end('a'),
  });
  const links = open(fetch);
  const listed = { kind: 'link', url: `${server.url}/a`, etag: '900150983cd24fb0d6963f7d28e17f72' } as const;
  expect(await links.fetch(listed, 1, signal)).toMatchObject({
    failure: {
      code: 'changed',
      message: expect.stringMatching(
        /^It changed after it was listed: its ETag is "0cc1.*", and the listing has "9001.*"\. Run again/,
      ),
    },
  });
  const hashed = { ...listed, md5: '0cc175b9c0f1b6a831c399e269772661' };
  expect(await links.fetch(hashed, 1, signal)).toMatchObject({ ok: true });
});
