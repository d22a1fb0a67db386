import type { CommittedFile } from '../core/plugin';
import { type ForwardReader, unpacked } from './forward-reader';

/** A member of an archive as its directory has it. */
export interface ZipMemberFound {
  /** Bytes unpacked. */
  readonly bytes: number;
  /**
   * Reads the unpacked bytes `[start, end)`, fewer where the member ends. A deflated member is unpacked from its
   * beginning on, so what is asked for must ascend. Throws a RangeError when its data is no deflate stream.
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** An archive that is read. */
export interface ZipFound {
  readonly members: ReadonlyMap<string, ZipMemberFound>;
  /** Ends the unpacking of members of which not all was read. */
  close(): Promise<void>;
}

/**
 * Reads the directory of an archive as `openZip` writes it: without a comment, Zip64 where it must.
 * @throws RangeError when it is damaged, or a local header is not the one that it names.
 */
export async function readZip(file: CommittedFile): Promise<ZipFound> {
  const tail = viewOf(await file.read(Math.max(0, file.bytes - endBytes), file.bytes));
  const directory = findDirectory(tail);
  if (directory.start + directory.bytes > file.bytes)
    throw new RangeError('its directory lies beyond its end');
  const view = viewOf(await file.read(directory.start, directory.start + directory.bytes));
  const members = new Map<string, ZipMemberFound>();
  const unpacking: ForwardReader[] = [];
  for (let at = 0, i = 0; i < directory.count; i++) {
    const entry = readEntry(view, at);
    at = entry.end;
    const { name, packed, bytes, deflated } = entry;
    const local = viewOf(await file.read(entry.header, entry.header + 30));
    if (local.getUint32(0, true) !== 0x04034b50 || local.getUint32(14, true) !== entry.crc)
      throw new RangeError(`${name} does not begin where the directory says`);
    const start = entry.header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (deflated) {
      const reader = unpacked(file, start, start + packed, 'deflate-raw');
      unpacking.push(reader);
      members.set(name, { bytes, read: reader.read });
    } else
      members.set(name, { bytes, read: (from, to) => file.read(start + from, start + Math.min(to, bytes)) });
  }
  return {
    members,
    async close() {
      for (const reader of unpacking) await reader.close();
    },
  };
}

/** The end record is the last 22 bytes; before it may lie Zip64's, of 56 and 20 bytes. */
function findDirectory(tail: DataView): {
  readonly start: number;
  readonly bytes: number;
  readonly count: number;
} {
  const end = tail.byteLength - 22;
  if (tail.getUint32(end, true) !== 0x06054b50) throw new RangeError('it has no end of a directory');
  const wide = end - 76;
  if (wide < 0 || tail.getUint32(wide, true) !== 0x06064b50) {
    const [count, bytes, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)]; // biome-ignore format: three fields
    return { count, bytes, start };
  }
  const [count, bytes, start] = [32, 40, 48].map((at) => Number(tail.getBigUint64(wide + at, true)));
  return { count, bytes, start };
}

const endBytes = 22 + 76;

function readEntry(view: DataView, at: number) {
  if (view.getUint32(at, true) !== 0x02014b50) throw new RangeError('its directory is damaged');
  const nameBytes = view.getUint16(at + 28, true);
  let wide = at + 46 + nameBytes + 4;
  // What does not fit 32 bits follows in the Zip64 field, in this order.
  const [bytes, packed, header] = [24, 20, 42].map((field) => {
    const narrow = view.getUint32(at + field, true);
    if (narrow !== 0xffffffff) return narrow;
    wide += 8;
    return Number(view.getBigUint64(wide - 8, true));
  });
  return {
    name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameBytes)),
    deflated: view.getUint16(at + 10, true) === 8,
    crc: view.getUint32(at + 16, true),
    bytes,
    packed,
    header,
    end: at + 46 + nameBytes + view.getUint16(at + 30, true),
  };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
