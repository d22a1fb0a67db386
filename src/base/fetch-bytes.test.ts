import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createFetcher, type Fetched, type FetcherOptions } from './fetch-bytes';
import { type Clock, createHostSlots, systemClock } from './host-slots';
import { type Answer, type FaultServer, startFaultServer } from './test-fault-server';

const content = new Uint8Array(5000).map((_, i) => i);
const good: Answer = (_, response) => void response.end(content);
const fails =
  (status: number, headers: Record<string, string> = {}, times = Number.POSITIVE_INFINITY): Answer =>
  (request, response, count) => {
    if (count >= times) return good(request, response, count);
    response.writeHead(status, headers).end(`<Error><Code>No${status}</Code></Error>`);
  };

const servers: FaultServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
async function serve(answers: Readonly<Record<string, Answer>>): Promise<FaultServer> {
  const server = await startFaultServer(answers);
  servers.push(server);
  return server;
}

const begin = (changes: Partial<FetcherOptions> = {}) =>
  createFetcher({
    fetch, clock: systemClock, perHost: 6, overall: 24, connectMs: 5000, stallMs: 5000, totalMs: 20_000,
    tries: 4, backOffMs: 1, patienceMs: 2000, heedRobots: true, seed: 0, ...changes,
  }); // biome-ignore format: short names first
const get = (url: string, changes: Partial<FetcherOptions> = {}, maxBytes = 10_000): Promise<Fetched> =>
  begin(changes).fetch({ url, maxBytes });
const whole: Fetched = { ok: true, bytes: content };

describe('an answer that is tried again', () => {
  const drops: Answer = (request, response, count) =>
    count < 2 ? void response.socket?.resetAndDestroy() : good(request, response, count);
  const cuts: Answer = (request, response, count) => {
    if (count > 0) return good(request, response, count);
    response.writeHead(200, { 'content-length': 5000 }).write(content.subarray(0, 100), () => {
      response.socket?.destroy();
    });
  };
  it.each<[string, Answer, number]>([
    ['408', fails(408, {}, 1), 2],
    ['429', fails(429, {}, 2), 3],
    ['429 with Retry-After', fails(429, { 'retry-after': '0' }, 1), 2],
    ['500', fails(500, {}, 1), 2],
    ['a burst of 503', fails(503, {}, 3), 4],
    ['a reset connection', drops, 3],
    ['a body cut off', cuts, 2],
  ])('%s', async (_, answer, asked) => {
    const server = await serve({ '/a': answer });
    expect(await get(`${server.url}/a`)).toEqual(whole);
    expect(server.asked).toHaveLength(asked);
  });

  it('gives up after so many tries and tells the last answer', async () => {
    const server = await serve({ '/a': fails(503) });
    expect(await get(`${server.url}/a`)).toEqual({
      ok: false,
      problem: {
        kind: 'status',
        status: 503,
        headers: { date: expect.any(String) },
        body: '<Error><Code>No503</Code></Error>',
      },
    });
    expect(server.asked).toHaveLength(4);
  });

  it('does not wait longer than its patience for what Retry-After says', async () => {
    const server = await serve({ '/a': fails(429, { 'retry-after': '3600' }, 1) });
    expect(await get(`${server.url}/a`)).toMatchObject({ problem: { status: 429 } });
    expect(server.asked).toHaveLength(1);
  });
});

it.each([400, 401, 403, 404, 410])('takes %i for the last word', async (status) => {
  const server = await serve({ '/a': fails(status) });
  expect(await get(`${server.url}/a`)).toMatchObject({ problem: { kind: 'status', status } });
  expect(server.asked).toHaveLength(1);
});

