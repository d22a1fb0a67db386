import { assert } from '../base/assert';
import type { CommittedFile, Fault, RowsInfo, ShardFiles, Writer, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { knownLines, verifyLines } from './read-back';
import { arrayColumn, type Cell, type Column, columnsOf } from './table';
import { tensorText } from './tensor-text';
import { createTextFile } from './text-file';
import { vectorText } from './vector-text';
import { type Vectors, vectorsOf } from './vectors';

/** What of the format's knobs decides its files. */
export interface CsvKnobs {
  readonly image_array: boolean;
  readonly spreadsheet_safe: boolean;
}

/** Opens one shard's table. */
export async function openCsv(files: ShardFiles, info: RowsInfo, knobs: CsvKnobs): Promise<Writer> {
  const text = createTextFile(await files.createOne(info.name, 'csv'));
  const columns = columnsOf(info);
  const vectors = vectorsOf(info);
  await text.add(`${headerLine(columns, vectors, knobs)}\n`);
  return {
    async write(rows) {
      for (const row of rows) {
        for (const piece of lineOf(row, columns, vectors, knobs)) await text.add(piece);
        await text.add('\n');
      }
    },
    close: () => text.flush(),
  };
}

/** Reads a shard's table back, line by line. */
export async function verifyCsv(
  file: CommittedFile,
  written: WrittenRows,
  info: RowsInfo,
  knobs: CsvKnobs,
): Promise<Fault | null> {
  const columns = columnsOf(info);
  const vectors = vectorsOf(info);
  const known = knownLines(written, 1, ({ row }) => [...lineOf(row, columns, vectors, knobs)].join(''));
  known.set(0, headerLine(columns, vectors, knobs));
  return verifyLines(file, { count: written.count + 1, quoted: true, known });
}

function headerLine(columns: readonly Column[], vectors: readonly Vectors[], knobs: CsvKnobs): string {
  const names = [...columns.map(({ name }) => name), ...vectors.map(({ column }) => column)];
  if (knobs.image_array) names.push(arrayColumn);
  return names.map((name) => csvField(name, knobs.spreadsheet_safe)).join(',');
}

/** A row's line without its break, in pieces where it holds a tensor. */
function* lineOf(
  row: Row,
  columns: readonly Column[],
  vectors: readonly Vectors[],
  knobs: CsvKnobs,
): Generator<string, void, undefined> {
  let line = '';
  for (const column of columns) {
    if (line !== '' || column !== columns[0]) line += ',';
    line += csvField(column.value(row), knobs.spreadsheet_safe);
  }
  for (const each of vectors) line += `,"${vectorText(each, row)}"`; // digits, signs and brackets: no quote inside
  if (knobs.image_array) {
    assert(row.tensor !== null, 'csv got a row without the tensor that it asked for');
    yield `${line},"`;
    yield* tensorText(row.tensor); // digits and brackets: no quote inside
    line = '"';
  }
  yield line;
}

/** A value as RFC 4180 has it; nothing for what is missing. */
export function csvField(value: Cell, spreadsheetSafe = false): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  const safe = spreadsheetSafe && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return needsQuotes.test(safe) ? quoted(safe) : safe;
}

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

/** Beyond what RFC 4180 asks for: empty text, to differ from missing, and outer white space, which some readers trim. */
const needsQuotes = /[",\r\n]|^$|^\s|\s$/;
