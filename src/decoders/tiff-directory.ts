import { u16be, u16le, u32be, u32le } from './bytes';

/** A TIFF or BigTIFF stream: a file, or an EXIF block. */
export interface Tiff {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  /** True for BigTIFF, whose counts and offsets have 64 bits. */
  readonly big: boolean;
  /** Where the first directory is. */
  readonly first: number;
}

/** One tag of a directory, whose value lies inside the stream. */
export interface TiffEntry {
  readonly tag: number;
  /** 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 7 UNDEFINED, 13 IFD, 129 UTF-8; see {@link bytesOfType}. */
  readonly type: number;
  readonly count: number;
  /** Where its value is, and how many bytes it has. */
  readonly at: number;
  readonly length: number;
}

/** The entries of a directory by their tags, the first where a tag is repeated. */
export type TiffDirectory = ReadonlyMap<number, TiffEntry>;

/** Reads the header (TIFF 6.0, section 2; BigTIFF); null when it is none. */
export function openTiff(bytes: Uint8Array): Tiff | null {
  const little = bytes[0] === 0x49 && bytes[1] === 0x49;
  if (bytes.length < 8 || (!little && !(bytes[0] === 0x4d && bytes[1] === 0x4d))) return null;
  const version = little ? u16le(bytes, 2) : u16be(bytes, 2);
  const big = version === 43;
  if (big && bytes.length < 16) return null;
  const tiff = { bytes, little, big, first: 0 };
  if (big && u16(tiff, 4) !== 8) return null; // bytes of an offset
  return { ...tiff, first: big ? u64(tiff, 8) : u32(tiff, 4) };
}

/** What stands at a directory's place. */
export interface TiffEntries {
  /** By their tags, the first where a tag is repeated, as in libtiff; their values may lie beyond the stream. */
  readonly entries: TiffDirectory;
  /** False when the list reaches beyond the stream. */
  readonly whole: boolean;
  /** Where the next directory is; 0 for nowhere. */
  readonly next: number;
}

/** Reads the entries at `offset`, or null when not even their count is in the stream. */
export function readEntries(tiff: Tiff, offset: number): TiffEntries | null {
  const { bytes, big } = tiff;
  const [head, step, inline] = big ? [8, 20, 8] : [2, 12, 4];
  const number = big ? u64 : u32;
  if (offset + head > bytes.length) return null;
  const declared = big ? u64(tiff, offset) : u16(tiff, offset);
  const room = Math.floor((bytes.length - offset - head) / step);
  const entries = new Map<number, TiffEntry>();
  for (let i = 0; i < Math.min(declared, room, mostEntries); i++) {
    const from = offset + head + i * step;
    const tag = u16(tiff, from);
    const type = u16(tiff, from + 2);
    const count = number(tiff, from + 4);
    const valueAt = from + step - inline;
    const length = count * (bytesOfType(type) ?? 0);
    const at = length <= inline ? valueAt : number(tiff, valueAt);
    if (!entries.has(tag)) entries.set(tag, { tag, type, count, at, length });
  }
  const end = offset + head + step * declared;
  const next = declared > room || end + inline > bytes.length ? 0 : number(tiff, end);
  return { entries, whole: declared <= room, next };
}

/**
 * Reads the directory at `offset`. Entries of an unknown type or whose value is not inside the stream are passed over,
 * and so are those behind its end: the rest of a broken directory is still good.
 */
export function readDirectory(tiff: Tiff, offset: number): TiffDirectory {
  const read = offset >= 8 ? readEntries(tiff, offset) : null;
  const sound = [...(read?.entries ?? [])].filter(
    ([, { type, at, length }]) => bytesOfType(type) !== undefined && at + length <= tiff.bytes.length,
  );
  return new Map(sound);
}

/** Real directories have some dozens; a file of hundreds of megabytes could claim millions. */
const mostEntries = 4096;

/** The directory that an entry of `parent` points to; an empty one when there is none. */
export function linkedDirectory(tiff: Tiff, parent: TiffDirectory, tag: number): TiffDirectory {
  const offset = wholeNumber(tiff, parent.get(tag));
  return offset === null ? new Map() : readDirectory(tiff, offset);
}

/** The first of an entry's whole numbers; null when it has none. */
export function wholeNumber(tiff: Tiff, entry: TiffEntry | undefined): number | null {
  return wholeNumbers(tiff, entry, 1)[0] ?? null;
}

/** At most `most` of an entry's whole numbers, as far as the stream goes; none when it has another type. */
export function wholeNumbers(tiff: Tiff, entry: TiffEntry | undefined, most: number): readonly number[] {
  const read = entry === undefined ? undefined : readers[entry.type];
  if (entry === undefined || read === undefined) return [];
  const size = typeBytes[entry.type];
  const fit = Math.min(entry.count, most, Math.floor((tiff.bytes.length - entry.at) / size));
  return Array.from({ length: Math.max(0, fit) }, (_, i) => read(tiff, entry.at + i * size));
}

/** An entry's bytes, as they are stored. */
export function bytesOf(tiff: Tiff, entry: TiffEntry | undefined): Uint8Array | null {
  return entry === undefined ? null : tiff.bytes.subarray(entry.at, entry.at + entry.length);
}

/** True when an entry holds more than a placeholder: something that is not NUL, blank or, in text, the digit 0. */
export function isFilled(tiff: Tiff, entry: TiffEntry | undefined): boolean {
  const blank = entry?.type === 2 ? [0, 0x20, 0x30] : [0, 0x20];
  return bytesOf(tiff, entry)?.some((byte) => !blank.includes(byte)) ?? false;
}

/** Bytes of one value of a type (TIFF 6.0; 13 IFD of TIFF technical note 1; 16 to 18 of BigTIFF; 129 of EXIF 3.0). */
function bytesOfType(type: number): number | undefined {
  return type === 129 ? 1 : typeBytes[type] || undefined;
}

/** By type; 0 where there is no such type. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

const u16 = ({ bytes, little }: Tiff, at: number) => (little ? u16le(bytes, at) : u16be(bytes, at));
const u32 = ({ bytes, little }: Tiff, at: number) => (little ? u32le(bytes, at) : u32be(bytes, at));
/** Exact up to 2^53, far beyond any file; larger ones lie outside it anyway. */
const u64 = (tiff: Tiff, at: number) =>
  tiff.little ? u32(tiff, at) + u32(tiff, at + 4) * 2 ** 32 : u32(tiff, at) * 2 ** 32 + u32(tiff, at + 4);

/** How a whole number is read, by its type; signed ones and floats stand in no tag that is read here as a number. */
const readers: Readonly<Record<number, (tiff: Tiff, at: number) => number>> = {
  1: ({ bytes }, at) => bytes[at],
  3: u16,
  4: u32,
  7: ({ bytes }, at) => bytes[at],
  8: u16,
  9: u32,
  13: u32,
  16: u64,
  17: u64,
  18: u64,
};
