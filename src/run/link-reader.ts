import { type Failure, type Outcome, RunError, tooLargeToFetch } from '../core/failure';
import type { ImageRef, LinkOrigin } from '../core/image';
import type { RemoteFile } from '../core/remote-file';
import type { FetchDoor } from '../workers/fetch.worker';
import type { FetchSetup } from '../workers/job';
import { connect, type Remote } from '../workers/rpc';
import { WorkerLost } from './pool';

/**
 * Fetches links in a worker of its own, which starts when the first is met. All its calls reject with {@link WorkerLost} when it is
 * disposed of meanwhile, with a RunError `worker` when its worker crashes.
 */
export interface LinkReader {
  /** Gives a link's bytes, or why there are none. What is listed as too large is not asked for. */
  read(
    link: LinkOrigin,
    listedBytes: ImageRef['bytes'],
    maxMegabytes: number,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  /** Looks at what a link gives; `listedSize` is what a listing says of its size, or null. */
  lookAt(url: string, listedSize: number | null): Promise<Outcome<RemoteFile>>;
  /** Reads the bytes `[start, end)` of what a link gives, fewer only where it ends. */
  range(url: string, start: number, end: number): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  /** Reads a file whole into one of the browser's own storage, unpacked where it is gzipped; says what is wrong, or null. */
  stage(file: RemoteFile, handle: FileSystemFileHandle, gzipped: boolean): Promise<Failure | null>;
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
  async function call<T>(ask: (remote: Remote<FetchDoor>) => Promise<T>): Promise<T> {
    if (disposed) throw stopped();
    started ??= start();
    const { remote } = started;
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      ask(remote)
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });
  }
  return {
    async read(link, listedBytes, maxMegabytes) {
      if (listedBytes !== null && listedBytes > maxMegabytes * 1e6)
        return { ok: false, failure: tooLargeToFetch(listedBytes, maxMegabytes) };
      return call((remote) => remote.fetch(link, maxMegabytes, setup));
    },
    lookAt: (url, listedSize) => call((remote) => remote.lookAt(url, listedSize, setup)),
    range: (url, start, end) => call((remote) => remote.range(url, start, end, setup)),
    stage: (file, handle, gzipped) => call((remote) => remote.stage(file, handle, gzipped, setup)),
    dispose() {
      disposed = true;
      started?.worker.terminate();
      loseAll(stopped());
    },
  };
}

const stopped = () => new WorkerLost('disposed', 'The run was stopped.');
