import { deferred, untilAborted } from '../base/flow';
import { type Failure, megabytes } from '../core/failure';
import type { RemoteFile } from '../core/remote-file';
import { refusal } from '../sources/archive-member';
import type { UnpackDoor } from '../workers/unpack.worker';
import type { LinkReader } from './link-reader';
import { connectLone } from './lone-worker';
import { lockOf } from './sweep-unpacked';

/** A gzipped archive, unpacked into the browser's own storage, where it can be read anywhere. */
export interface Unpacked {
  /** What came out, up to where something was wrong. */
  readonly file: File;
  readonly fault: Failure | null;
}

/**
 * Unpacks a gzipped archive as a stream, once for each file of this session however often it is asked. It lies in the
 * browser's storage until the page is closed: the next session's `sweepUnpacked` takes it away.
 */
export function unpack(packed: File, signal: AbortSignal): Promise<Unpacked> {
  const known = unpacked.get(packed);
  if (known !== undefined) return known;
  const unpacking = begin(packed, signal);
  unpacked.set(packed, unpacking);
  unpacking.catch(() => unpacked.delete(packed)); // the next one tries again
  return unpacking;
}

const unpacked = new WeakMap<File, Promise<Unpacked>>();

async function begin(packed: File, signal: AbortSignal): Promise<Unpacked> {
  const free = await freeBytes();
  const home = await openSession();
  const name = `${crypto.randomUUID()}.tar`;
  const handle = await home.getFileHandle(name, { create: true });
  if (packed.size > free) return { file: await handle.getFile(), fault: noRoom(packed.size, free) };
  const worker = new Worker(new URL('../workers/unpack.worker.ts', import.meta.url), {
    type: 'module',
    name: 'unpack',
  });
  const stop = () => worker.terminate();
  try {
    const { gunzip } = connectLone<UnpackDoor>(worker, 'The worker that unpacks archives');
    const fault = await untilAborted(gunzip(packed, handle), signal);
    return { file: await handle.getFile(), fault };
  } catch (error) {
    stop();
    await home.removeEntry(name).catch(() => undefined); // still locked by the worker: the next session's sweep takes it
    throw error;
  } finally {
    stop();
  }
}

/**
 * Reads a remote archive whole into the browser's storage, unpacked where it is gzipped; it lies there as long as what
 * {@link unpack} unpacked. Null, with nothing done, where its size is known and there is no room for it.
 */
export async function stage(
  remote: RemoteFile,
  gzipped: boolean,
  reader: Pick<LinkReader, 'stage'>,
  signal: AbortSignal,
): Promise<Unpacked | null> {
  if (remote.size !== null && remote.size > (await freeBytes())) return null;
  const home = await openSession();
  const name = crypto.randomUUID();
  const handle = await home.getFileHandle(name, { create: true });
  try {
    const fault = await untilAborted(reader.stage(remote, handle, gzipped), signal);
    return { file: await handle.getFile(), fault };
  } catch (error) {
    await home.removeEntry(name).catch(() => undefined); // as below
    throw error;
  }
}

/** Bytes that the browser's storage still takes from this page. */
export async function freeBytes(): Promise<number> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return Math.max(0, quota - usage);
}

const noRoom = (bytes: number, free: number) =>
  refusal(
    'too-large',
    `The archive of ${megabytes(bytes)} must be unpacked into the browser's storage, which has ${megabytes(free)} left for this page. Free space on the disk, or unpack it yourself and choose the folder.`,
  );

const openRoot = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('unpacked', { create: true });

let session: Promise<FileSystemDirectoryHandle> | null = null;

/** This session's folder, with the lock that tells other sessions that it is in use. */
function openSession(): Promise<FileSystemDirectoryHandle> {
  session ??= (async () => {
    const id = crypto.randomUUID();
    const locked = deferred<void>();
    void navigator.locks.request(lockOf(id), () => {
      locked.resolve();
      return new Promise<never>(() => undefined); // held until the page is gone
    });
    await locked.promise;
    return (await openRoot()).getDirectoryHandle(id, { create: true });
  })();
  return session;
}
