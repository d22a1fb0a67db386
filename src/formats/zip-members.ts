import { createCrc32 } from '../base/checksum';
import { combineCrc32, crc32 } from '../base/crc32';
import { createDeflater, type Deflater } from '../base/deflate';
import type { TargetFile } from '../core/plugin';

/** An archive whose members are written one after the other. */
export interface ZipMembers {
  /**
   * Begins a member; `head` is its first bytes, which {@link ZipMember.close} may correct, such as a count.
   * `name` is ASCII.
   */
  open(name: string, head: Uint8Array, deflated: boolean): Promise<ZipMember>;
  /** Writes the directory; all members are closed. */
  close(): Promise<void>;
}

export interface ZipMember {
  write(bytes: Uint8Array): Promise<void>;
  /** Completes it; `head` takes the place of the first and has its length. */
  close(head: Uint8Array): Promise<void>;
}

interface Entry {
  readonly name: Uint8Array;
  readonly method: 0 | 8;
  readonly at: number;
  readonly crc: number;
  readonly bytes: number;
  readonly packed: number;
}

/**
 * Writes a zip archive (PKWARE APPNOTE 6.3.10) in one pass: a member may be larger than memory, and its size and
 * checksum are put into its header when they are known, as NumPy's own `savez` does, so that readers need no data
 * descriptors. Every header has room for Zip64; the end has it where it must. No clock goes in.
 */
export function openZip(file: TargetFile): ZipMembers {
  const entries: Entry[] = [];
  let at = 0;
  const append = async (bytes: Uint8Array) => {
    at += bytes.length;
    await file.write(bytes);
  };
  return {
    async open(text, head, deflated) {
      const name = new TextEncoder().encode(text);
      const start = at;
      const blank: Entry = { name, method: deflated ? 8 : 0, at: start, crc: 0, bytes: 0, packed: 0 };
      await append(localHeader(blank));
      const content = at;
      // Deflated too the head lies as it is, in a stored block (RFC 1951, 3.2.4), so that it can be corrected.
      if (deflated) await append(storedBlock(head.length));
      const headAt = at;
      await append(head);
      const crc = await createCrc32('ieee');
      const deflater: Deflater | null = deflated ? createDeflater(append) : null;
      let rest = 0;
      return {
        async write(bytes) {
          crc.update(bytes);
          rest += bytes.length;
          await (deflater === null ? append(bytes) : deflater.write(bytes));
        },
        async close(corrected) {
          await deflater?.close();
          const entry: Entry = {
            ...blank,
            crc: combineCrc32(crc32(corrected), crc.digest(), rest),
            bytes: head.length + rest,
            packed: at - content,
          };
          entries.push(entry);
          await file.patch(start + checksumAt, localHeader(entry).subarray(checksumAt));
          await file.patch(headAt, corrected);
        },
      };
    },
    async close() {
      const start = at;
      for (const entry of entries) await append(directoryEntry(entry));
      await append(endOf(entries.length, start, at));
    },
  };
}

const fits32 = (value: number) => value < 0xffffffff;

/** Fields from the version needed to the checksum, which both headers share (4.3.7, 4.3.12). */
function common(view: DataView, from: number, { method, crc }: Entry): void {
  view.setUint16(from, neededVersion, true);
  view.setUint16(from + 4, method, true);
  view.setUint16(from + 8, firstDay, true);
  view.setUint32(from + 10, crc, true);
}

/** Where a local header's checksum lies; what comes before never changes. */
const checksumAt = 14;

/** Its sizes always stand in the Zip64 field, since the header is written before they are known. */
function localHeader(entry: Entry): Uint8Array {
  const { name, bytes, packed } = entry;
  const header = new Uint8Array(30 + name.length + 20);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  common(view, 4, entry);
  view.setUint32(18, 0xffffffff, true);
  view.setUint32(22, 0xffffffff, true);
  view.setUint16(26, name.length, true);
  view.setUint16(28, 20, true);
  header.set(name, 30);
  const extra = 30 + name.length;
  view.setUint16(extra, 1, true);
  view.setUint16(extra + 2, 16, true);
  view.setBigUint64(extra + 4, BigInt(bytes), true);
  view.setBigUint64(extra + 12, BigInt(packed), true);
  return header;
}

/** Only what does not fit 32 bits stands in a Zip64 field (4.5.3). */
function directoryEntry(entry: Entry): Uint8Array {
  const { name, bytes, packed, at } = entry;
  const large = [bytes, packed, at].filter((value) => !fits32(value));
  const extraBytes = large.length === 0 ? 0 : 4 + 8 * large.length;
  const header = new Uint8Array(46 + name.length + extraBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, madeBy, true);
  common(view, 6, entry);
  view.setUint32(20, fits32(packed) ? packed : 0xffffffff, true);
  view.setUint32(24, fits32(bytes) ? bytes : 0xffffffff, true);
  view.setUint16(28, name.length, true);
  view.setUint16(30, extraBytes, true);
  view.setUint32(38, 0o100644 * 2 ** 16, true); // a regular file that all may read
  view.setUint32(42, fits32(at) ? at : 0xffffffff, true);
  header.set(name, 46);
  const extra = 46 + name.length;
  if (extraBytes > 0) {
    view.setUint16(extra, 1, true);
    view.setUint16(extra + 2, extraBytes - 4, true);
    for (const [i, value] of large.entries()) view.setBigUint64(extra + 4 + 8 * i, BigInt(value), true);
  }
  return header;
}

/** The end record (4.3.16), behind the Zip64 end record and its locator (4.3.14, 4.3.15) where the archive is large. */
function endOf(count: number, start: number, end: number): Uint8Array {
  const large = !fits32(start) || !fits32(end - start) || count >= 0xffff;
  const record = new Uint8Array((large ? 76 : 0) + 22);
  const view = new DataView(record.buffer);
  if (large) {
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(4, 44n, true);
    view.setUint16(12, madeBy, true);
    view.setUint16(14, neededVersion, true);
    view.setBigUint64(24, BigInt(count), true);
    view.setBigUint64(32, BigInt(count), true);
    view.setBigUint64(40, BigInt(end - start), true);
    view.setBigUint64(48, BigInt(start), true);
    view.setUint32(56, 0x07064b50, true);
    view.setBigUint64(64, BigInt(end), true);
    view.setUint32(72, 1, true);
  }
  const last = large ? 76 : 0;
  view.setUint32(last, 0x06054b50, true);
  view.setUint16(last + 8, Math.min(count, 0xffff), true);
  view.setUint16(last + 10, Math.min(count, 0xffff), true);
  view.setUint32(last + 12, fits32(end - start) ? end - start : 0xffffffff, true);
  view.setUint32(last + 16, fits32(start) ? start : 0xffffffff, true);
  return record;
}

function storedBlock(length: number): Uint8Array {
  return Uint8Array.of(0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
}

/** Unix, and version 4.5, which has Zip64. */
const madeBy = 0x032d;
const neededVersion = 45;

/** 1 January 1980 as MS-DOS has it: the earliest that the format can say. */
const firstDay = 0x21;
