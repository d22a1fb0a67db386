import { type Outcome, RunError, tooLargeToFetch } from '../core/failure';
import type { ImageRef, LinkOrigin } from '../core/image';
import type { FetchDoor } from '../workers/fetch.worker';
import type { FetchSetup } from '../workers/job';
import { connect, type Remote } from '../workers/rpc';
import { WorkerLost } from './pool';

/** Fetches links in a worker of its own, which starts when the first is met. */
export interface LinkReader {
  /** Rejects with {@link WorkerLost} when it is disposed of meanwhile, with a RunError `worker` when its worker crashes. */
  read(link: LinkOrigin, maxMegabytes: number): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  dispose(): void;
}

/** Makes a {@link LinkReader}. */
export function createLinkReader(setup: FetchSetup): LinkReader {
  // Kept apart, not raced against one promise for all: that would hold on to every result until the end.
  const waiting = new Set<(reason: Error) => void>();
  const loseAll = (reason: Error) => {
    for (const lose of waiting) lose(reason);
    waiting.clear();
  };
  let disposed = false;
  let started: { readonly worker: Worker; readonly remote: Remote<FetchDoor> } | null = null;
  const start = () => {
    const worker = new Worker(new URL('../workers/fetch.worker.ts', import.meta.url), {
      type: 'module',
      name: 'fetch',
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault(); // it is the run's failure, not the page's error
      worker.terminate();
      started = null;
      const why = event.message ? ` (${event.message})` : '';
      loseAll(new RunError('worker', `The worker that fetches links crashed${why}. Run again to go on.`));
    });
    return { worker, remote: connect<FetchDoor>(worker) };
  };
  return {
    read(link, maxMegabytes) {
      if (disposed) return Promise.reject(stopped());
      started ??= start();
      const { remote } = started;
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        remote
          .fetch(link, maxMegabytes, setup)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      });
    },
    dispose() {
      disposed = true;
      started?.worker.terminate();
      loseAll(stopped());
    },
  };
}

const stopped = () => new WorkerLost('disposed', 'The run was stopped.');

/** Fetches an image that is a link, unless it is listed as too large; null for any other. Rejects as {@link LinkReader} does. */
export async function readLink(
  links: LinkReader,
  { origin, bytes }: ImageRef,
  maxMegabytes: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>> | null> {
  if (origin.kind !== 'link') return null;
  if (bytes !== null && bytes > maxMegabytes * 1e6)
    return { ok: false, failure: tooLargeToFetch(bytes, maxMegabytes) };
  return links.read(origin, maxMegabytes);
}
