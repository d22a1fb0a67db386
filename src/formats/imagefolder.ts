import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Shard } from '../core/plan';
import type { CommittedFile, Format, RowsInfo, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { splits } from '../core/split';
import { fileNameColumn } from '../core/table';
import { csvField } from './csv';
import { picturePath, putPictures, verifyPictures } from './picture-files';
import { knownLines, verifyLines } from './read-back';
import { type Column, columnsOf, fieldsOf } from './table';
import { createTextFile, type TextFile } from './text-file';

const knobs = z.strictObject({
  metadata: knob(z.enum(['csv', 'jsonl']), 'csv', {
    label: 'Metadata as',
    help: 'csv, as most tools read it; jsonl, which keeps labels like 007 and None from being taken for numbers and nothing.',
  }),
});

type ImagefolderKnobs = z.output<typeof knobs>;

/**
 * Pictures as Hugging Face's `imagefolder` and torchvision's `ImageFolder` take them: `train/cats/IMG_0001.jpg`, with a
 * `train/metadata.csv` whose `file_name` is relative to it. Where a split has several shards, each writes a numbered part
 * of it, and they are put together after the last.
 */
export const imagefolder: Format<ImagefolderKnobs> = {
  id: 'imagefolder',
  label: 'Image folder (Hugging Face)',
  extension: null,
  knobs,
  needs: () => ({ tensor: false, picture: true }),
  refuses(info, { metadata }) {
    if (info.bySplit && info.formats.includes('images'))
      return 'loaders would take the pictures of images, which lie in the splits’ folders too, for imagefolder’s own; leave one of the two out of output.formats, or set output.layout to together';
    const slash = info.classNames.find((name) => /[\\/]/.test(name));
    if (slash !== undefined)
      return `imagefolder cannot name a folder ${JSON.stringify(slash)}; choose labels without a slash (labels.pattern, labels.column), or another format`;
    const misread = metadata === 'csv' ? findMisread(info.classNames) : null;
    return misread === null
      ? null
      : `Python would not read the label ${JSON.stringify(misread)} in metadata.csv as text; set output.options.imagefolder.metadata to jsonl`;
  },
  async open(files, info, knobs, shard) {
    const tables = new Map<string, TextFile>();
    const columns = metadataColumns(info);
    const tableOf = async (row: Row) => {
      const folder = folderIn(shard, row);
      const known = tables.get(folder);
      if (known !== undefined) return known;
      const table = createTextFile(await files.create(`${folder}metadata`, knobs.metadata));
      tables.set(folder, table);
      if (knobs.metadata === 'csv') await table.add(`${headerLine(columns)}\n`);
      return table;
    };
    return {
      async write(rows) {
        await putPictures(files, rows, (row) => folderIn(shard, row));
        for (const row of rows) await (await tableOf(row)).add(`${lineOf(row, columns, knobs)}\n`);
      },
      async close() {
        for (const table of tables.values()) await table.flush();
      },
    };
  },
  async verify(files, written, info, knobs, shard) {
    const pictures = files.filter(({ path }) => !isTable(path, knobs));
    const fault = await verifyPictures(pictures, written, 'the image folder');
    if (fault !== null || shard.folder === '') return fault ?? verifyMixed(files, written, info, knobs);
    const table = files.find(({ path }) => isTable(path, knobs));
    if (table === undefined) return written.count === 0 ? null : missingTable(shard.folder, knobs);
    return verifyTable(table, written, info, knobs);
  },
  async assemble(files, create, info, knobs) {
    for (const split of splits) {
      const parts = files.filter(({ path }) => path.startsWith(`${split}/metadata-`));
      if (parts.length === 0) continue;
      const whole = await create(`${split}/metadata.${knobs.metadata}`);
      const header =
        knobs.metadata === 'csv' ? new TextEncoder().encode(`${headerLine(metadataColumns(info))}\n`) : null;
      if (header !== null) await whole.write(header);
      for (const part of parts) {
        for (let at = header?.length ?? 0; at < part.bytes; at += pieceBytes)
          await whole.write(await part.read(at, Math.min(part.bytes, at + pieceBytes)));
      }
    }
  },
  fields: (info) => [
    { name: 'image', kind: 'image' },
    { name: fileNameColumn, kind: 'text' },
    ...fieldsOf(metadataColumns(info)),
  ],
  python: () =>
    [
      'from datasets import load_dataset  # in the folder that holds train, validation and test',
      '',
      'dataset = load_dataset("imagefolder", data_dir=".")',
    ].join('\n'),
};

/** Read and written at once when parts are put together. */
const pieceBytes = 4 * 2 ** 20;

/** Each split has its folder however the recipe lays files out; by split, the shard's paths lie in it already. */
const folderIn = (shard: Pick<Shard, 'folder'>, row: Pick<Row, 'split'>) =>
  shard.folder === '' ? `${row.split}/` : '';

const isTable = (path: string, { metadata }: ImagefolderKnobs) => path.endsWith(`.${metadata}`);

const missingTable = (folder: string, { metadata }: ImagefolderKnobs) => ({
  path: `${folder}metadata.${metadata}`,
  problem: 'is missing',
});

/**
 * The columns after `file_name`. Only those that every row has, and a sidecar table's: Hugging Face takes a column's type
 * from each split's first rows and refuses splits that differ, as EXIF that only some photographs have would make them.
 */
function metadataColumns(info: RowsInfo): readonly Column[] {
  const all = columnsOf({ ...info, exif: false, gps: false, personal: false });
  const columns = all.filter(({ name }) => name !== 'damaged');
  // The label comes second, where people look for it.
  const label = columns.filter(({ name }) => name === 'label');
  return [...label, ...columns.filter(({ name }) => name !== 'label' && name !== fileNameColumn)];
}

const headerLine = (columns: readonly Column[]) =>
  [fileNameColumn, ...columns.map(({ name }) => name)].map((name) => csvField(name)).join(',');

function lineOf(row: Row, columns: readonly Column[], { metadata }: ImagefolderKnobs): string {
  const path = picturePath(row);
  if (metadata === 'csv')
    return [path, ...columns.map(({ value }) => value(row))].map((cell) => csvField(cell)).join(',');
  const fields = columns.map(({ name, kind, value }) => {
    const cell = value(row);
    return [name, kind === 'json' ? JSON.stringify(cell) : cell];
  });
  return JSON.stringify(Object.fromEntries([[fileNameColumn, path], ...fields]));
}

function verifyTable(table: CommittedFile, written: WrittenRows, info: RowsInfo, knobs: ImagefolderKnobs) {
  const columns = metadataColumns(info);
  const first = knobs.metadata === 'csv' ? 1 : 0;
  const known = knownLines(written, first, ({ row }) => lineOf(row, columns, knobs));
  if (first === 1) known.set(0, headerLine(columns));
  return verifyLines(table, { count: written.count + first, quoted: first === 1, known });
}

/** Together, a shard has a table for each split; how the rows are shared among them is not known, their sum is. */
async function verifyMixed(
  files: readonly CommittedFile[],
  written: WrittenRows,
  info: RowsInfo,
  knobs: ImagefolderKnobs,
) {
  const tables = files.filter(({ path }) => isTable(path, knobs));
  const columns = metadataColumns(info);
  const decoder = new TextDecoder();
  for (const { row } of written.sample) {
    const table = tables.find(({ path }) => path.startsWith(`${row.split}/`));
    if (table === undefined) return missingTable(`${row.split}/`, knobs);
    const text = decoder.decode(await table.read(0, table.bytes));
    if (!text.includes(`${lineOf(row, columns, knobs)}\n`))
      return { path: table.path, problem: `does not hold the line of ${row.key}` };
  }
  return null;
}

/** What pandas takes for missing (`pandas/_libs/parsers.pyx`, STR_NA_VALUES). */
const missingWords: ReadonlySet<string> = new Set([
  '', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A', 'NA', 'NULL', 'NaN',
  'None', 'n/a', 'nan', 'null',
]); // biome-ignore format: a table

/** A class name that pandas would not read as the text it is; whole numbers alone stay what they are, as numbers. */
function findMisread(names: readonly string[]): string | null {
  const missing = names.find((name) => missingWords.has(name));
  if (missing !== undefined) return missing;
  const numeric = names.filter((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  if (numeric.length === names.length && numeric.every((name) => /^(0|-?[1-9]\d{0,14})$/.test(name)))
    return null;
  const truth = names.find((name) => /^(true|false)$/i.test(name));
  return numeric[0] ?? (names.every((name) => /^(true|false)$/i.test(name)) ? (truth ?? null) : null);
}
