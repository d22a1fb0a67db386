import { assert } from '../base/assert';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import type { Row } from '../core/row';
import { type ArrowChoice, imageName } from './arrow-writer';
import { sameBytes } from './read-back';
import { columnsOf } from './table';
import { vectorsOf } from './vectors';

/**
 * Reads one shard's table back: its schema, the rows of each batch by their messages alone, and of the sampled rows the
 * image and the name, each where its batch says that it lies.
 */
export async function verifyArrow(
  file: CommittedFile,
  { count, sample }: WrittenRows,
  info: RowsInfo,
  { container, image }: ArrowChoice,
): Promise<Fault | null> {
  const wrong = (problem: string): Fault => ({ path: file.path, problem });
  try {
    const { columns, batches } = await readMessages(file, container === 'file' ? fileHeadBytes : 0);
    const names = columnsOf(info, [imageName]).map(({ name }) => name);
    const vectors = vectorsOf(info);
    const wanted = [
      ...(image === 'none' ? [] : [imageName]),
      ...names,
      ...vectors.map(({ column }) => column),
    ];
    if (columns.join('\n') !== wanted.join('\n')) return wrong(`has other columns: ${columns.join(', ')}`);
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    if (rows !== count) return wrong(`holds ${rows} rows instead of ${count}`);
    if (container === 'file' && !sameBytes(await file.read(file.bytes - magic.length, file.bytes), magic))
      return wrong('ends without its footer');
    let before = 0;
    for (const batch of batches) {
      for (const { at, row } of sample) {
        if (at < before || at >= before + batch.rows) continue;
        if (!(await holdsRow(file, batch, at - before, row, image)))
          return wrong(`holds another row ${at} (${row.key})`);
        // The last columns, each a list's validity, its values' validity and its values.
        const first = batch.buffers.length - 3 * vectors.length;
        for (const [i, each] of vectors.entries())
          if (!(await holdsFixed(file, batch.buffers[first + 3 * i + 2], at - before, each.bytes(row))))
            return wrong(`holds another ${each.column} in row ${at} (${row.key})`);
      }
      before += batch.rows;
    }
    return null;
  } catch (error) {
    // What is damaged may be damaged in any way: views throw RangeErrors, and the library errors of its own.
    if (error instanceof Error) return wrong(`cannot be read as Arrow: ${error.message}`);
    throw error;
  }
}

interface Batch {
  readonly rows: number;
  /** Buffers in the order of the columns, as places in the file. */
  readonly buffers: readonly { readonly start: number; readonly bytes: number }[];
}

/** Walks the messages (Columnar.rst, Encapsulated message format) without reading what they hold. */
async function readMessages(
  file: CommittedFile,
  start: number,
): Promise<{ readonly columns: readonly string[]; readonly batches: readonly Batch[] }> {
  const { Message } = await import('apache-arrow');
  const columns: string[] = [];
  const batches: Batch[] = [];
  for (let at = start; ; ) {
    const head = await file.read(at, at + likelyMessageBytes);
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const length = view.getUint32(4, true);
    if (view.getUint32(0, true) !== 0xffffffff) throw new RangeError(`no message at ${at}`);
    if (length === 0) break; // the end
    const metadata =
      length + 8 <= head.length ? head.subarray(8, 8 + length) : await file.read(at + 8, at + 8 + length);
    const message = Message.decode(metadata);
    const body = at + 8 + length;
    if (message.isSchema()) columns.push(...message.header().fields.map(({ name }) => name));
    else if (message.isRecordBatch()) {
      const { length: rows, buffers } = message.header();
      batches.push({
        rows,
        buffers: buffers.map(({ offset, length }) => ({ start: body + offset, bytes: length })),
      });
    }
    at = body + message.bodyLength;
    if (at > file.bytes) throw new RangeError('it ends inside a batch');
  }
  return { columns, batches };
}

const magic = new TextEncoder().encode('ARROW1');

/** The magic bytes and two of padding. */
const fileHeadBytes = 8;

/** Enough for a message of some tables' columns, so that each is one read. */
const likelyMessageBytes = 16 * 1024;

/**
 * The image's buffers come first, then the name's. A tensor is a list's validity, its values' validity and its values; a
 * picture and a text are their validity, their ends and their bytes.
 */
async function holdsRow(
  file: CommittedFile,
  { buffers }: Batch,
  at: number,
  row: Row,
  image: ArrowChoice['image'],
): Promise<boolean> {
  const name = new TextEncoder().encode(row.key);
  if (!(await holdsBytes(file, buffers.slice(image === 'none' ? 0 : 3), at, name))) return false;
  if (image === 'none') return true;
  const bytes = image === 'tensor' ? row.tensor?.bytes : row.picture?.bytes;
  assert(bytes !== undefined, `arrow has no image to compare for ${row.key}`);
  if (image === 'picture') return holdsBytes(file, buffers, at, bytes);
  return holdsFixed(file, buffers[2], at, bytes);
}

/** Compares the `at`-th of pieces that all have the length of the wanted one. */
async function holdsFixed(
  file: CommittedFile,
  { start }: Batch['buffers'][number],
  at: number,
  wanted: Uint8Array,
): Promise<boolean> {
  const from = start + at * wanted.length;
  return sameBytes(await file.read(from, from + wanted.length), wanted);
}

async function holdsBytes(
  file: CommittedFile,
  [, ends, data]: Batch['buffers'],
  at: number,
  wanted: Uint8Array,
): Promise<boolean> {
  const piece = await file.read(ends.start + at * 4, ends.start + at * 4 + 8);
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  const [from, to] = [view.getInt32(0, true), view.getInt32(4, true)];
  if (to - from !== wanted.length) return false;
  return sameBytes(await file.read(data.start + from, data.start + to), wanted);
}