describe('a body', () => {
  it('is refused by its announced length before it is read', async () => {
    const server = await serve({ '/a': (_, response) => void response.writeHead(200, { 'content-length': 1e12 }).write('a') }); // biome-ignore format: a line
    expect(await get(`${server.url}/a`)).toEqual({ ok: false, problem: { kind: 'too-large', bytes: 1e12 } });
  });

  it('of another origin is refused by its announced length as well, though its encoding is hidden', async () => {
    const cors: typeof fetch = async () =>
      Object.defineProperty(
        new Response(content, { headers: { 'content-length': '99999' } }), 'type', { value: 'cors' },
      ); // biome-ignore format: a line
    expect(await get('http://a/b', { fetch: cors })).toEqual({
      ok: false,
      problem: { kind: 'too-large', bytes: 99_999 },
    });
    expect(await get('http://a/b', { fetch: cors }, 1e6)).toEqual(whole);
  });

  it('of a refusal is read as far as a provider’s words may reach', async () => {
    const long = `<Error><StringToSign>${'x'.repeat(60_000)}</StringToSign><Code>A</Code></Error>`;
    const server = await serve({
      '/a': (_, response) => void response.writeHead(403).end(long + ' '.repeat(1e6)),
    });
    const fetched = await get(`${server.url}/a`);
    const body = !fetched.ok && fetched.problem.kind === 'status' ? fetched.problem.body : '';
    expect(body.length).toBe(65_536);
    expect(body.includes('<Code>A</Code>')).toBe(true);
  });

  it('is refused as soon as it grows too large', async () => {
    let written = 0;
    const endless: Answer = (_, response) => {
      const more = () => {
        written += content.length;
        if (!response.destroyed) response.write(content, more);
      };
      more();
    };
    const server = await serve({ '/a': endless });
    expect(await get(`${server.url}/a`)).toEqual({ ok: false, problem: { kind: 'too-large', bytes: null } });
    expect(written).toBeLessThan(64e6);
  });

  it('is unpacked, and its packed length is no promise', async () => {
    const packed = gzipSync(content);
    const headers = { 'content-encoding': 'gzip', 'content-length': packed.length };
    const server = await serve({ '/a': (_, response) => void response.writeHead(200, headers).end(packed) });
    expect(await get(`${server.url}/a`)).toEqual(whole);
  });

  it('that is shorter than announced is found out', async () => {
    const short: typeof fetch = async () =>
      new Response(content.subarray(0, 10), { headers: { 'content-length': '5000' } });
    expect(await get('http://a/b', { fetch: short, tries: 1 })).toEqual({
      ok: false,
      problem: { kind: 'interrupted', seen: '10 of 5000 bytes came' },
    });
  });

  it('that stalls is given up', async () => {
    const stalls: Answer = (_, response) => void response.writeHead(200).write(content.subarray(0, 9));
    const server = await serve({ '/a': stalls });
    expect(await get(`${server.url}/a`, { stallMs: 50, tries: 2 })).toEqual({
      ok: false,
      problem: { kind: 'timeout', phase: 'stall', ms: 50 },
    });
    expect(server.asked).toHaveLength(2);
  });

  it('that drips is given up in the end', async () => {
    const drips: Answer = (_, response) => {
      const timer = setInterval(() => response.write('a'), 5);
      response.on('close', () => clearInterval(timer));
    };
    const server = await serve({ '/a': drips });
    expect(await get(`${server.url}/a`, { totalMs: 100, tries: 1 })).toMatchObject({
      problem: { kind: 'timeout', phase: 'total' },
    });
  });
});

it('gives up a server that takes the connection and says nothing', async () => {
  const server = await serve({ '/a': () => undefined });
  expect(await get(`${server.url}/a`, { connectMs: 50, tries: 1 })).toEqual({
    ok: false,
    problem: { kind: 'timeout', phase: 'connect', ms: 50 },
  });
});

it('follows redirects, and tells a loop from an answer', async () => {
  const to =
    (location: string): Answer =>
    (_, response) =>
      void response.writeHead(302, { location }).end();
  const server = await serve({ '/a': to('/b'), '/b': good, '/loop': to('/loop') });
  expect(await get(`${server.url}/a`)).toEqual(whole);
  expect(await get(`${server.url}/loop`, { tries: 1 })).toMatchObject({ problem: { kind: 'network' } });
});

