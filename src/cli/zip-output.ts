import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ZipFile, zipBytes, zipStream } from '../base/zip-stream';
import type { FileRecord } from '../core/plugin';

/** The part of a finished run's checkpoint that says which files it wrote, in the order in which the page zips them. */
export interface FinishedRun {
  readonly committed: readonly { readonly files: readonly FileRecord[] }[];
  readonly companions?: readonly FileRecord[];
  readonly report?: { readonly files: readonly (FileRecord & { readonly format: string | null })[] };
}

/**
 * Puts a finished run's files together as one archive, the same bytes that the page would give, and deletes them. The
 * archive appears under its name when it is whole.
 * @throws Error when a file is gone or there is no space.
 */
export async function writeZip(archive: string, folder: string, run: FinishedRun): Promise<void> {
  const records = filesOf(run);
  async function* files(): AsyncGenerator<ZipFile> {
    for (const { path, bytes } of records) {
      const file = join(folder, ...path.split('/'));
      const found = await stat(file).catch(() => null);
      if (found?.size !== bytes)
        throw new Error(`${file} was ${found ? 'changed' : 'removed'} before it was zipped`);
      yield { path, bytes, content: createReadStream(file, { highWaterMark: 2 ** 18 }) };
    }
  }
  const unfinished = `${archive}.part`;
  try {
    // The library's stream is the web's; Node's types tell the two apart, its code does not.
    await pipeline(Readable.fromWeb(zipStream(files()) as never), createWriteStream(unfinished));
    await rename(unfinished, archive);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** The size of the archive that {@link writeZip} makes. */
export const archiveBytes = (run: FinishedRun): number => zipBytes(filesOf(run));

function filesOf({ committed, companions = [], report }: FinishedRun): readonly FileRecord[] {
  const own = (report?.files ?? []).filter((file) => file.format === null);
  return [...committed.flatMap((shard) => shard.files), ...companions, ...own];
}
