import { u16be, u16le, u32be, u32le } from './bytes';

/** One directory of a TIFF or BigTIFF: a picture's tags (TIFF 6.0, section 2; the BigTIFF design of 2004). */
export interface Directory {
  /** Where it begins in the file. */
  readonly at: number;
  /** False when it or the list of its tags reaches beyond the file. */
  readonly whole: boolean;
  has(tag: number): boolean;
  /** The first value of a numeric tag, or null when it is missing, of another kind or beyond the file. */
  number(tag: number): number | null;
  /** At most `most` values of a numeric tag; none as for {@link Directory.number}. */
  numbers(tag: number, most: number): readonly number[];
  /** How many values a tag has, 0 when it is missing. */
  count(tag: number): number;
  /** True when a tag's values reach beyond the file. */
  cut(tag: number): boolean;
  /** A tag's bytes as they are stored, or null when it is missing or beyond the file. */
  bytes(tag: number): Uint8Array | null;
}

/** The chain of a file's directories. */
export interface DirectoryChain {
  readonly little: boolean;
  readonly big: boolean;
  readonly directories: readonly Directory[];
  /** Where the first directory should be. */
  readonly first: number;
}

/** A longer chain is a loop or a bomb; scanned books have thousands of pages. */
const maxDirectories = 65_536;

/** Reads the chain of directories, or null when the bytes begin as no TIFF. A loop and what is cut end it. */
export function readChain(bytes: Uint8Array): DirectoryChain | null {
  if (bytes.length < 8) return null;
  const little = bytes[0] === 0x49;
  if (bytes[0] !== bytes[1] || (!little && bytes[0] !== 0x4d)) return null;
  const order = orderOf(little);
  const magic = order.u16(bytes, 2);
  if (magic !== 42 && magic !== 43) return null;
  const big = magic === 43;
  if (big && (bytes.length < 16 || order.u16(bytes, 4) !== 8)) return null;
  const first = big ? order.u64(bytes, 8) : order.u32(bytes, 4);
  const directories: Directory[] = [];
  const seen = new Set<number>();
  let at = first;
  while (at !== 0 && !seen.has(at) && directories.length < maxDirectories) {
    seen.add(at);
    const read = readDirectory(bytes, at, big, order);
    if (read === null) break;
    directories.push(read.directory);
    at = read.next;
  }
  return { little, big, directories, first };
}

interface Order {
  readonly little: boolean;
  readonly u16: (bytes: Uint8Array, at: number) => number;
  readonly u32: (bytes: Uint8Array, at: number) => number;
  readonly u64: (bytes: Uint8Array, at: number) => number;
}

function orderOf(little: boolean): Order {
  const u16 = little ? u16le : u16be;
  const u32 = little ? u32le : u32be;
  // Beyond 2^53 numbers are inexact, and beyond every file.
  const u64 = (bytes: Uint8Array, at: number) =>
    u32(bytes, at + (little ? 4 : 0)) * 2 ** 32 + u32(bytes, at + (little ? 0 : 4));
  return { little, u16, u32, u64 };
}

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where its values are. */
  readonly at: number;
}

/** Bytes a value has, by its type's number; types that do not exist have none. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

function readDirectory(
  bytes: Uint8Array,
  at: number,
  big: boolean,
  order: Order,
): { readonly directory: Directory; readonly next: number } | null {
  const head = big ? 8 : 2;
  const step = big ? 20 : 12;
  const link = big ? 8 : 4;
  if (at + head > bytes.length) return null;
  const declared = big ? order.u64(bytes, at) : order.u16(bytes, at);
  const room = Math.floor((bytes.length - at - head) / step);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < Math.min(declared, room, 0xffff); i++) {
    const entryAt = at + head + step * i;
    const tag = order.u16(bytes, entryAt);
    const type = order.u16(bytes, entryAt + 2);
    const count = big ? order.u64(bytes, entryAt + 4) : order.u32(bytes, entryAt + 4);
    const valueAt = entryAt + (big ? 12 : 8);
    const inside = count * (typeBytes[type] ?? 0) <= link;
    const target = inside ? valueAt : big ? order.u64(bytes, valueAt) : order.u32(bytes, valueAt);
    if (!entries.has(tag)) entries.set(tag, { type, count, at: target }); // the first counts, as in libtiff
  }
  const end = at + head + step * declared;
  const next = declared > room || end + link > bytes.length ? 0 : (big ? order.u64 : order.u32)(bytes, end);
  return { directory: directoryOf(bytes, at, declared <= room, entries, order), next };
}

function directoryOf(
  bytes: Uint8Array,
  at: number,
  whole: boolean,
  entries: ReadonlyMap<number, Entry>,
  order: Order,
): Directory {
  const sizeOf = ({ type, count }: Entry) => count * (typeBytes[type] ?? 0);
  const isCut = (entry: Entry) => entry.at + sizeOf(entry) > bytes.length;
  function numbers(tag: number, most: number): readonly number[] {
    const entry = entries.get(tag);
    const read = entry === undefined ? undefined : readers(order)[entry.type];
    if (entry === undefined || read === undefined) return [];
    const size = typeBytes[entry.type];
    const fit = Math.min(entry.count, most, Math.floor((bytes.length - entry.at) / size));
    return Array.from({ length: Math.max(0, fit) }, (_, i) => read(bytes, entry.at + i * size));
  }
  return {
    at,
    whole,
    has: (tag) => entries.has(tag),
    number: (tag) => numbers(tag, 1)[0] ?? null,
    numbers,
    count: (tag) => entries.get(tag)?.count ?? 0,
    cut(tag) {
      const entry = entries.get(tag);
      return entry !== undefined && isCut(entry);
    },
    bytes(tag) {
      const entry = entries.get(tag);
      return entry === undefined || isCut(entry) ? null : bytes.subarray(entry.at, entry.at + sizeOf(entry));
    },
  };
}

type Reader = (bytes: Uint8Array, at: number) => number;

/** How a number is read, by its type; signed ones and floats stand in no tag that is read here. */
function readers({ u16, u32, u64 }: Order): readonly (Reader | undefined)[] {
  const u8: Reader = (bytes, at) => bytes[at];
  const list: (Reader | undefined)[] = [];
  list[1] = u8;
  list[3] = u16;
  list[4] = u32;
  list[7] = u8;
  list[8] = u16;
  list[9] = u32;
  list[13] = u32;
  list[16] = u64;
  list[17] = u64;
  list[18] = u64;
  return list;
}
