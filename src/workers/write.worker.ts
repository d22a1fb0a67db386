import { assert } from '../base/assert';
import { RunError } from '../core/failure';
import type { Shard } from '../core/plan';
import type { AnyKnobs, FileRecord, Format, OwnedFile, Target, TargetFolder, Writer } from '../core/plugin';
import type { Row } from '../core/row';
import { type RowSample, sampleRows } from '../core/row-sample';
import { formats } from '../formats/index';
import { targets } from '../targets/index';
import { createShardFiles, type OwnedShardFiles } from '../targets/shard-files';
import { openLater, verifyRecord, verifyShard } from '../targets/verify-shard';
import type { WriteSetup, WrittenFile } from './job';
import { expose } from './rpc';

interface OpenFormat {
  readonly format: AnyKnobs<Format<never>>;
  readonly files: OwnedShardFiles;
  readonly writer: Writer;
}

let setup: WriteSetup | null = null;
let folder: TargetFolder | null = null;
let open: readonly OpenFormat[] = [];
let sample: RowSample = sampleRows();

const door = {
  /** Opens the target. Throws a RunError `permission` when it may not write there. */
  async open(given: WriteSetup): Promise<void> {
    setup = given;
    const { target } = given.recipe.output;
    folder = await find<AnyKnobs<Target<never>>>(targets, target).open(
      {} as never,
      given.grants,
      given.runId,
    );
  },

  /** Appends rows to the shard's files, which its first rows open. */
  async write(shard: Shard, rows: readonly Row[]): Promise<number> {
    const start = performance.now();
    await beginShard(shard);
    for (const { writer } of open) await writer.write(rows);
    sample.add(rows);
    return performance.now() - start;
  },

  /** Completes and commits the shard's files, an empty shard's too, and reads them back. */
  async closeShard(shard: Shard): Promise<{ files: readonly WrittenFile[]; ms: number }> {
    const start = performance.now();
    await beginShard(shard);
    const files: WrittenFile[] = [];
    const written = sample.written();
    for (const { format, files: shardFiles, writer } of open) {
      await writer.close();
      const records = await shardFiles.closeAll();
      const { recipe, info } = theSetup();
      const knobs = recipe.output.options[format.id];
      await verifyShard(theFolder(), { format, records, written, info, knobs, shard });
      for (const record of records)
        files.push({ ...record, format: format.id, rows: rowsIn(format, record, written.count) });
    }
    open = [];
    sample = sampleRows();
    return { files, ms: performance.now() - start };
  },

  /** Forgets the shard under way; nothing half-written stays. */
  async discard(): Promise<void> {
    const abandoned = open;
    open = [];
    for (const { files } of abandoned) await files.discardAll();
  },

  /** Removes committed files. */
  async remove(records: readonly FileRecord[]): Promise<void> {
    for (const { path } of records) await theFolder().remove(path);
  },

  /** Puts a format's files of the whole dataset together from its shards' own, and reads them back. */
  async assemble(id: string, records: readonly FileRecord[]): Promise<readonly WrittenFile[]> {
    const { recipe, info } = theSetup();
    const created: OwnedFile[] = [];
    const create = async (path: string) => {
      const file = await theFolder().create(path);
      created.push(file);
      return file;
    };
    try {
      await find<AnyKnobs<Format<never>>>(formats, id).assemble?.(
        records.map((record) => openLater(theFolder(), record)),
        create,
        info,
        recipe.output.options[id] as never,
      );
      const files: WrittenFile[] = [];
      for (const file of created) {
        const record = await file.close();
        await verifyRecord(theFolder(), record);
        files.push({ ...record, format: id, rows: null });
      }
      return files;
    } finally {
      for (const file of created) await file.discard(); // does nothing to those that are closed
    }
  },

  /** Writes one of the run's own files whole and reads it back. */
  async put(path: string, text: string): Promise<WrittenFile> {
    const file = await theFolder().create(path);
    await file.write(new TextEncoder().encode(text));
    const record = await file.close();
    await verifyRecord(theFolder(), record);
    return { ...record, format: null, rows: null };
  },

  /** Names the files that are no longer there with the size they were committed with. */
  async findMissing(records: readonly FileRecord[]): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const { path, bytes } of records) {
      const stored = await theFolder().look(path);
      if (stored?.bytes !== bytes) missing.push(path);
    }
    return missing;
  },

  /** Paths of the committed files below a folder. */
  list(path: string): Promise<readonly string[]> {
    return theFolder().list(path);
  },

  /** A committed file's bytes, or null. */
  read(path: string): Promise<Blob | null> {
    return theFolder().read(path);
  },
};

export type WriteDoor = typeof door;

/** Of a folder of pictures each is a row; a table beside them holds none of its own. */
function rowsIn(format: Pick<Format, 'extension'>, { path }: FileRecord, count: number): number | null {
  if (format.extension !== null) return count;
  return /\.(jpg|png|webp)$/.test(path) ? 1 : null;
}

async function beginShard(shard: Shard): Promise<void> {
  if (open.length > 0) return;
  const { recipe, info } = theSetup();
  sample = sampleRows();
  const opened: OpenFormat[] = [];
  open = opened;
  for (const id of recipe.output.formats) {
    const format = find<AnyKnobs<Format<never>>>(formats, id);
    const files = createShardFiles(theFolder(), shard);
    opened.push({
      format,
      files,
      writer: await format.open(files, info, recipe.output.options[id] as never, shard),
    });
  }
}

function theSetup(): WriteSetup {
  assert(setup !== null, 'write before open');
  return setup;
}

function theFolder(): TargetFolder {
  if (folder === null) throw new RunError('target', 'The target is not open.');
  return folder;
}

function find<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const found = list.find((plugin) => plugin.id === id);
  assert(found !== undefined, `no plug-in ${id}`);
  return found;
}

expose(door);
