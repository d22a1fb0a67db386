import type { TargetFolder } from '../core/plugin';
import { bufferFile } from './buffered-file';
import { handleFolder, storedFile } from './handles';
import { hashFile } from './hashed-file';
import { orRunError } from './run-errors';
import { clearPlaceholders, removeDeadSwap } from './swap-files';

/** A picked folder as the target writes to it. */
export function createDirectoryFolder(root: FileSystemDirectoryHandle): TargetFolder {
  const { findFile, openFolder, list, remove } = handleFolder(root);
  const cleared = new Map<FileSystemDirectoryHandle, Promise<void>>();
  /** Before the first file of a folder is begun, which it would take for one that never came. */
  const clearOnce = (folder: FileSystemDirectoryHandle) => {
    const clearing = cleared.get(folder) ?? clearPlaceholders(folder);
    cleared.set(folder, clearing);
    return clearing;
  };
  const read = async (path: string): Promise<Blob | null> => {
    const file = await orRunError('folder', `reading ${path}`, async () => (await findFile(path))?.getFile());
    // An empty file may be the place that a killed run held for a file that never came.
    return file === undefined || file.size === 0 ? null : file;
  };
  return {
    async create(path) {
      const doing = `writing ${path}`;
      let writable: FileSystemWritableFileStream | null = null;
      let handle: FileSystemFileHandle | null = null;
      let placeholder = false;
      /** Waits for the first bytes, so that short files stand empty for no longer than they must. */
      const open = async () => {
        if (writable !== null) return writable;
        const { folder, name } = await openFolder(path);
        await clearOnce(folder);
        const isNew = (await findFile(path)) === null;
        if (!isNew) await removeDeadSwap(folder, name);
        handle = await folder.getFileHandle(name, { create: true });
        placeholder = isNew;
        writable = await handle.createWritable({ keepExistingData: false });
        return writable;
      };
      const raw = await hashFile(path, {
        write: (position, bytes) =>
          orRunError('folder', doing, async () => {
            // Our buffers are never shared between threads, which the type would allow.
            const data = bytes as Uint8Array<ArrayBuffer>;
            await (await open()).write({ type: 'write', position, data });
          }),
        commit: () => orRunError('folder', doing, async () => (await open()).close()),
        async read() {
          return orRunError('folder', `reading ${path} back`, async () => handle!.getFile());
        },
        async discard() {
          await writable?.abort().catch(() => undefined); // already failed or closed
          if (placeholder) await remove(path).catch(() => undefined); // the folder may be gone
        },
      });
      return bufferFile(path, raw);
    },
    read,
    look: async (path) => storedFile('folder', path, await read(path)),
    list: (path) => orRunError('folder', `listing ${path}`, () => list(path)),
    remove: (path) => orRunError('folder', `removing ${path}`, () => remove(path)),
  };
}
