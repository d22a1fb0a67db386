import { orMissing } from './handles';

/**
 * Clears what a killed browser left of files that never came: Chromium writes `a.npy` as `a.npy.crswap`, or `a.npy.1.crswap`
 * and so on, and an empty `a.npy` holds the place. Of files that hold something only {@link removeDeadSwap} does so, by name:
 * another program's may be among them.
 */
export async function clearPlaceholders(folder: FileSystemDirectoryHandle): Promise<void> {
  const swaps: string[] = [];
  for await (const name of folder.keys()) if (swapEnding.test(name)) swaps.push(name);
  for (const swap of swaps) {
    const name = swap.replace(swapEnding, '');
    const file = await orMissing(async () => (await folder.getFileHandle(name)).getFile());
    if (file?.size === 0 && (await removeIdle(folder, swap))) await removeIdle(folder, name);
  }
}

/** Removes what a killed browser had written of a new version of this file. */
export async function removeDeadSwap(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await removeIdle(folder, `${name}.crswap`);
}

const swapEnding = /(\.\d+)?\.crswap$/;

/** Removes a file unless it is being written, which the browser refuses; false when it did not. */
async function removeIdle(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.removeEntry(name);
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false; // it stays, which does no harm
    throw error;
  }
}
