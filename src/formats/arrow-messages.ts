import type { CommittedFile } from '../core/plugin';

/** A piece of a file. */
export interface Place {
  readonly start: number;
  readonly bytes: number;
}

/** A message with rows, or with a dictionary's. */
export interface Batch {
  readonly rows: number;
  /** Buffers in the order of the columns, as places in the file. */
  readonly buffers: readonly Place[];
  /** Where the message itself lies, as a file's footer tells it: its metadata with the prefix, then its body. */
  readonly offset: number;
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

/** The messages of a stream, without what they hold. */
export interface ArrowMessages {
  /** The schema's metadata, a flatbuffer that may be padded. */
  readonly schema: Uint8Array;
  readonly dictionaries: readonly Batch[];
  readonly batches: readonly Batch[];
  /** Where the stream ends. */
  readonly end: number;
}

/**
 * Walks the messages from `start` on (Columnar.rst, Encapsulated message format). The library's own reader would follow
 * whatever number of fields or buffers a damaged message claims, until memory is full; this one stays within the message.
 * @throws RangeError when it is damaged.
 */
export async function readMessages(file: CommittedFile, start: number): Promise<ArrowMessages> {
  let schema: Uint8Array | null = null;
  const dictionaries: Batch[] = [];
  const batches: Batch[] = [];
  for (let at = start; ; ) {
    const head = await file.read(at, Math.min(file.bytes, at + likelyMessageBytes));
    const length = viewOf(head).getUint32(4, true);
    if (viewOf(head).getUint32(0, true) !== 0xffffffff) throw new RangeError(`no message at ${at}`);
    if (length === 0) {
      if (schema === null) throw new RangeError('it has no schema');
      return { schema, dictionaries, batches, end: at + prefixBytes };
    }
    const body = at + prefixBytes + length;
    if (length > mostMessageBytes || body > file.bytes)
      throw new RangeError(`the message at ${at} claims ${length} bytes`);
    const known = head.subarray(prefixBytes, prefixBytes + length);
    const metadata = known.length === length ? known : await file.read(at + prefixBytes, body);
    const message = tableAt(viewOf(metadata), 0);
    const bodyBytes = message.long(3);
    const batchOf = (batch: FlatTable): Batch => ({
      rows: batch.long(0),
      buffers: placesOf(batch.pairs(2), body, bodyBytes),
      offset: at,
      metadataBytes: prefixBytes + length,
      bodyBytes,
    });
    const kind = message.byte(1);
    if (kind === 1 && schema === null) schema = metadata;
    else if (kind === 2) dictionaries.push(batchOf(message.table(2).table(1)));
    else if (kind === 3) batches.push(batchOf(message.table(2)));
    else throw new RangeError(`a message of kind ${kind} lies at ${at}`);
    at = body + bodyBytes;
    if (at > file.bytes) throw new RangeError('it ends inside a batch');
  }
}

/** The writer leaves no room between buffers but for a multiple of eight bytes, and none behind the last. */
function placesOf(pairs: readonly (readonly [number, number])[], body: number, bodyBytes: number): Place[] {
  let end = 0;
  const places = pairs.map(([offset, bytes]) => {
    if (offset !== end) throw new RangeError(`a buffer lies at ${offset} instead of ${end}`);
    end += Math.ceil(bytes / 8) * 8;
    return { start: body + offset, bytes };
  });
  if (end !== bodyBytes) throw new RangeError(`a batch of ${bodyBytes} bytes has buffers of ${end}`);
  return places;
}

/** A flatbuffer's table: its fields by their number in Arrow's Message.fbs. A field that is missing is 0, or empty. */
interface FlatTable {
  byte(field: number): number;
  /** Not negative, and exact. */
  long(field: number): number;
  table(field: number): FlatTable;
  /** A vector of structs of two numbers of 64 bits. */
  pairs(field: number): readonly (readonly [number, number])[];
}

/** The table that an offset lying at `pointer` points to. Reading outside of the view throws a RangeError. */
function tableAt(view: DataView, pointer: number): FlatTable {
  const start = pointer + view.getUint32(pointer, true);
  const slots = start - view.getInt32(start, true);
  const slotsBytes = view.getUint16(slots, true);
  const placeOf = (field: number) => {
    const slot = 4 + 2 * field;
    const offset = slot < slotsBytes ? view.getUint16(slots + slot, true) : 0;
    return offset === 0 ? null : start + offset;
  };
  const longAt = (place: number) => {
    const value = Number(view.getBigInt64(place, true));
    if (value < 0 || !Number.isSafeInteger(value))
      throw new RangeError(`a message has ${value} of something`);
    return value;
  };
  return {
    byte(field) {
      const place = placeOf(field);
      return place === null ? 0 : view.getUint8(place);
    },
    long(field) {
      const place = placeOf(field);
      return place === null ? 0 : longAt(place);
    },
    table(field) {
      const place = placeOf(field);
      if (place === null) throw new RangeError('a message has nothing in it');
      return tableAt(view, place);
    },
    pairs(field) {
      const place = placeOf(field);
      if (place === null) return [];
      const vector = place + view.getUint32(place, true);
      const count = view.getUint32(vector, true);
      if (vector + 4 + 16 * count > view.byteLength)
        throw new RangeError(`a message claims ${count} buffers`);
      return Array.from({ length: count }, (_, i) => [
        longAt(vector + 4 + 16 * i),
        longAt(vector + 12 + 16 * i),
      ]);
    },
  };
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

/** The mark that a message begins, and the length of its metadata. */
const prefixBytes = 8;

/** Enough for a message of some tables' columns, so that each is one read. */
const likelyMessageBytes = 16 * 1024;

/** Tables of ten thousand columns have less; a message that claims more is damaged. */
const mostMessageBytes = 16 * 2 ** 20;
