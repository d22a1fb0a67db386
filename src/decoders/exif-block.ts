import {
  linkedDirectory,
  openTiff,
  readDirectory,
  type Tiff,
  type TiffDirectory,
  type TiffEntry,
} from './tiff-directory';

/** The directories of an EXIF block that describe the picture. */
export interface ExifDirectories {
  readonly tiff: Tiff;
  /** Camera, date, artist, description (IFD0). */
  readonly main: TiffDirectory;
  /** Exposure and lens (Exif IFD). */
  readonly photo: TiffDirectory;
  /** Position (GPS IFD). */
  readonly place: TiffDirectory;
}

/** Reads the directories of an EXIF block, or of a TIFF file; null when it is neither. Broken entries are left out. */
export function readExifDirectories(block: Uint8Array): ExifDirectories | null {
  const tiff = openTiff(block);
  if (tiff === null) return null;
  const main = readDirectory(tiff, tiff.first);
  return {
    tiff,
    main,
    photo: linkedDirectory(tiff, main, photoTag),
    place: linkedDirectory(tiff, main, placeTag),
  };
}

/**
 * The EXIF block that a re-encoded picture carries, or null when there is nothing to carry: orientation 1, since the
 * pixels are upright; no thumbnail and no pixel counts, which are the old picture's; no maker note, whose inner offsets
 * hold in their old place only. At most 65,527 bytes, which one JPEG segment takes; values that do not fit are left out.
 */
export function carriedExif(block: Uint8Array): Uint8Array | null {
  const directories = readExifDirectories(block);
  if (directories === null) return null;
  const { main, photo, place } = directories;
  if (main.size + photo.size + place.size === 0) return null;
  return writeExif(directories, {
    without: new Set([makerNoteTag, 0xa002, 0xa003]),
    upright: true,
    most: 0xffff - 8,
  });
}

/** What {@link writeExif} leaves out. */
export interface ExifChoice {
  /** Tags of the Exif IFD. */
  readonly without: ReadonlySet<number>;
  /** True to write orientation 1 instead of the one that is there. */
  readonly upright: boolean;
  /** Most bytes of the block. */
  readonly most: number;
}

/** Writes the descriptive tags of an EXIF block, or of a TIFF or BigTIFF file, as a new EXIF block without pixels. */
export function writeExif({ tiff, main, photo, place }: ExifDirectories, choice: ExifChoice): Uint8Array {
  const { little } = tiff;
  const copied = (entry: TiffEntry): Written => ({
    tag: entry.tag,
    type: entry.type,
    count: entry.count,
    value: tiff.bytes.subarray(entry.at, entry.at + entry.length),
  });
  // Types above IFD do not exist in a block of 32-bit offsets, but for UTF-8.
  const portable = ({ type }: TiffEntry) => type <= 12 || type === 129;
  const mains = [...main.values()]
    .filter((entry) => portable(entry) && describing.has(entry.tag))
    .filter((entry) => !(choice.upright && entry.tag === orientationTag))
    .map(copied);
  if (choice.upright) mains.push({ tag: orientationTag, type: 3, count: 1, value: number16(1, little) });
  const photos = [...photo.values()]
    .filter((entry) => portable(entry) && entry.tag !== interoperabilityTag && !choice.without.has(entry.tag))
    .map(copied);
  const places = [...place.values()].filter(portable).map(copied);
  let room = choice.most - emptyBlockBytes;
  const fitting = (entries: readonly Written[]) =>
    entries.filter((entry) => {
      const bytes = 12 + bytesBehind(entry);
      if (bytes > room) return false;
      room -= bytes;
      return true;
    });
  const [mainPart, photoPart, placePart] = [fitting(mains), fitting(photos), fitting(places)];
  const linked = [
    { tag: photoTag, part: photoPart },
    { tag: placeTag, part: placePart },
  ].filter(({ part }) => part.length > 0);
  let end = 8 + sizeOf(mainPart) + 12 * linked.length;
  const placed = linked.map(({ tag, part }) => {
    const at = end;
    end += sizeOf(part);
    return { tag, part, at };
  });
  const pointers = placed.map(({ tag, at }) => ({ tag, type: 4, count: 1, value: number32(at, little) }));
  const block = new Uint8Array(end);
  block.set([...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...number16(42, little), ...number32(8, little)]);
  writeDirectory(block, 8, [...mainPart, ...pointers], little);
  for (const { at, part } of placed) writeDirectory(block, at, part, little);
  return block;
}

/** Maker's own notes, a tag of the Exif IFD. */
export const makerNoteTag = 0x927c;
const orientationTag = 0x0112;
const photoTag = 0x8769;
const placeTag = 0x8825;
const interoperabilityTag = 0xa005;

/** Tags of the main directory that describe the picture; the others say where a TIFF file's pixels are. */
const describing: ReadonlySet<number> = new Set([
  0x010e, 0x010f, 0x0110, 0x0112, 0x011a, 0x011b, 0x0128, 0x0131, 0x0132, 0x013b, 0x013c, 0x4746, 0x4749, 0x8298,
  0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f, 0xc614, 0xc62f,
]); // biome-ignore format: a list

/** Header, three empty directories and two pointers. */
const emptyBlockBytes = 8 + 3 * 6 + 2 * 12;

interface Written {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: ArrayLike<number>;
}

/** Bytes of a value that does not fit into its entry, padded to an even number. */
const bytesBehind = ({ value }: Written) => (value.length > 4 ? value.length + (value.length & 1) : 0);

const sizeOf = (entries: readonly Written[]) =>
  entries.reduce((sum, entry) => sum + 12 + bytesBehind(entry), 6);

/** Writes a directory, ascending by tag, and behind it the values that do not fit into their entries. */
function writeDirectory(block: Uint8Array, at: number, entries: readonly Written[], little: boolean): void {
  block.set(number16(entries.length, little), at);
  let valueAt = at + 2 + 12 * entries.length + 4;
  const ascending = [...entries].sort((a, b) => a.tag - b.tag);
  ascending.forEach(({ tag, type, count, value }, i) => {
    const entry = at + 2 + 12 * i;
    block.set([...number16(tag, little), ...number16(type, little), ...number32(count, little)], entry);
    if (value.length <= 4) block.set(value, entry + 8);
    else {
      block.set(number32(valueAt, little), entry + 8);
      block.set(value, valueAt);
      valueAt += value.length + (value.length & 1);
    }
  });
}

const number16 = (value: number, little: boolean): readonly number[] =>
  little ? [value & 255, value >> 8] : [value >> 8, value & 255];

const number32 = (value: number, little: boolean): readonly number[] =>
  little
    ? [...number16(value & 0xffff, true), ...number16(value >>> 16, true)]
    : [...number16(value >>> 16, false), ...number16(value & 0xffff, false)];
