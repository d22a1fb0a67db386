import type { Shard } from '../core/plan';
import type {
  CommittedFile,
  Fault,
  RowsInfo,
  ShardFiles,
  TargetFile,
  Writer,
  WrittenRows,
} from '../core/plugin';
import type { Row } from '../core/row';
import { splits } from '../core/split';
import { fileNameColumn } from '../core/table';
import { csvField } from './csv-writer';
import { metadataColumns } from './imagefolder-columns';
import { picturePath, putPictures, verifyPictures } from './picture-files';
import { knownLines, verifyLines } from './read-back';
import type { Column } from './table';
import { createTextFile, type TextFile } from './text-file';
import { vectorText } from './vector-text';
import { type Vectors, vectorsOf } from './vectors';

/** What of the format's knobs decides its files. */
export interface ImagefolderChoice {
  readonly metadata: 'csv' | 'jsonl';
}

/** Opens one shard's pictures and tables. */
export async function openFolder(
  files: ShardFiles,
  info: RowsInfo,
  knobs: ImagefolderChoice,
  shard: Shard,
): Promise<Writer> {
  const tables = new Map<string, TextFile>();
  const columns = metadataColumns(info);
  const vectors = vectorsOf(info);
  const tableOf = async (row: Row) => {
    const folder = folderIn(shard, row);
    const known = tables.get(folder);
    if (known !== undefined) return known;
    const table = createTextFile(await files.create(`${folder}metadata`, knobs.metadata));
    tables.set(folder, table);
    if (knobs.metadata === 'csv') await table.add(`${headerLine(columns, vectors)}\n`);
    return table;
  };
  return {
    async write(rows) {
      await putPictures(files, rows, (row) => folderIn(shard, row));
      for (const row of rows) await (await tableOf(row)).add(`${lineOf(row, columns, vectors, knobs)}\n`);
    },
    async close() {
      for (const table of tables.values()) await table.flush();
    },
  };
}

/** Reads one shard's pictures and tables back. */
export async function verifyFolder(
  files: readonly CommittedFile[],
  written: WrittenRows,
  info: RowsInfo,
  knobs: ImagefolderChoice,
  shard: Shard,
): Promise<Fault | null> {
  const pictures = files.filter(({ path }) => !isTable(path, knobs));
  const fault = await verifyPictures(pictures, written, 'the image folder');
  if (fault !== null || shard.folder === '') return fault ?? verifyMixed(files, written, info, knobs);
  const table = files.find(({ path }) => isTable(path, knobs));
  if (table === undefined) return written.count === 0 ? null : missingTable(shard.folder, knobs);
  return verifyTable(table, written, info, knobs);
}

/** Puts each split's table together from its shards' parts. */
export async function assembleTables(
  files: readonly CommittedFile[],
  create: (path: string) => Promise<TargetFile>,
  info: RowsInfo,
  knobs: ImagefolderChoice,
): Promise<void> {
  for (const split of splits) {
    const parts = files.filter(({ path }) => path.startsWith(`${split}/metadata-`));
    if (parts.length === 0) continue;
    const whole = await create(`${split}/metadata.${knobs.metadata}`);
    const header =
      knobs.metadata === 'csv'
        ? new TextEncoder().encode(`${headerLine(metadataColumns(info), vectorsOf(info))}\n`)
        : null;
    if (header !== null) await whole.write(header);
    for (const part of parts) {
      for (let at = header?.length ?? 0; at < part.bytes; at += pieceBytes)
        await whole.write(await part.read(at, Math.min(part.bytes, at + pieceBytes)));
    }
  }
}

/** Read and written at once when parts are put together. */
const pieceBytes = 4 * 2 ** 20;

/** Each split has its folder however the recipe lays files out; by split, the shard's paths lie in it already. */
const folderIn = (shard: Pick<Shard, 'folder'>, row: Pick<Row, 'split'>) =>
  shard.folder === '' ? `${row.split}/` : '';

const isTable = (path: string, { metadata }: ImagefolderChoice) => path.endsWith(`.${metadata}`);

const missingTable = (folder: string, { metadata }: ImagefolderChoice) => ({
  path: `${folder}metadata.${metadata}`,
  problem: 'is missing',
});

const headerLine = (columns: readonly Column[], vectors: readonly Vectors[]) =>
  [fileNameColumn, ...columns.map(({ name }) => name), ...vectors.map(({ column }) => column)]
    .map((name) => csvField(name))
    .join(',');

/** A vector is a list in jsonl and, as in csv, the text of one in csv. */
function lineOf(
  row: Row,
  columns: readonly Column[],
  vectors: readonly Vectors[],
  { metadata }: ImagefolderChoice,
): string {
  const path = picturePath(row);
  const lists = vectors.map((each) => ({ column: each.column, text: vectorText(each, row) }));
  if (metadata === 'csv')
    return [path, ...columns.map(({ value }) => value(row)), ...lists.map(({ text }) => text)]
      .map((cell) => csvField(cell))
      .join(',');
  const fields = columns.map(({ name, kind, value }) => {
    const cell = value(row);
    return [name, kind === 'json' ? JSON.stringify(cell) : cell];
  });
  const object = JSON.stringify(Object.fromEntries([[fileNameColumn, path], ...fields]));
  return `${object.slice(0, -1)}${lists.map(({ column, text }) => `,"${column}":${text}`).join('')}}`;
}

function verifyTable(table: CommittedFile, written: WrittenRows, info: RowsInfo, knobs: ImagefolderChoice) {
  const columns = metadataColumns(info);
  const vectors = vectorsOf(info);
  const first = knobs.metadata === 'csv' ? 1 : 0;
  const known = knownLines(written, first, ({ row }) => lineOf(row, columns, vectors, knobs));
  if (first === 1) known.set(0, headerLine(columns, vectors));
  return verifyLines(table, { count: written.count + first, quoted: first === 1, known });
}

/** Together, a shard has a table for each split; how the rows are shared among them is not known, their sum is. */
async function verifyMixed(
  files: readonly CommittedFile[],
  written: WrittenRows,
  info: RowsInfo,
  knobs: ImagefolderChoice,
) {
  const tables = files.filter(({ path }) => isTable(path, knobs));
  const columns = metadataColumns(info);
  const vectors = vectorsOf(info);
  const decoder = new TextDecoder();
  for (const { row } of written.sample) {
    const table = tables.find(({ path }) => path.startsWith(`${row.split}/`));
    if (table === undefined) return missingTable(`${row.split}/`, knobs);
    const text = decoder.decode(await table.read(0, table.bytes));
    if (!text.includes(`${lineOf(row, columns, vectors, knobs)}\n`))
      return { path: table.path, problem: `does not hold the line of ${row.key}` };
  }
  return null;
}
