import {
  bytesOf,
  openTiff,
  readEntries,
  type Tiff,
  type TiffEntries,
  wholeNumber,
  wholeNumbers,
} from './tiff-directory';

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
  const tiff = openTiff(bytes);
  if (tiff === null) return null;
  const { little, big, first } = tiff;
  const magic = bytes[little ? 2 : 3]; // an EXIF block may have others
  if (magic !== 42 && magic !== 43) return null;
  const directories: Directory[] = [];
  const seen = new Set<number>();
  for (let at = first; at !== 0 && !seen.has(at) && directories.length < maxDirectories; ) {
    seen.add(at);
    const read = readEntries(tiff, at);
    if (read === null) break;
    directories.push(directoryOf(tiff, at, read));
    at = read.next;
  }
  return { little, big, directories, first };
}

function directoryOf(tiff: Tiff, at: number, { entries, whole }: TiffEntries): Directory {
  const isCut = (tag: number) => {
    const entry = entries.get(tag);
    return entry !== undefined && entry.at + entry.length > tiff.bytes.length;
  };
  return {
    at,
    whole,
    has: (tag) => entries.has(tag),
    number: (tag) => wholeNumber(tiff, entries.get(tag)),
    numbers: (tag, most) => wholeNumbers(tiff, entries.get(tag), most),
    count: (tag) => entries.get(tag)?.count ?? 0,
    cut: isCut,
    bytes: (tag) => (isCut(tag) ? null : bytesOf(tiff, entries.get(tag))),
  };
}
