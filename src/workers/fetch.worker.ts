import { createFetcher } from '../base/fetch-bytes';
import { systemClock } from '../base/host-slots';
import type { Outcome } from '../core/failure';
import { createLinkFetcher, type LinkFetcher } from '../core/fetch-link';
import type { LinkOrigin } from '../core/image';
import { throughProxy } from '../core/through-proxy';
import type { FetchSetup } from './job';
import { buffersOf, expose, moved } from './rpc';

let links: LinkFetcher | null = null;

const door = {
  /** Fetches a link whole; its bytes move to the caller. All links of a run are fetched here, so that hosts are asked gently. */
  async fetch(
    link: LinkOrigin,
    maxMegabytes: number,
    setup: FetchSetup,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    links ??= openLinks(setup);
    const outcome = await links.fetch(link, maxMegabytes, never);
    return moved(outcome, outcome.ok ? buffersOf([outcome.value]) : []);
  },
};

export type FetchDoor = typeof door;

/** Who wants no more links ends this worker. */
const never = new AbortController().signal;

function openLinks({ knobs, proxy }: FetchSetup): LinkFetcher {
  const through: typeof fetch = proxy === null ? (...args) => fetch(...args) : throughProxy(proxy);
  const fetcher = createFetcher({
    fetch: through,
    clock: systemClock,
    perHost: knobs.per_host,
    overall: knobs.overall,
    connectMs: knobs.connect_s * 1000,
    stallMs: knobs.stall_s * 1000,
    totalMs: knobs.total_s * 1000,
    tries: knobs.tries,
    backOffMs: 500,
    patienceMs: 60_000,
    heedRobots: knobs.robots === 'heed',
    seed: Math.random(), // what is wanted of these waits is that no two pages have the same
  });
  return createLinkFetcher({
    fetcher,
    fetch: through,
    answerMs: knobs.connect_s * 1000,
    origin: self.location.origin,
    proxied: proxy !== null,
    isOnline: () => navigator.onLine,
    now: Date.now,
  });
}

expose(door);
