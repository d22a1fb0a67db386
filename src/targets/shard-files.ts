import { splitStem } from '../core/name';
import type { Shard } from '../core/plan';
import type { FileRecord, OwnedFile, ShardFiles, TargetFolder, WholeFile } from '../core/plugin';

/** A shard's files as their owner sees them. */
export interface OwnedShardFiles extends ShardFiles {
  /** Commits every file that is still open; gives all records in the order in which the files were created. */
  closeAll(): Promise<FileRecord[]>;
  /** Forgets all of them, those that were put whole too. Never throws. */
  discardAll(): Promise<void>;
}

/** Hands out a shard's files: below its folder, with its number when the folder holds several. */
export function createShardFiles(folder: TargetFolder, shard: Shard): OwnedShardFiles {
  const entries: Entry[] = [];
  const track = async (path: string): Promise<{ readonly entry: Entry; readonly file: OwnedFile }> => {
    const entry: Entry = { path, file: null, record: null };
    entries.push(entry); // before the wait: files put together are listed in the order of the calls
    const file = await folder.create(path);
    entry.file = file;
    return { entry, file };
  };
  const put = async ({ path, bytes }: WholeFile) => {
    const { entry, file } = await track(path);
    await file.write(bytes);
    entry.record = await file.close();
  };
  const numbered = (stem: string, extension: string) => {
    const number = shard.of === 1 ? '' : `-${five(shard.part)}-of-${five(shard.of)}`;
    return `${stem}${number}.${extension}`;
  };
  return {
    async create(stem, extension) {
      return (await track(shard.folder + numbered(stem, extension))).file;
    },
    async createOne(stem, extension) {
      return (await track(numbered(splitStem(stem, shard.folder.slice(0, -1)), extension))).file;
    },
    async putAll(files) {
      const placed = files.map(({ path, bytes }) => ({ path: shard.folder + path, bytes }));
      if (folder.putAll === undefined) {
        // Together: the names are decided, so the order in which files are completed does not matter. All of them are waited
        // for when one fails: a file that appears after the others were discarded would stay.
        throwFirst(await Promise.allSettled(placed.map(put)));
        return;
      }
      for (const record of await folder.putAll(placed))
        entries.push({ path: record.path, file: null, record });
    },
    async closeAll() {
      const closings = await Promise.allSettled(
        entries.map(async (entry) => {
          if (entry.file !== null) entry.record ??= await entry.file.close();
        }),
      );
      throwFirst(closings);
      return entries.flatMap(({ record }) => record ?? []);
    },
    async discardAll() {
      for (const { path, file, record } of entries) {
        if (record === null) await file?.discard();
        else await folder.remove(path).catch(() => undefined); // whoever discards has already failed
      }
    },
  };
}

interface Entry {
  readonly path: string;
  /** Null until the target has opened it. */
  file: OwnedFile | null;
  record: FileRecord | null;
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

const five = (part: number) => String(part).padStart(5, '0');
