import { assert } from '../base/assert';
import type { CommittedFile, Fault, RowsInfo, ShardFiles, Writer, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { knownLines, verifyLines } from './read-back';
import { arrayColumn, type Cell, type Column, columnsOf } from './table';
import { tensorText } from './tensor-text';
import { createTextFile } from './text-file';
import { vectorText } from './vector-text';
import { type Vectors, vectorsOf } from './vectors';

/** What stands around and between the objects; an empty table is `before` and `after` alone. */
export interface Framing {
  readonly extension: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
  /** Follows every object. */
  readonly ending: string;
}

/** Opens a shard whose rows are written as JSON objects, each on a line of its own. */
export async function openObjects(
  files: ShardFiles,
  info: RowsInfo,
  imageArray: boolean,
  framing: Framing,
): Promise<Writer> {
  const text = createTextFile(await files.createOne(info.name, framing.extension));
  const columns = openingsOf(info);
  const vectors = vectorsOf(info);
  let first = true;
  await text.add(framing.before);
  return {
    async write(rows) {
      for (const row of rows) {
        if (!first) await text.add(framing.between);
        first = false;
        for (const piece of objectOf(row, columns, vectors, imageArray)) await text.add(piece);
        await text.add(framing.ending);
      }
    },
    async close() {
      await text.add(framing.after);
      await text.flush();
    },
  };
}

/** Reads a shard's objects back; each stands on a line of its own, after the lines of `framing.before`. */
export async function verifyObjects(
  [file]: readonly CommittedFile[],
  written: WrittenRows,
  info: RowsInfo,
  imageArray: boolean,
  framing: Framing,
): Promise<Fault | null> {
  const breaks = (text: string) => text.split('\n').length - 1;
  const columns = openingsOf(info);
  const vectors = vectorsOf(info);
  const before = breaks(framing.before);
  const known = knownLines(written, before, ({ at, row }) => {
    const after =
      at === written.count - 1 ? framing.ending + framing.after : framing.ending + framing.between;
    return [...objectOf(row, columns, vectors, imageArray)].join('') + after.split('\n')[0];
  });
  const between =
    breaks(framing.ending) * written.count + breaks(framing.between) * Math.max(0, written.count - 1);
  return verifyLines(file, { count: before + between + breaks(framing.after), quoted: false, known });
}

interface Opening {
  readonly value: Column['value'];
  readonly opening: string;
}

const openingsOf = (info: RowsInfo): readonly Opening[] =>
  columnsOf(info).map((column, i) => ({
    value: column.value,
    opening: `${i === 0 ? '{' : ','}${JSON.stringify(column.name)}:`,
  }));

/** A row's object, in pieces where it holds a tensor. */
function* objectOf(
  row: Row,
  columns: readonly Opening[],
  vectors: readonly Vectors[],
  imageArray: boolean,
): Generator<string, void, undefined> {
  let line = '';
  for (const { opening, value } of columns) line += opening + cell(value(row));
  for (const each of vectors) line += `,"${each.column}":${vectorText(each, row)}`;
  if (imageArray) {
    assert(row.tensor !== null, 'a row came without the tensor that was asked for');
    yield `${line},"${arrayColumn}":`;
    yield* tensorText(row.tensor);
    line = '';
  }
  yield `${line}}`;
}

/** NaN and the infinities, which JSON does not have, become `null`. */
const cell = (value: Cell) => JSON.stringify(value);
