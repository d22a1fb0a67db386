import { z } from 'zod';
import { orderedMap } from '../base/flow';
import { RunError } from '../core/failure';
import type { Listed } from '../core/image';
import type { Source } from '../core/plugin';
import { classifyByBytes, classifyByName, isHidden } from './classify';
import { listFiles } from './files';

/**
 * The source of one picked folder with everything below it: the handle in `grants.folder`, or, where there is no
 * directory picker, the files of `<input webkitdirectory>` in `grants.files`.
 */
export const folder = {
  id: 'folder',
  label: 'Folder',
  knobs: z.strictObject({}),
  list: (_knobs, grants, signal) =>
    grants.folder ? walk(grants.folder, signal) : listFiles(grants.files ?? [], signal),
} satisfies Source<Record<string, never>>;

/**
 * Handles being opened at once. Each open is a question to the browser's process: fewer leaves that process idle,
 * more only queues there.
 */
const openAtOnce = 32;

/**
 * Keys keep the names as the file system gives them. macOS hands out decomposed letters (é as e and an accent) and
 * composing them would make keys that no longer open the file they name; tables are matched either way in `label`.
 */
async function* walk(
  root: FileSystemDirectoryHandle,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const open = async (found: Found): Promise<Listed | null> => {
    if (found.handle === null) return { kind: 'left-out', key: found.key, why: 'hidden' };
    const file = await found.handle.getFile().catch((error: unknown) => {
      if (isGone(error)) return null; // deleted since its folder was read: as if it had never been there
      throw cannotRead('file', found.key, error);
    });
    return file && (classifyByName(found.key, file) ?? classifyByBytes(found.key, file));
  };
  for await (const listed of orderedMap(entriesBelow(root, signal), { width: openAtOnce }, open)) {
    if (listed !== null) yield listed;
  }
}

/** A file's handle, or null for something hidden. */
interface Found {
  readonly key: string;
  readonly handle: FileSystemFileHandle | null;
}

async function* entriesBelow(
  root: FileSystemDirectoryHandle,
  signal: AbortSignal,
): AsyncGenerator<Found, void, undefined> {
  const waiting = [{ path: '', handle: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, handle } = next;
    try {
      for await (const [name, child] of handle.entries()) {
        signal.throwIfAborted();
        const key = path + name;
        if (isHidden(name)) yield { key, handle: null };
        // The handle's `kind` says its class; TypeScript's DOM types do not tie the two together.
        else if (child.kind === 'file') yield { key, handle: child as FileSystemFileHandle };
        else waiting.push({ path: `${key}/`, handle: child as FileSystemDirectoryHandle });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof RunError ? error : cannotRead('folder', path || handle.name, error);
    }
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'TypeMismatchError')
  );
}

function cannotRead(what: 'file' | 'folder', key: string, error: unknown): RunError {
  const seen = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const wayOut = isGone(error)
    ? 'It was moved or deleted; choose the folder again.'
    : 'Choose the folder again and allow reading, or take it out of the folder.';
  return new RunError('permission', `The ${what} ${JSON.stringify(key)} cannot be read (${seen}). ${wayOut}`);
}
