import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import type { AnyKnobs, Format, RowsInfo, ShardFiles } from '../../src/core/plugin';
import type { Picture, Row, Tensor } from '../../src/core/row';
import { columnsOf } from '../../src/formats/table';
import { bufferFile } from '../../src/targets/buffered-file';

const side = 224;

/** The rows of photographs that writers are measured on. */
export interface WriterRows {
  readonly info: RowsInfo;
  readonly rows: readonly (Row & { readonly tensor: Tensor; readonly picture: Picture })[];
  /** The tables' columns as plain lists, for other libraries. */
  readonly table: {
    readonly class_names: readonly string[];
    readonly columns: Readonly<Record<string, readonly unknown[]>>;
  };
}

/** Makes rows of 224 by 224 8-bit values and JPEGs of quality 90, labelled by folder, as a run does. */
export async function makeRows(paths: readonly string[]): Promise<WriterRows> {
  const classNames = [...new Set(paths.map((path) => basename(dirname(path))))].sort();
  const info: RowsInfo = {
    name: 'images',
    formats: [],
    bySplit: false,
    splits: ['train', 'validation', 'test'],
    size: { width: side, height: side },
    shape: [side, side, 3],
    channels: 3,
    layout: 'channels-last',
    dtype: 'uint8',
    pictureType: 'jpeg',
    classNames,
    softLabels: false,
    extraColumns: [],
    features: [],
    exif: true,
    gps: false,
    personal: false,
    normalisation: { values: 'none', channels: 'RGB', mean: null, std: null },
    recipe: '{}',
  };
  const rows: WriterRows['rows'][number][] = [];
  for (const path of paths) rows.push(await makeRow(path, classNames));
  const columns = columnsOf(info).map(({ name, value }) => [name, rows.map(value)]);
  return { info, rows, table: { class_names: classNames, columns: Object.fromEntries(columns) } };
}

async function makeRow(path: string, classNames: readonly string[]): Promise<WriterRows['rows'][number]> {
  const file = readFileSync(path);
  const label = basename(dirname(path));
  const resized = sharp(file)
    .autoOrient()
    .resize(side, side, { fit: 'cover' })
    .flatten()
    .toColourspace('srgb');
  const [pixels, jpeg] = await Promise.all([
    resized.clone().raw().toBuffer(),
    resized.clone().jpeg({ quality: 90 }).toBuffer(),
  ]);
  const { width, height } = await sharp(file).metadata();
  return {
    key: `${label}/${basename(path)}`,
    name: `${label}/${basename(path, '.jpg')}`,
    split: 'train',
    label,
    labelId: classNames.indexOf(label),
    copy: 0,
    frame: 0,
    size: { width: side, height: side },
    // Copies: sharp's buffers may lie in a shared pool.
    tensor: { shape: [side, side, 3], dtype: 'uint8', bytes: Uint8Array.from(pixels) },
    picture: { type: 'jpeg', bytes: Uint8Array.from(jpeg) },
    augmentation: [],
    features: [],
    mixed: [],
    softLabels: [],
    extra: {},
    meta: {
      format: 'jpeg',
      mode: 'RGB',
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
      stored: { width, height },
      oriented: { width, height },
      orientation: 1,
      frames: 1,
      damaged: null,
      exif: null,
      privacy: { gps: false, serial: false, owner: false, faces: false },
      exifBlock: null,
    },
  };
}

/** Rows that come together, as from the compute workers. */
const batchRows = 8;

/**
 * Writes the rows into a folder with a format's default knobs; gives the bytes and the processor's milliseconds that it took,
 * of which a busy disk or neighbour takes none.
 */
export async function writeRows(
  format: AnyKnobs<Format<never>>,
  { info, rows }: WriterRows,
  folder: string,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  mkdirSync(folder, { recursive: true });
  const files = diskFiles(folder);
  const shard = { index: 0, folder: '', part: 0, of: 1, start: 0, end: rows.length, rows: rows.length };
  const knobs = format.knobs.parse({}) as never; // its own schema made them
  const start = process.cpuUsage();
  const writer = await format.open(files, info, knobs, shard);
  for (let i = 0; i < rows.length; i += batchRows) await writer.write(rows.slice(i, i + batchRows));
  await writer.close();
  await files.close();
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, bytes: files.bytes() };
}

/** A shard's files on disk, behind the product's own buffer. */
function diskFiles(folder: string): ShardFiles & { close(): Promise<void>; bytes(): number } {
  const opened: ReturnType<typeof bufferFile>[] = [];
  const paths: string[] = [];
  const create = async (name: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const handle = await open(path, 'w');
    paths.push(path);
    return bufferFile(name, rawFile(handle, name));
  };
  const keep: ShardFiles['create'] = async (stem, extension) => {
    const file = await create(`${stem}.${extension}`);
    opened.push(file);
    return file;
  };
  return {
    create: keep,
    createOne: keep,
    async putAll(files) {
      for (const { path, bytes } of files) {
        const file = await create(path);
        await file.write(bytes);
        await file.close();
      }
    },
    async close() {
      for (const file of opened) await file.close();
    },
    bytes: () => paths.reduce((sum, path) => sum + statSync(path).size, 0),
  };
}

function rawFile(handle: FileHandle, path: string): Parameters<typeof bufferFile>[1] {
  return {
    async write(at, bytes) {
      await handle.write(bytes, 0, bytes.length, at);
    },
    async commit(at, rest) {
      await handle.write(rest, 0, rest.length, at);
      await handle.close();
      return { path, bytes: 0, sha256: '' };
    },
    discard: () => handle.close(),
  };
}
