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
