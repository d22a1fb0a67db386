import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { CommittedFile, Fault, RowsInfo, ShardFiles, Writer, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { npyDescrs, npyHeader } from './npy-header';
import { pictureEndings } from './picture-files';
import { differsAt, mostReadBytes, sameBytes } from './read-back';
import { type Column, columnsOf } from './table';
import { tarBlock, tarEnd, tarHeader, tarPadding } from './tar';
import { type Vectors, vectorsOf } from './vectors';

/** What of the format's knobs decides its files. */
export interface WebdatasetChoice {
  readonly pixels: 'picture' | 'npy';
}

/** Opens one shard's tar. */
export async function openSamples(
  files: ShardFiles,
  info: RowsInfo,
  knobs: WebdatasetChoice,
  shard: Shard,
): Promise<Writer> {
  const file = await files.createOne(info.name, 'tar');
  const columns = columnsOf(info);
  const vectors = vectorsOf(info);
  let count = 0;
  return {
    async write(rows) {
      for (const row of rows)
        for (const piece of sampleOf(row, keyOf(shard, count++), info, columns, vectors, knobs))
          await file.write(piece);
    },
    close: () => file.write(tarEnd),
  };
}

/** Reads one shard's tar back. */
export function verifySamples(
  file: CommittedFile,
  written: WrittenRows,
  info: RowsInfo,
  knobs: WebdatasetChoice,
  shard: Shard,
): Promise<Fault | null> {
  const columns = columnsOf(info);
  const vectors = vectorsOf(info);
  const expected = written.sample.map(({ at, row }) => ({
    key: keyOf(shard, at),
    pieces: [...sampleOf(row, keyOf(shard, at), info, columns, vectors, knobs)],
  }));
  return file.bytes > mostReadBytes
    ? verifyEnds(file, written, expected)
    : verifyAll(file, written, expected, keyOf(shard, 0).length);
}

/** `000030000012`: the 13th row of the shard of index 3. More digits where a shard may hold more rows. */
function keyOf({ index, rows }: Shard, count: number): string {
  return String(index).padStart(5, '0') + String(count).padStart(Math.max(7, String(rows).length), '0');
}

/** A sample's headers, contents and padding. */
function* sampleOf(
  row: Row,
  key: string,
  info: RowsInfo,
  columns: readonly Column[],
  vectors: readonly Vectors[],
  { pixels }: WebdatasetChoice,
): Generator<Uint8Array, void, undefined> {
  if (pixels === 'npy') {
    assert(row.tensor !== null, `webdataset got no tensor for ${row.key}`);
    const { dtype, shape, bytes } = row.tensor;
    yield* member(`${key}.npy`, [npyHeader(npyDescrs[dtype].descr, shape), bytes]);
  } else {
    assert(row.picture !== null, `webdataset got no picture for ${row.key}`);
    yield* member(`${key}.${pictureEndings[row.picture.type]}`, [row.picture.bytes]);
  }
  const encoder = new TextEncoder();
  if (info.classNames.length > 0) yield* member(`${key}.cls`, [encoder.encode(String(row.labelId))]);
  yield* member(`${key}.json`, [encoder.encode(jsonOf(row, columns))]);
  for (const { column, dtype, length, bytes } of vectors)
    yield* member(`${key}.${column}.npy`, [npyHeader(npyDescrs[dtype].descr, [length]), bytes(row)]);
}

function* member(name: string, contents: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  const bytes = contents.reduce((sum, content) => sum + content.length, 0);
  yield tarHeader(name, bytes);
  yield* contents;
  yield tarPadding(bytes);
}

/**
 * A row's columns as a JSON object. Loaders take a field's type from the first samples (Hugging Face from five), so what
 * is missing is left out, not null, but for the label, which is empty then: first samples without one would lose it for
 * all. Numbers that may have a fraction always show one; an augmentation, and soft labels, are text.
 */
function jsonOf(row: Row, columns: readonly Column[]): string {
  const fields = columns.flatMap(({ name, kind, value }) => {
    const cell = value(row) ?? (name === 'label' ? '' : null);
    if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return [];
    const text = kind === 'json' ? JSON.stringify(JSON.stringify(cell)) : JSON.stringify(cell);
    return [`${JSON.stringify(name)}:${kind === 'number' && /^-?\d+$/.test(text) ? `${text}.0` : text}`];
  });
  return `{${fields.join(',')}}`;
}

interface ExpectedSample {
  readonly key: string;
  readonly pieces: readonly Uint8Array[];
}

const length = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** Walks all members: their keys must be counted through, and the sampled ones be what was written. */
async function verifyAll(
  file: CommittedFile,
  written: WrittenRows,
  expected: readonly ExpectedSample[],
  keyLength: number,
): Promise<Fault | null> {
  const wrong = (problem: string) => ({ path: file.path, problem });
  const tar = await file.read(0, file.bytes);
  const latin = new TextDecoder('latin1');
  const keys = new Set<string>();
  const starts = new Map<string, number>();
  let at = 0;
  for (; at + tarBlock <= tar.length && tar[at] !== 0; ) {
    const key = latin.decode(tar.subarray(at, at + keyLength));
    if (!keys.has(key)) starts.set(key, at);
    keys.add(key);
    const bytes = Number.parseInt(latin.decode(tar.subarray(at + 124, at + 135)), 8);
    if (!Number.isInteger(bytes)) return wrong(`has no member at ${at}`);
    at += tarBlock + Math.ceil(bytes / tarBlock) * tarBlock;
  }
  if (keys.size !== written.count) return wrong(`holds ${keys.size} samples instead of ${written.count}`);
  if (at + tarEnd.length !== tar.length) return wrong('does not end as a tar does');
  for (const { key, pieces } of expected) {
    let from = starts.get(key) ?? tar.length;
    for (const piece of pieces) {
      if (!sameBytes(tar.subarray(from, from + piece.length), piece))
        return wrong(`holds other bytes for sample ${key}`);
      from += piece.length;
    }
  }
  return null;
}

/** Compares the first and the last sample, whose key tells how many there are. */
async function verifyEnds(
  file: CommittedFile,
  written: WrittenRows,
  expected: readonly ExpectedSample[],
): Promise<Fault | null> {
  const [first] = expected;
  const last = expected[expected.length - 1];
  assert(first !== undefined, `${file.path} is large, and has ${written.count} rows`);
  let at = 0;
  for (const piece of first.pieces) {
    const fault = await differsAt(file, at, piece, `sample ${first.key}`);
    if (fault !== null) return fault;
    at += piece.length;
  }
  at = file.bytes - tarEnd.length - length(last.pieces);
  for (const piece of [...last.pieces, tarEnd]) {
    const fault = await differsAt(file, at, piece, `sample ${last.key}`);
    if (fault !== null) return fault;
    at += piece.length;
  }
  return null;
}