it('tells that nobody listens, and soon asks such a host only once', async () => {
  const server = await serve({});
  await server.close();
  const fetcher = begin({ perHost: 1 });
  let asked = 0;
  const count: typeof fetch = (...args) => {
    asked++;
    return fetch(...args);
  };
  const counting = begin({ perHost: 1, fetch: count });
  expect(await fetcher.fetch({ url: `${server.url}/a`, maxBytes: 9 })).toMatchObject({
    problem: { kind: 'network' },
  });
  for (let i = 0; i < 10; i++) await counting.fetch({ url: `${server.url}/${i}`, maxBytes: 9 });
  expect(asked).toBe(4 + 4 + 8);
});

it.each(['connectMs', 'totalMs'])(
  'soon asks a host that drops what is sent to it only once: %s',
  async (limit) => {
    const server = await serve({ '/a': () => undefined });
    let asked = 0;
    const count: typeof fetch = (...args) => {
      asked++;
      return fetch(...args);
    };
    const fetcher = begin({ perHost: 1, [limit]: 10, tries: 3, fetch: count });
    for (let i = 0; i < 20; i++)
      expect(await fetcher.fetch({ url: `${server.url}/a?${i}`, maxBytes: 9 })).toMatchObject({
        problem: { kind: 'timeout' },
      });
    expect(asked).toBe(3 + 3 + 2 + 17);
  },
);

it.each(['noai', 'all, NoImageAI'])(
  'takes nothing that says X-Robots-Tag: %s, unless told to',
  async (tag) => {
    const says: Answer = (_, response) => void response.writeHead(200, { 'x-robots-tag': tag }).end(content);
    const server = await serve({ '/a': says });
    expect(await get(`${server.url}/a`)).toMatchObject({ problem: { kind: 'robots' } });
    expect(await get(`${server.url}/a`, { heedRobots: false })).toEqual(whole);
  },
);

it('sends the address as it was given, without cookies, referrer or cache', async () => {
  let given: unknown[] = [];
  const spy = (async (...args: unknown[]) => {
    given = args;
    return new Response(content);
  }) as typeof fetch;
  const url = 'http://a/%2fb%20c+d?X-Amz-Signature=a%2Fb&e=f|g';
  await get(url, { fetch: spy });
  expect(given).toMatchObject([
    url,
    { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'follow' },
  ]);
});

it('reads data: links without asking anyone', async () => {
  const none = (() => Promise.reject(new Error('asked'))) as typeof fetch;
  const options = { fetch: none };
  const base64 = Buffer.from(content).toString('base64');
  expect(await get(`data:image/png;base64,${base64}`, options)).toEqual(whole);
  expect(await get(`data:image/png;base64,${encodeURIComponent(base64)}`, options)).toEqual(whole);
  expect(await get('data:,a%20b', options)).toEqual({ ok: true, bytes: new TextEncoder().encode('a b') });
  expect(await get('data:;base64,!', options)).toEqual({ ok: false, problem: { kind: 'address' } });
  expect(await get('data:,a%2', options)).toEqual({ ok: false, problem: { kind: 'address' } });
  expect(await get(`data:;base64,${base64}`, options, 1000)).toMatchObject({
    problem: { kind: 'too-large' },
  });
});

it.each(['', 'a.jpg', 'ftp://a/b', 'javascript:1', 'http://'])('does not fetch %j', async (url) => {
  expect(await get(url)).toEqual({ ok: false, problem: { kind: 'address' } });
});

