import { makeZip, predictLength } from 'client-zip';

/** A file for {@link zipStream}. */
export interface ZipFile {
  /** `/`-separated. */
  readonly path: string;
  readonly bytes: number;
  readonly content: Blob | AsyncIterable<Uint8Array>;
}

/**
 * Streams files into an archive in the order given, uncompressed (pictures and pixels hardly shrink), Zip64 where it
 * must be. The same files give the same bytes, in a page and in Node: no clock goes in.
 */
export function zipStream(files: AsyncIterable<ZipFile>): ReadableStream<Uint8Array> {
  // The earliest that the format can say. Zip keeps local time, so it is made from local parts to be the same anywhere.
  const lastModified = new Date(1980, 0, 1);
  let count = 0;
  async function* entries() {
    for await (const { path, bytes, content } of files) {
      count++;
      yield { name: path, input: content, size: bytes, lastModified };
    }
  }
  return makeZip(entries()).pipeThrough(countRecord(() => count));
}

/** The archive's size in bytes, known before it is made. */
export function zipBytes(files: readonly Pick<ZipFile, 'path' | 'bytes'>[]): number {
  const predicted = Number(predictLength(files.map(({ path, bytes }) => ({ name: path, size: bytes }))));
  const contents = files.reduce((sum, { path, bytes }) => sum + localBytes + utf8Length(path) + bytes, 0);
  // Beyond 4 GiB the library has added the record itself.
  const added = files.some(({ bytes }) => bytes >= clamped32) || contents >= clamped32;
  return predicted + (files.length >= clamped16 && !added ? recordBytes : 0);
}

const utf8Length = (text: string) => new TextEncoder().encode(text).length;

/** What the fields of 16 and 32 bits hold when the true value stands in the Zip64 record. */
const clamped16 = 0xffff;
const clamped32 = 0xffffffff;

/** A local header and a data descriptor, without the name. */
const localBytes = 46;

/** The Zip64 end record and its locator (APPNOTE 4.3.14, 4.3.15). */
const recordBytes = 76;

/**
 * Adds the Zip64 end record to an archive of 65,535 files and more: client-zip up to 2.5.1 writes it only beyond 4 GiB
 * (Touffy/client-zip pull request 95), and without it readers miss files or refuse the archive.
 */
function countRecord(count: () => number): TransformStream<Uint8Array, Uint8Array> {
  // The end comes last, in a piece of its own, and a Zip64 end record in the one before.
  let last: Uint8Array | null = null;
  let bytesBefore = 0;
  let added = false;
  return new TransformStream({
    transform(piece, controller) {
      if (last !== null) {
        controller.enqueue(last);
        bytesBefore += last.length;
        added = last.length === recordBytes && viewOf(last).getUint32(0, true) === recordMark;
      }
      last = piece;
    },
    flush(controller) {
      if (last === null) return;
      if (count() >= clamped16 && !added) {
        const directoryAt = viewOf(last).getUint32(16, true);
        controller.enqueue(endRecord(count(), directoryAt, bytesBefore));
      }
      controller.enqueue(last);
    },
  });
}

/** The Zip64 end record and its locator, for a central directory that ends where they begin. */
function endRecord(count: number, directoryAt: number, at: number): Uint8Array {
  const record = new Uint8Array(recordBytes);
  const view = viewOf(record);
  view.setUint32(0, recordMark, true);
  view.setBigUint64(4, 44n, true); // the record's size, without this and the mark
  view.setUint16(12, madeBy, true);
  view.setUint16(14, neededVersion, true);
  view.setBigUint64(24, BigInt(count), true); // on this disk
  view.setBigUint64(32, BigInt(count), true);
  view.setBigUint64(40, BigInt(at - directoryAt), true);
  view.setBigUint64(48, BigInt(directoryAt), true);
  view.setUint32(56, 0x07064b50, true);
  view.setBigUint64(64, BigInt(at), true);
  view.setUint32(72, 1, true); // disks
  return record;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const recordMark = 0x06064b50;

/** Unix, version 4.5: what the library says in every file's header. */
const madeBy = 0x032d;
const neededVersion = 45;
