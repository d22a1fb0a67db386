import { hasText, u32le } from './bytes';
import {
  isFilled,
  linkedDirectory,
  openTiff,
  readDirectory,
  type Tiff,
  type TiffDirectory,
  type TiffEntry,
} from './tiff-directory';

/**
 * Says whether a maker note tells a serial number or an owner's name, for the makers whose notes are TIFF directories:
 * Canon, Nikon, Panasonic, Fujifilm, Olympus and Pentax. Others (Sony's are enciphered) are not looked into. Layouts
 * and tags as ExifTool documents them (Image::ExifTool::Canon and its siblings).
 */
export function readMakerNote(
  tiff: Tiff,
  entry: TiffEntry | undefined,
): { readonly serial: boolean; readonly owner: boolean } {
  if (entry === undefined) return { serial: false, owner: false };
  const found = makers.find(
    (maker) => hasText(tiff.bytes, entry.at, maker.signature) && maker.fits(tiff, entry),
  );
  if (found === undefined) return { serial: false, owner: false };
  const { stream, directory } = found.open(tiff, entry);
  const filled = (tag: number) => isFilled(stream, directory.get(tag));
  return { serial: found.serial.some(filled), owner: found.owner.some(filled) };
}

interface Maker {
  /** What the note begins with. */
  readonly signature: string;
  fits(tiff: Tiff, entry: TiffEntry): boolean;
  open(tiff: Tiff, entry: TiffEntry): { readonly stream: Tiff; readonly directory: TiffDirectory };
  readonly serial: readonly number[];
  readonly owner: readonly number[];
}

/** The note as a stream of its own, whose offsets count from `skip` bytes behind its beginning. */
function inside({ bytes, little }: Tiff, entry: TiffEntry, skip: number): Tiff {
  return { bytes: bytes.subarray(entry.at + skip, entry.at + entry.length), little, big: false, first: 8 };
}

const always = () => true;

const makers: readonly Maker[] = [
  {
    signature: 'Nikon\0\x02',
    fits: always,
    open(tiff, entry) {
      const stream = openTiff(tiff.bytes.subarray(entry.at + 10, entry.at + entry.length));
      return stream === null
        ? { stream: tiff, directory: new Map() }
        : { stream, directory: readDirectory(stream, stream.first) };
    },
    serial: [0x001d, 0x00a0],
    owner: [],
  },
  {
    signature: 'Panasonic\0',
    fits: always,
    open: (tiff, entry) => ({ stream: tiff, directory: readDirectory(tiff, entry.at + 12) }),
    serial: [0x0025],
    owner: [0x0061, 0x0066],
  },
  {
    signature: 'FUJIFILM',
    fits: always,
    open(tiff, entry) {
      const stream = { ...inside(tiff, entry, 0), little: true };
      return { stream, directory: readDirectory(stream, u32le(stream.bytes, 8)) };
    },
    serial: [0x0010],
    owner: [],
  },
  {
    signature: 'OLYMPUS\0',
    fits: always,
    open(tiff, entry) {
      const stream = { ...inside(tiff, entry, 0), little: tiff.bytes[entry.at + 8] === 0x49 };
      return { stream, directory: linkedDirectory(stream, readDirectory(stream, 12), 0x2010) };
    },
    serial: [0x0101, 0x0102, 0x0202],
    owner: [],
  },
  {
    signature: 'OLYMP\0',
    fits: always,
    open: (tiff, entry) => ({ stream: tiff, directory: readDirectory(tiff, entry.at + 8) }),
    serial: [0x0404],
    owner: [],
  },
  {
    signature: 'AOC\0',
    fits: always,
    open: (tiff, entry) => ({ stream: tiff, directory: readDirectory(tiff, entry.at + 6) }),
    serial: [0x0229],
    owner: [],
  },
  {
    // Canon's note has no signature: a bare directory, told by the make.
    signature: '',
    fits: (tiff) => {
      const make = readDirectory(tiff, tiff.first).get(0x010f);
      return make !== undefined && hasText(tiff.bytes, make.at, 'Canon');
    },
    open: (tiff, entry) => ({ stream: tiff, directory: readDirectory(tiff, entry.at) }),
    serial: [0x000c, 0x0096],
    owner: [0x0009],
  },
];
