import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryBelowMb } from '../fixtures/memory';
import { startLinkServer } from '../storage/link-server';
import { openFetchAlone } from './fetch-alone';
import { type Ours, openOurs } from './ours';
import { repeat } from './pictures';
import { less, median, more, type Row } from './row';
import type { Bench } from './speed';

/** Milliseconds before each answer: a bucket in the same region. */
const latencyMs = 20;
const count = 600;
/** Of the host that is slow, milliseconds before each answer, and how many links lead to it. */
const slowMs = 5000;
const slowCount = 12;
const sampleEveryMs = 500;

/**
 * Measures links to a server on loopback: their speed beside the same images from a folder, in turns in one browser, and beside
 * `fetch()` of the same links with nothing done with what comes; a run of which
 * the first links lead to a slow host, beside what that host alone would take with the slots that it has; and memory over 10,000 links
 * beside that over 2,000.
 */
export async function measureLinks(
  pictures: readonly string[],
  bench: Bench & { readonly pairs: number },
): Promise<readonly Row[]> {
  const own = join(bench.folder, 'links');
  const files = repeat(pictures, count, own);
  mkdirSync(join(own, 'ours'));
  const images = pictures.map((path) => readFileSync(path));
  const imageAt = (path: string) => images[Number(/(\d+)\.jpg$/.exec(path)?.[1] ?? 0) % images.length];
  const near = await startLinkServer({ image: imageAt, delayMs: () => latencyMs });
  const slow = await startLinkServer({ image: imageAt, delayMs: () => slowMs });
  const linksTo = (server: { readonly url: string }, many: number) =>
    Array.from({ length: many }, (_, i) => `${server.url}/pets/${i % 3}/${String(i).padStart(6, '0')}.jpg`);
  try {
    const alone = await openFetchAlone(bench.chromium, near.url);
    const { linked, local, bare } = await withOurs(bench, own, async (ours) => {
      const times = { linked: [] as number[], local: [] as number[], bare: [] as number[] };
      for (let pair = -1; pair < bench.pairs; pair++) {
        const localMs = await ours.run(files);
        const linkedMs = await ours.runLinks(linksTo(near, files.length));
        const bareMs = await alone.fetch(linksTo(near, files.length));
        bench.say(
          `links ${pair < 0 ? 'warm-up' : `pair ${pair + 1}`}: links ${rate(linkedMs)}/s, folder ${rate(localMs)}/s, fetch() alone ${rate(bareMs)}/s`,
        );
        if (pair < 0) continue;
        times.linked.push(linkedMs);
        times.local.push(localMs);
        times.bare.push(bareMs);
      }
      return times;
    }).finally(() => alone.close());
    // Its port decides which host sorts first: the slow one shall stand before the others.
    const slowFirst = [...linksTo(slow, slowCount), ...linksTo(near, count)];
    const mixedMs = await withOurs(bench, own, async (ours) => {
      await ours.runLinks(linksTo(near, 50)); // warm
      return ours.runLinks(slowFirst);
    });
    bench.say(`links with a slow host: ${(mixedMs / 1000).toFixed(1)} s`);
    const few = await memoryOf(linksTo(near, 2000), own, bench);
    const many = await memoryOf(linksTo(near, 10_000), own, bench);
    const slowAloneS = (Math.ceil(slowCount / perHost) * slowMs) / 1000;
    const quickAloneS = median(linked) / 1000;
    return [
      more('links-20ms', 'images/s', rateOf(median(linked)), 'the same from a folder', rateOf(median(local))),
      more('links-20ms-bound', 'images/s', rateOf(median(linked)), 'fetch() alone', rateOf(median(bare))),
      less('links-slow-host', 's', mixedMs / 1000, 'one host after the other', slowAloneS + quickAloneS),
      less('links-memory-growth', 'MB', many, 'at 2,000 links', few),
    ];
  } finally {
    await Promise.all([near.close(), slow.close()]);
    rmSync(own, { recursive: true, force: true });
  }
}

/** Connections that Chromium opens to a host of HTTP/1.1. */
const perHost = 6;

const rateOf = (ms: number) => (count / ms) * 1000;
const rate = (ms: number) => rateOf(ms).toFixed(1);

async function withOurs<T>(bench: Bench, own: string, work: (ours: Ours) => Promise<T>): Promise<T> {
  const ours = await openOurs(bench.chromium, join(own, 'ours'));
  try {
    return await work(ours);
  } finally {
    await ours.close();
  }
}

/** The median of the whole browser's memory in MB, once the run is in its stride, after its first quarter. */
async function memoryOf(links: readonly string[], own: string, bench: Bench): Promise<number> {
  if (memoryBelowMb() === null) throw new Error('Memory is measured through /proc, which is Linux’.');
  return withOurs(bench, own, async (ours) => {
    const samples: number[] = [];
    const timer = setInterval(() => {
      samples.push(memoryBelowMb() ?? 0);
    }, sampleEveryMs);
    try {
      await ours.runLinks(links);
    } finally {
      clearInterval(timer);
    }
    const usual = median(samples.slice(Math.floor(samples.length / 4)));
    bench.say(`${links.length} links: ${usual.toFixed(0)} MB`);
    return usual;
  });
}
