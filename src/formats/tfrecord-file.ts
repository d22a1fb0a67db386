import { type Crc32, createCrc32 } from '../base/checksum';
import { createDeflater } from '../base/deflate';
import type { TargetFile } from '../core/plugin';

/** A TFRecord file being written. */
export interface TfRecordFile {
  append(record: Uint8Array): Promise<void>;
  /** Completes it; an empty one is a file without bytes, or an empty gzip member. */
  close(): Promise<void>;
}

/**
 * Frames records (tensorflow `core/lib/io/record_writer.h`): length as uint64, its masked CRC-32C, the record, its
 * masked CRC-32C, all little-endian. `gzip` puts the whole file through gzip (RFC 1952).
 */
export async function openTfRecords(file: TargetFile, gzip: boolean): Promise<TfRecordFile> {
  const crc = await createCrc32('castagnoli');
  const out = gzip
    ? await openGzip(file)
    : { write: (bytes: Uint8Array) => file.write(bytes), close: async () => {} };
  return {
    async append(record) {
      const { before, after } = frame(crc, record);
      for (const bytes of [before, record, after]) await out.write(bytes);
    },
    close: () => out.close(),
  };
}

/** What stands before and behind a record. `crc` is a CRC-32C at its beginning, and is there again afterwards. */
export function frame(
  crc: Crc32,
  record: Uint8Array,
): { readonly before: Uint8Array; readonly after: Uint8Array } {
  const masked = (bytes: Uint8Array) => {
    crc.update(bytes);
    const value = crc.digest();
    return (((value >>> 15) | (value << 17)) + maskDelta) >>> 0;
  };
  const before = new Uint8Array(12);
  const after = new Uint8Array(4);
  const view = new DataView(before.buffer);
  view.setBigUint64(0, BigInt(record.length), true);
  view.setUint32(8, masked(before.subarray(0, 8)), true);
  new DataView(after.buffer).setUint32(0, masked(record), true);
  return { before, after };
}

/** Tensorflow `core/lib/hash/crc32c.h`. */
const maskDelta = 0xa282ead8;

/** Without a time and with the unknown system (255), so that the same rows give the same bytes on any machine. */
async function openGzip(file: TargetFile) {
  const crc = await createCrc32('ieee');
  let length = 0;
  await file.write(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255));
  const deflater = createDeflater((bytes) => file.write(bytes));
  return {
    write(bytes: Uint8Array) {
      crc.update(bytes);
      length += bytes.length;
      return deflater.write(bytes);
    },
    async close() {
      await deflater.close();
      const end = new Uint8Array(8);
      const view = new DataView(end.buffer);
      view.setUint32(0, crc.digest(), true);
      view.setUint32(4, length % 2 ** 32, true);
      await file.write(end);
    },
  };
}
