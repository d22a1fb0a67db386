import type { Data, Schema } from 'apache-arrow';
import { assert } from '../base/assert';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import { type ArrowMessages, type Batch, type Place, readMessages } from './arrow-messages';
import { type ArrowChoice, arrowTable } from './arrow-writer';
import { inPages, orDamaged, sameBytes } from './read-back';

/**
 * Reads one shard's table back: its schema and class names, the rows of each batch by their messages alone, the footer,
 * and of the sampled rows every column, each value where its batch says that it lies.
 */
export async function verifyArrow(
  file: CommittedFile,
  { count, sample }: WrittenRows,
  info: RowsInfo,
  { container, image }: ArrowChoice,
): Promise<Fault | null> {
  const wrong = (problem: string): Fault => ({ path: file.path, problem });
  const library = await import('apache-arrow');
  const { columns, batcher } = arrowTable(library, info, image);
  const schema = new library.Schema(columns.map(({ field }) => field));
  return orDamaged(file, 'Arrow', Error, async (file) => {
    const head = container === 'file' ? fileHead : new Uint8Array(0);
    if (!sameBytes(await file.read(0, head.length), head)) return wrong('begins as no Arrow file does');
    const messages = await readMessages(file, head.length);
    const { dictionaries, batches } = messages;
    if (!startsWith(messages.schema, library.Message.encode(library.Message.from(schema))))
      return wrong('has other columns, or columns of other types');
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    if (rows !== count) return wrong(`holds ${rows} rows instead of ${count}`);
    const rest = container === 'file' ? await footerOf(schema, messages) : new Uint8Array(0);
    if (file.bytes !== messages.end + rest.length)
      return wrong(`has ${file.bytes - messages.end} bytes after its batches instead of ${rest.length}`);
    if (!sameBytes(await file.read(messages.end, file.bytes), rest)) return wrong('ends with another footer');
    for (const dictionary of dictionaries)
      if (!(await holdsTexts(file, dictionary, info.classNames))) return wrong('holds other class names');
    if (dictionaries.length === 0 && info.classNames.length > 0) return wrong('holds no class names');
    const read = inPages(file);
    let before = 0;
    for (const { buffers, rows } of batches) {
      for (const { at, row } of sample) {
        if (at < before || at >= before + rows) continue;
        batcher.add(row);
        const wanted = batcher.take();
        const places = buffers.values();
        for (const { field, data } of columns)
          if (!(await holdsValues(read, places, data(wanted), at - before)))
            return wrong(`holds another ${field.name} in row ${at} (${row.key})`);
      }
      before += rows;
    }
    return null;
  });
}

const magic = new TextEncoder().encode('ARROW1');

/** The magic bytes and two of padding. */
const fileHead = Uint8Array.of(...magic, 0, 0);

/** What the writer puts behind the batches that were walked: the schema again, and where each of them lies. */
async function footerOf(schema: Schema, { dictionaries, batches }: ArrowMessages): Promise<Uint8Array> {
  const { FileBlock, Footer } = await import('apache-arrow/ipc/metadata/file');
  const blocks = (found: readonly Batch[]) =>
    found.map(({ offset, metadataBytes, bodyBytes }) => new FileBlock(metadataBytes, bodyBytes, offset));
  const footer = Footer.encode(new Footer(schema, undefined, blocks(batches), blocks(dictionaries)));
  const whole = new Uint8Array(footer.length + 4 + magic.length);
  whole.set(footer);
  new DataView(whole.buffer).setUint32(footer.length, footer.length, true);
  whole.set(magic, footer.length + 4);
  return whole;
}

/** Messages are padded with zeros to a multiple of eight. */
function startsWith(metadata: Uint8Array, wanted: Uint8Array): boolean {
  return (
    metadata.length >= wanted.length &&
    sameBytes(metadata.subarray(0, wanted.length), wanted) &&
    metadata.subarray(wanted.length).every((byte) => byte === 0)
  );
}

type Read = CommittedFile['read'];

/**
 * Compares `wanted`, the values of one row, with those of row `at` of a batch. Each column takes its buffers from `places`
 * (Columnar.rst, Buffer Listing for Each Layout): validity, where values end if their lengths differ, values, children's.
 */
async function holdsValues(read: Read, places: Iterator<Place>, wanted: Data, at: number): Promise<boolean> {
  const validity = nextOf(places);
  if (!(await holdsValidity(read, validity, wanted, at))) return false;
  const { valueOffsets, values, children, length } = wanted;
  if (valueOffsets !== undefined) {
    assert(length === 1 && children.length === 0, `arrow has ${length} texts of one row to compare`);
    return holdsBytes(read, nextOf(places), nextOf(places), at, bytesOf(values));
  }
  if (values !== undefined) {
    const bytes = bytesOf(values);
    const start = nextOf(places).start + at * bytes.length;
    if (!sameBytes(await read(start, start + bytes.length), bytes)) return false;
  }
  for (const child of children) if (!(await holdsValues(read, places, child, at))) return false;
  return true;
}

function nextOf(places: Iterator<Place>): Place {
  const next = places.next();
  if (next.done) throw new RangeError('a batch has too few buffers');
  return next.value;
}

/** A bit a value, lowest first; a batch in which nothing is missing has none. */
async function holdsValidity(
  read: Read,
  { start, bytes }: Place,
  wanted: Data,
  at: number,
): Promise<boolean> {
  if (bytes === 0) return wanted.nullCount === 0;
  const first = at * wanted.length;
  const bits = await read(start + (first >> 3), start + ((first + wanted.length + 7) >> 3));
  for (let i = 0; i < wanted.length; i++) {
    const bit = (first & 7) + i;
    if (((bits[bit >> 3] >> (bit & 7)) & 1) !== Number(wanted.getValid(i))) return false;
  }
  return true;
}

async function holdsBytes(
  read: Read,
  ends: Place,
  data: Place,
  at: number,
  wanted: Uint8Array,
): Promise<boolean> {
  const place = ends.start + at * 4;
  const view = viewOf(await read(place, place + 8));
  const [from, to] = [view.getInt32(0, true), view.getInt32(4, true)];
  if (from < 0 || to > data.bytes || to - from !== wanted.length) return false;
  return sameBytes(await read(data.start + from, data.start + to), wanted);
}

async function holdsTexts(
  file: CommittedFile,
  { rows, buffers: [, ends, data] }: Batch,
  texts: readonly string[],
): Promise<boolean> {
  if (rows !== texts.length) return false;
  const lengths = texts.map((text) => new TextEncoder().encode(text).length);
  let end = 0;
  const wantedEnds = Int32Array.of(0, ...lengths.map((length) => (end += length)));
  const found = await file.read(ends.start, ends.start + wantedEnds.byteLength);
  if (!sameBytes(found, bytesOf(wantedEnds))) return false;
  return sameBytes(await file.read(data.start, data.start + end), new TextEncoder().encode(texts.join('')));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);