describe('many at once', () => {
  it('keep to the bound of their host', async () => {
    const slowly: Answer = (request, response, count) =>
      void setTimeout(() => good(request, response, count), 10);
    const server = await serve({ '/a': slowly });
    const fetcher = begin({ perHost: 3 });
    const urls = Array.from({ length: 20 }, (_, i) => `${server.url}/a?${i}`);
    const all = await Promise.all(urls.map((url) => fetcher.fetch({ url, maxBytes: 10_000 })));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(server.mostAtOnce()).toBe(3);
  });

  it('do not wait for a host that says nothing', async () => {
    const silent = await serve({ '/a': () => undefined });
    const quick = await serve({ '/a': good });
    const fetcher = begin({ perHost: 2, overall: 4 });
    const stop = new AbortController();
    const stuck = Array.from({ length: 20 }, () =>
      fetcher.fetch({ url: `${silent.url}/a`, maxBytes: 10_000 }, AbortSignal.any([stop.signal])),
    );
    for (const one of stuck) one.catch(() => undefined);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => fetcher.fetch({ url: `${quick.url}/a`, maxBytes: 10_000 })),
    );
    expect(all).toEqual(all.map(() => whole));
    expect(silent.asked).toHaveLength(2);
    stop.abort(new Error('enough'));
    for (const one of stuck) await expect(one).rejects.toThrow('enough');
  });
});

/** Time that passes only when it is told to. */
function stoppedClock(): Clock & { pass(ms: number): void } {
  let now = 1e12;
  let due: { at: number; call: () => void }[] = [];
  return {
    now: () => now,
    after(ms, call) {
      const entry = { at: now + ms, call };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    pass(ms) {
      now += ms;
      const ready = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { call } of ready) call();
    },
  };
}

it('rests a whole host for what Retry-After says, and no other', async () => {
  const clock = stoppedClock();
  const slots = createHostSlots({ perHost: 2, overall: 9 }, clock);
  const order: string[] = [];
  const take = (host: string) => slots.take(host).then(() => order.push(host));
  slots.rest('a', clock.now() + 5000);
  const waits = take('a');
  await take('b');
  clock.pass(4999);
  await take('b');
  clock.pass(1);
  await waits;
  expect(order).toEqual(['b', 'b', 'a']);
});

describe('a host that asks for patience', () => {
  const asks = (seconds: number) => () =>
    new Response('', { status: 429, headers: { 'retry-after': String(seconds) } });
  const gives = () => new Response(content);
  const fails = { ok: false, problem: { kind: 'status', status: 429 } };
  function withAnswers(...answers: (() => Response)[]) {
    const clock = stoppedClock();
    const asked: string[] = [];
    const through = (async (url) => {
      asked.push(String(url));
      return (answers.shift() ?? gives)();
    }) as typeof fetch;
    const fetcher = begin({ fetch: through, clock, tries: 1 });
    return {
      clock,
      asked,
      get: (name: string) => fetcher.fetch({ url: `http://a/${name}`, maxBytes: 10_000 }),
    };
  }
  /** Lets all that can happen without time passing happen. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('rests though the one that it answered is not tried again', async () => {
    const { clock, asked, get } = withAnswers(asks(2));
    expect(await get('1')).toMatchObject(fails);
    const second = get('2');
    clock.pass(1999);
    await settle();
    expect(asked).toHaveLength(1);
    clock.pass(1);
    expect(await second).toEqual(whole);
  });

  it('rests as long as is waited for when it asks for more, and is then asked once more', async () => {
    const { clock, asked, get } = withAnswers(asks(3600));
    expect(await get('1')).toMatchObject(fails);
    const others = [get('2'), get('3')];
    await settle();
    expect(asked).toHaveLength(1);
    clock.pass(2000);
    expect(await Promise.all(others)).toEqual([whole, whole]);
  });

  it('is left alone for all that time when it asks for it again', async () => {
    const { clock, asked, get } = withAnswers(asks(3600), asks(3600), asks(3600), asks(3600));
    expect(await Promise.all([get('1'), get('2')])).toMatchObject([fails, fails]); // together: that is one plea
    const third = [get('3'), get('4')];
    clock.pass(2000);
    expect(await Promise.all(third)).toMatchObject([fails, fails]);
    for (let i = 0; i < 20; i++) expect(await get(`later ${i}`)).toMatchObject(fails);
    expect(asked).toHaveLength(4);
    clock.pass(3_600_000);
    expect(await get('5')).toEqual(whole);
  });
});
