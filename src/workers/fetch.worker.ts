import { createFetcher } from '../base/fetch-bytes';
import { systemClock } from '../base/host-slots';
import type { Failure, Outcome } from '../core/failure';
import { createLinkFetcher, type LinkFetcher } from '../core/fetch-link';
import { withRanges } from '../core/fetch-range';
import type { LinkOrigin } from '../core/image';
import { lookAt, type RemoteAccess, type RemoteFile, streamFile } from '../core/remote-file';
import { throughProxy } from '../core/through-proxy';
import { copy, gunzipOnce } from '../sources/gunzip';
import { openSink } from '../sources/stored-sink';
import type { FetchSetup } from './job';
import { buffersOf, expose, moved } from './rpc';

let access: ReturnType<typeof openLinks> | null = null;

const door = {
  /** Fetches a link whole; its bytes move to the caller. All links of a run are fetched here, so that hosts are asked gently. */
  async fetch(
    link: LinkOrigin,
    maxMegabytes: number,
    setup: FetchSetup,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    access ??= openLinks(setup);
    return movedBytes(await access.links.fetch(link, maxMegabytes, never));
  },

  /** Looks at what a link gives; `listedSize` is what a listing says of its size, or null. */
  async lookAt(url: string, listedSize: number | null, setup: FetchSetup): Promise<Outcome<RemoteFile>> {
    access ??= openLinks(setup);
    return lookAt(url, listedSize, access, never);
  },

  /** Reads the bytes `[start, end)` of what a link gives, fewer only where it ends. */
  async range(
    url: string,
    start: number,
    end: number,
    setup: FetchSetup,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    access ??= openLinks(setup);
    return movedBytes(await access.links.fetchRange(url, start, end, never));
  },

  /** Reads a file whole into one of the browser's own storage, unpacked where it is gzipped; says what is wrong, or null. */
  async stage(
    file: RemoteFile,
    handle: FileSystemFileHandle,
    gzipped: boolean,
    setup: FetchSetup,
  ): Promise<Failure | null> {
    access ??= openLinks(setup);
    const sink = await openSink(handle);
    try {
      const pieces = streamFile(file, access, never);
      return gzipped
        ? (await gunzipOnce(pieces, file.size, sink)).failure
        : await copy(pieces, file.size, sink);
    } finally {
      sink.close();
    }
  },
};

export type FetchDoor = typeof door;

/** Who wants no more links ends this worker. */
const never = new AbortController().signal;

const movedBytes = (outcome: Outcome<Uint8Array<ArrayBuffer>>) =>
  moved(outcome, outcome.ok ? buffersOf([outcome.value]) : []);

function openLinks({ knobs, proxy }: FetchSetup): RemoteAccess & { readonly links: LinkFetcher } {
  const through = withRanges(proxy === null ? (...args) => fetch(...args) : throughProxy(proxy));
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
  const links = createLinkFetcher({
    fetcher,
    fetch: through,
    answerMs: knobs.connect_s * 1000,
    origin: self.location.origin,
    proxied: proxy !== null,
    isOnline: () => navigator.onLine,
    now: Date.now,
  });
  return { links, fetch: through, stallMs: knobs.stall_s * 1000, tries: knobs.tries };
}

expose(door);
