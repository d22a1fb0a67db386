import type { StoredFile } from '../core/plugin';
import { orRunError, type Place } from './run-errors';

/** Paths below a directory handle. */
export interface HandleFolder {
  /** The file, or null when it or a folder on the way is missing. */
  findFile(path: string): Promise<FileSystemFileHandle | null>;
  /** Makes the folders on the way and gives the last with the file's name. */
  openFolder(path: string): Promise<{ readonly folder: FileSystemDirectoryHandle; readonly name: string }>;
  /** Removes a file; a missing one is no error. */
  remove(path: string): Promise<void>;
}

/** Walks paths below `root`, remembering the folders, of which datasets have few and files many. */
export function handleFolder(root: FileSystemDirectoryHandle): HandleFolder {
  const made = new Map<string, Promise<FileSystemDirectoryHandle>>();
  const makeFolder = (path: string): Promise<FileSystemDirectoryHandle> => {
    if (path === '') return Promise.resolve(root);
    const known = made.get(path);
    if (known !== undefined) return known;
    const { parent, name } = cutPath(path);
    const making = makeFolder(parent).then((folder) => folder.getDirectoryHandle(name, { create: true }));
    made.set(path, making);
    making.catch(() => made.delete(path)); // the next call asks again
    return making;
  };
  const findFolder = async (path: string): Promise<FileSystemDirectoryHandle> => {
    let folder = root;
    for (const name of path.split('/')) if (name !== '') folder = await folder.getDirectoryHandle(name);
    return folder;
  };
  return {
    async findFile(path) {
      const { parent, name } = cutPath(path);
      return orMissing(async () => (await findFolder(parent)).getFileHandle(name));
    },
    async openFolder(path) {
      const { parent, name } = cutPath(path);
      return { folder: await makeFolder(parent), name };
    },
    async remove(path) {
      const { parent, name } = cutPath(path);
      await orMissing(async () => (await findFolder(parent)).removeEntry(name));
    },
  };
}

/** What is not there is null, as is a folder in a file's place, or a file in a folder's; every other error stays one. */
export async function orMissing<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (
      error instanceof DOMException &&
      (error.name === 'NotFoundError' || error.name === 'TypeMismatchError')
    )
      return null;
    throw error;
  }
}

/** A blob of a handle, of which parts are read; null stays null. */
export function storedFile(place: Place, path: string, blob: Blob | null): StoredFile | null {
  if (blob === null) return null;
  return {
    bytes: blob.size,
    read: (start, end) =>
      orRunError(
        place,
        `reading ${path}`,
        async () => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
      ),
  };
}

function cutPath(path: string): { readonly parent: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { parent: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
