import { z } from 'zod';
import { RunError } from '../core/failure';
import type { FileRecord, Target, TargetFolder } from '../core/plugin';
import { handleFolder, orMissing } from './handles';
import { orRunError } from './run-errors';
import { runFolder } from './run-folder';

const knobs = z.strictObject({});

/** One archive, put together from the browser's own storage when the run is done, so that a run can be resumed. */
export const zip: Target<z.output<typeof knobs>> = {
  id: 'zip',
  label: 'Zip file',
  knobs,
  async open(_knobs, _grants, runId) {
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
      throw new RunError(
        'permission',
        'This browser, or its private mode, gives no storage to stage a zip in. Use a normal window, or save to a folder.',
      );
    }
    const { openStaging } = await import('./staging');
    return orRunError('browser', 'making a folder', () => openStaging(runId));
  },
};

/**
 * Streams a run's files into an archive, in the order given. The stream fails with a RunError when a file is gone; read
 * it as a stream, since a `Response` around it would hide why.
 */
export async function zipStream(
  folder: Pick<TargetFolder, 'read'>,
  records: readonly FileRecord[],
): Promise<ReadableStream<Uint8Array>> {
  async function* files() {
    for (const { path, bytes } of records) {
      const content = await folder.read(path);
      if (content?.size !== bytes) {
        const seen = content === null ? 'gone from' : 'changed in';
        throw new RunError(
          'target',
          `${path} is ${seen} the browser's storage, which browsers clear when space is short. Run again.`,
        );
      }
      yield { path, bytes, content };
    }
  }
  return (await archiver()).zipStream(files());
}

/** The archive's size in bytes, known before it is made. */
export async function zipBytes(records: readonly FileRecord[]): Promise<number> {
  return (await archiver()).zipBytes(records);
}

/** Loaded when an archive is made: the page's first load does without it. */
const archiver = () => import('../base/zip-stream');

/** A run whose files lie in the browser's own storage. */
export interface Staged {
  readonly runId: string;
  /** Of all its files, finished or not. */
  readonly bytes: number;
  readonly files: number;
}

/** Opens a run's staged files for reading, from any thread; a run without any is an empty folder. */
export async function readStaging(runId: string): Promise<Pick<TargetFolder, 'read'>> {
  const home = await orMissing(() => runFolder(runId, false));
  const root = home === null ? null : await orMissing(() => home.getDirectoryHandle('files'));
  const files = root === null ? null : handleFolder(root);
  return {
    async read(path) {
      const handle = (await files?.findFile(path)) ?? null;
      return handle === null ? null : handle.getFile();
    },
  };
}

/** The space that a run's staged files take, unfinished ones too; 0 when there are none. */
export async function stagedBytes(runId: string): Promise<number> {
  const home = await orMissing(() => runFolder(runId, false));
  return home === null ? 0 : (await measure(home)).bytes;
}

/** Every run that has files in the browser's storage. */
export async function listStaged(): Promise<readonly Staged[]> {
  const runs = await orMissing(async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle('runs'),
  );
  const staged: Staged[] = [];
  if (runs !== null) {
    for await (const [runId, handle] of runs.entries()) {
      if (handle instanceof FileSystemDirectoryHandle) staged.push({ runId, ...(await measure(handle)) });
    }
  }
  return staged;
}

/** Deletes a run's staged files; a run without any is no error. */
export async function removeStaged(runId: string): Promise<void> {
  await orMissing(async () => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    await runs.removeEntry(runId, { recursive: true });
  });
}

async function measure(folder: FileSystemDirectoryHandle): Promise<{ bytes: number; files: number }> {
  let bytes = 0;
  let files = 0;
  for await (const handle of folder.values()) {
    if (handle instanceof FileSystemDirectoryHandle) {
      const inner = await measure(handle);
      bytes += inner.bytes;
      files += inner.files;
    } else if (handle instanceof FileSystemFileHandle) {
      bytes += (await handle.getFile()).size;
      files += 1;
    }
  }
  return { bytes, files };
}
