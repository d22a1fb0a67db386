import { createHash, type Hash } from 'node:crypto';
import { createReadStream, renameSync, writeFileSync } from 'node:fs';
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileRecord } from '../core/plugin';

/** The command line's folder of output. A file under way lies in a hidden folder and appears whole when it is committed. */
export interface OutputFolder {
  readonly root: string;
  /** Writes at a place, at most the end of what was written; at 0 it begins the file anew. */
  write(path: string, at: number, bytes: Uint8Array): Promise<void>;
  /** Puts the file in its place. Throws a {@link RefusedPath} when it was never begun. */
  commit(path: string): Promise<FileRecord>;
  /** Forgets what was written; a file that was never begun is no error. */
  discard(path: string): Promise<void>;
  /** Writes and commits small files in their order. When it throws, it has removed those that it had committed. */
  putAll(
    files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  ): Promise<readonly FileRecord[]>;
  /** Where a committed file lies and its size, or null. */
  find(path: string): Promise<{ readonly file: string; readonly bytes: number } | null>;
  remove(path: string): Promise<void>;
  /** The checkpoint's JSON, or null. */
  readCheckpoint(): Promise<string | null>;
  /** Replaces the checkpoint as a whole; null removes it. */
  writeCheckpoint(json: string | null): Promise<void>;
  /** Forgets all files under way and gives the folder free for another run. */
  close(): Promise<void>;
}

/** A path that this folder does not take: the page's mistake, or somebody's attempt. */
export class RefusedPath extends Error {
  override readonly name = 'RefusedPath';
}

/** Another command is writing to the folder. */
export class FolderBusy extends Error {
  override readonly name = 'FolderBusy';
}

interface Part {
  readonly file: string;
  readonly handle: FileHandle;
  bytes: number;
  /** Fed while the file grows at its end; null once something before the end was overwritten. */
  hash: Hash | null;
}

/** The name of the checkpoint beside the output. */
export const checkpointName = '.imagemill-checkpoint.json';
const partsName = '.imagemill-parts';

/**
 * Opens a folder for output, making it where needed, and clears what a killed run left half-written.
 * @throws FolderBusy when another command is at it; Node's error when it may not be written.
 */
export async function openOutputFolder(root: string): Promise<OutputFolder> {
  await makeFolder(root);
  await access(root, constants.W_OK);
  const partsFolder = join(root, partsName);
  await takeLock(root, partsFolder);
  const parts = new Map<string, Part>();
  let count = 0;
  const place = (path: string) => join(root, ...checkedParts(path));
  const putInPlace = async (file: string, target: string) => {
    try {
      renameSync(file, target);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeFolder(dirname(target)); // for its first file, or anew when somebody deleted it
      renameSync(file, target);
    }
  };
  const begin = async (path: string): Promise<Part> => {
    await drop(parts, path);
    const file = join(partsFolder, String(count++));
    const part = { file, handle: await open(file, 'w+'), bytes: 0, hash: createHash('sha256') };
    parts.set(path, part);
    return part;
  };
  return {
    root,
    async write(path, at, bytes) {
      place(path);
      const part = at === 0 ? await begin(path) : parts.get(path);
      if (part === undefined) throw new RefusedPath(`${path} was not begun`);
      if (at > part.bytes)
        throw new RefusedPath(`${path} has ${part.bytes} bytes, and a write came at ${at}`);
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await part.handle.write(bytes, done, bytes.length - done, at + done);
        done += bytesWritten;
      }
      if (at === part.bytes) part.hash?.update(bytes);
      else part.hash = null;
      part.bytes = Math.max(part.bytes, at + bytes.length);
    },
    async commit(path) {
      const target = place(path);
      const part = parts.get(path);
      if (part === undefined) throw new RefusedPath(`${path} was not begun`);
      const sha256 = part.hash === null ? await hashFile(part.file) : part.hash.digest('hex');
      await part.handle.close();
      await putInPlace(part.file, target);
      parts.delete(path);
      return { path, bytes: part.bytes, sha256 };
    },
    discard: (path) => drop(parts, path),
    async putAll(files) {
      const records: FileRecord[] = [];
      let file = '';
      try {
        for (const { path, bytes } of files) {
          const target = place(path);
          file = join(partsFolder, String(count++));
          // At once rather than in turns with other requests: for a small file these calls are shorter than their promises.
          writeFileSync(file, bytes);
          await putInPlace(file, target);
          records.push({
            path,
            bytes: bytes.length,
            sha256: createHash('sha256').update(bytes).digest('hex'),
          });
        }
      } catch (error) {
        // Nobody else knows which of them are new and which an older run's; what cannot be removed stays.
        for (const done of [file, ...records.map(({ path }) => place(path))])
          if (done !== '') await rm(done, { force: true }).catch(() => undefined);
        throw error;
      }
      return records;
    },
    async find(path) {
      const file = place(path);
      const found = await orMissing(() => stat(file));
      return found?.isFile() ? { file, bytes: found.size } : null;
    },
    async remove(path) {
      await rm(place(path), { force: true });
    },
    async readCheckpoint() {
      return orMissing(() => readFile(join(root, checkpointName), 'utf8'));
    },
    async writeCheckpoint(json) {
      const file = join(root, checkpointName);
      if (json === null) return rm(file, { force: true });
      const fresh = join(partsFolder, 'checkpoint');
      // On the disk before it has the name: a power cut that comes between leaves the older one, not an empty one.
      await writeFile(fresh, json, { flush: true });
      await rename(fresh, file);
    },
    async close() {
      for (const path of [...parts.keys()]) await drop(parts, path);
      await rm(partsFolder, { recursive: true, force: true });
    },
  };
}

/** Level by level: where the system lets nobody make one, as in /proc, Node's own `recursive` never ends. */
async function makeFolder(path: string): Promise<void> {
  const found = await orMissing(() => stat(path));
  if (found?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    const made = await orMissing(() => stat(path)); // by another command, meanwhile
    if (!made?.isDirectory()) throw error;
  }
}

async function drop(parts: Map<string, Part>, path: string): Promise<void> {
  const part = parts.get(path);
  if (part === undefined) return;
  parts.delete(path);
  await part.handle.close();
  await rm(part.file, { force: true });
}

/** A path's parts, all of them names inside the folder and none of them our own. */
function checkedParts(path: string): string[] {
  const parts = path.split('/');
  const bad = (part: string) =>
    part === '' || part === '.' || part === '..' || part === partsName || part === checkpointName;
  if (parts.some(bad) || /[\\\0]/.test(path) || (process.platform === 'win32' && path.includes(':')))
    throw new RefusedPath(`${JSON.stringify(path)} is no path inside the output folder`);
  return parts;
}

/** The lock is a file that holds the process's number; that of a process that is gone counts for nothing. */
async function takeLock(root: string, partsFolder: string): Promise<void> {
  const lock = join(partsFolder, 'lock');
  const holder = Number(await orMissing(() => readFile(lock, 'utf8')));
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new FolderBusy(
      `Another imagemill (process ${holder}) is writing to ${root}. Wait for it, or choose another --output.`,
    );
  await rm(partsFolder, { recursive: true, force: true });
  await mkdir(partsFolder);
  await writeFile(lock, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer); // a stream without an encoding gives buffers
  return hash.digest('hex');
}

async function orMissing<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
