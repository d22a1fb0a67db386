import { openSync } from '../base/sync-file';
import type { TargetFolder } from '../core/plugin';
import { bufferFile } from './buffered-file';
import { handleFolder, orMissing, storedFile } from './handles';
import { hashFile } from './hashed-file';
import { orRunError } from './run-errors';
import { runFolder } from './run-folder';

/**
 * Opens a run's folder in the browser's own storage (OPFS) for writing; in a worker only. A file is written under
 * `parts/` and moved to its name under `files/` when it is closed: what a killed run left in `parts/` is cleared here.
 */
export async function openStaging(runId: string): Promise<TargetFolder> {
  const home = await runFolder(runId, true);
  await orMissing(() => home.removeEntry('parts', { recursive: true }));
  const parts = await home.getDirectoryHandle('parts', { create: true });
  const root = await home.getDirectoryHandle('files', { create: true });
  const { findFile, openFolder, list, remove } = handleFolder(root);
  let count = 0;
  const read = (path: string): Promise<Blob | null> =>
    orRunError('browser', `reading ${path}`, async () => (await (await findFile(path))?.getFile()) ?? null);
  return {
    async create(path) {
      const doing = `writing ${path}`;
      const part = `part-${count++}`;
      const { handle, access } = await orRunError('browser', doing, async () => {
        const handle = await parts.getFileHandle(part, { create: true });
        return { handle, access: await openSync(handle) };
      });
      const raw = await hashFile(path, {
        write: (position, bytes) =>
          orRunError('browser', doing, () => {
            const written = access.write(bytes, { at: position });
            if (written !== bytes.length)
              throw new DOMException(`${written} bytes fit`, 'QuotaExceededError');
          }),
        commit: () =>
          orRunError('browser', doing, async () => {
            access.flush();
            access.close();
            const { folder, name } = await openFolder(path);
            await move(handle, folder, name);
          }),
        read: () => orRunError('browser', `reading ${path} back`, () => handle.getFile()),
        async discard() {
          access.close();
          await parts.removeEntry(part).catch(() => undefined); // moved, or cleared with the whole run
        },
      });
      return bufferFile(path, raw);
    },
    read,
    look: async (path) => storedFile('browser', path, await read(path)),
    list: (path) => orRunError('browser', `listing ${path}`, () => list(path)),
    remove: (path) => orRunError('browser', `removing ${path}`, () => remove(path)),
  };
}

/** `move` has long been in every browser that has OPFS, but not yet in TypeScript's library. */
async function move(
  handle: FileSystemFileHandle,
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  const movable = handle as FileSystemFileHandle & {
    move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
  };
  await movable.move(folder, name);
}
