import type { Outcome } from '../core/failure';
import type { Size, StoredMode } from '../core/image';
import { type Box, boxesIn, boxNamed } from './boxes';
import { fourCharacters, hasText, u16be, u32be } from './bytes';
import type { Colours } from './code-points';
import { truncated } from './damage';
import { readLocations } from './heif-locations';
import { orientedSize } from './orient';

/** What the `meta` box says of the primary picture. */
export interface Items {
  /** Four characters: how it is coded (`hvc1`, `av01`), or its tiles are where it is put together of some. */
  readonly codec: string;
  /** After the clean aperture, before rotation; null when it is missing. */
  readonly size: Size | null;
  readonly depth: number;
  readonly monochrome: boolean;
  readonly alpha: boolean;
  /** An ICC profile before code points (`nclx`). */
  readonly colours: Colours;
  /** EXIF's number for the container's rotation and mirror; null when it has none. */
  readonly orientation: number | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  /** Where in the file the data of all items ends. */
  readonly dataEnd: number;
  /** Where the coded parts of the primary picture lie: itself, or its tiles. Those that lie in several places are left out. */
  readonly parts: readonly { readonly start: number; readonly end: number }[];
  /** Bytes of the number that tells a coded unit's length (hvcC); 4 where there is none. */
  readonly lengthBytes: number;
}

/**
 * Reads a `meta` box (ISO/IEC 14496-12, 8.11; 23008-12; the AV1 image file format), as AVIF and HEIC have it. Null when
 * it has no primary item.
 */
export function readItems(bytes: Uint8Array, meta: Box): Items | null {
  const boxes = boxesIn(bytes, meta.start + 4, meta.end);
  const primaryBox = boxNamed(boxes, 'pitm');
  if (primaryBox === null) return null;
  const primary =
    bytes[primaryBox.start] === 0 ? u16be(bytes, primaryBox.start + 4) : u32be(bytes, primaryBox.start + 4);
  const entries = readEntries(bytes, boxNamed(boxes, 'iinf'));
  const type = entries.get(primary) ?? '';
  // A grid, an overlay or a turned copy has no coding of its own: its first part tells.
  const partIds = derived.has(type) ? readParts(bytes, boxNamed(boxes, 'iref'), primary) : [primary];
  const part = partIds[0] ?? primary;
  const properties = readProperties(bytes, boxNamed(boxes, 'iprp'), primary, part);
  const data = readLocations(bytes, boxNamed(boxes, 'iloc'));
  const idat = boxNamed(boxes, 'idat');
  const contentOf = (kind: string) => {
    const id = [...entries].find(([, name]) => name === kind)?.[0];
    const place = id === undefined ? undefined : data.get(id);
    if (place === undefined) return null;
    const start = place.start + (place.inIdat ? (idat?.start ?? 0) : 0);
    return bytes.subarray(start, start + place.length);
  };
  let dataEnd = 0;
  for (const { start, length, inIdat } of data.values())
    if (!inIdat) dataEnd = Math.max(dataEnd, start + length);
  const parts = partIds.flatMap((id) => {
    const found = data.get(id);
    if (found === undefined || !found.whole) return [];
    const start = (found.inIdat ? (idat?.start ?? 0) : 0) + found.start;
    return [{ start, end: start + found.length }];
  });
  return {
    ...properties,
    codec: entries.get(part) ?? type,
    exif: exifOf(contentOf('Exif')),
    xmp: contentOf(xmpItem),
    dataEnd,
    parts,
  };
}

/** An Exif item's block (ISO/IEC 23008-12, A.2.1): four bytes tell how far the TIFF header is behind them. */
function exifOf(item: Uint8Array | null): Uint8Array | null {
  if (item === null) return null;
  const skip = 4 + u32be(item, 0);
  if (skip >= item.length) return null;
  return item.subarray(hasText(item, skip, 'Exif\0\0') ? skip + 6 : skip);
}

/** How {@link readEntries} names an item of XMP. */
const xmpItem = 'mime application/rdf+xml';

const derived: ReadonlySet<string> = new Set(['grid', 'iovl', 'iden']);

type Properties = Omit<Items, 'codec' | 'exif' | 'xmp' | 'dataEnd' | 'parts'>;

function readProperties(bytes: Uint8Array, iprp: Box | null, primary: number, part: number): Properties {
  const found = {
    size: null as Size | null,
    depth: 8,
    monochrome: false,
    alpha: false,
    colours: null as Colours,
    lengthBytes: 4,
  };
  if (iprp === null) return { ...found, orientation: null };
  const inside = boxesIn(bytes, iprp.start, iprp.end);
  const container = boxNamed(inside, 'ipco');
  const list = container === null ? [] : boxesIn(bytes, container.start, container.end);
  const ipma = boxNamed(inside, 'ipma');
  const propertiesOf = (item: number) =>
    associations(bytes, ipma, item).flatMap((index) => list[index - 1] ?? []);
  found.alpha = list.some((box) => box.name === 'auxC' && isAlpha(bytes, box));
  for (const box of propertiesOf(part)) {
    if (box.name === 'av1C') {
      const flags = bytes[box.start + 2];
      found.depth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
      found.monochrome = (flags & 0x10) !== 0;
    } else if (box.name === 'hvcC') {
      // ISO/IEC 14496-15, 8.3.3.1: the chroma format's and the bit depth's bytes.
      found.depth = 8 + (bytes[box.start + 17] & 7);
      found.monochrome = (bytes[box.start + 16] & 3) === 0;
      found.lengthBytes = (bytes[box.start + 21] & 3) + 1;
    }
  }
  let turn: Turn | null = null;
  for (const box of propertiesOf(primary)) {
    const at = box.start;
    if (box.name === 'ispe') found.size = { width: u32be(bytes, at + 4), height: u32be(bytes, at + 8) };
    else if (box.name === 'irot') turn = turned(turn ?? upright, bytes[at] & 3);
    else if (box.name === 'imir') turn = mirrored(turn ?? upright, bytes[at] & 1);
    else if (box.name === 'clap' && found.size !== null) {
      // The aperture is cut of what the properties before it made, and of that the stored size is told.
      const sideways = orientationOf(turn ?? upright);
      found.size = orientedSize(cropped(bytes, at, orientedSize(found.size, sideways)), sideways);
    } else if (box.name === 'colr') {
      const kind = fourCharacters(bytes, at);
      if (kind === 'prof' || kind === 'rICC') found.colours = bytes.subarray(at + 4, box.end);
      else if (kind === 'nclx') found.colours ??= readCodePoints(bytes, at + 4);
    } else if (box.name === 'pixi' && found.size !== null) found.depth = Math.max(found.depth, bytes[at + 5]);
  }
  return { ...found, orientation: turn === null ? null : orientationOf(turn) };
}

/** Quarter turns against the clock, and then perhaps left and right swapped. */
interface Turn {
  readonly quarters: number;
  readonly mirror: boolean;
}

const upright: Turn = { quarters: 0, mirror: false };

/** Turns against the clock, as `irot` does. Behind a mirror a turn runs the other way. */
const turned = ({ quarters, mirror }: Turn, by: number): Turn => ({
  quarters: (quarters + (mirror ? 4 - by : by)) & 3,
  mirror,
});

/** Mirrors as `imir` does: axis 1 swaps left and right, axis 0 top and bottom, which is half a turn more. */
const mirrored = ({ quarters, mirror }: Turn, axis: number): Turn => ({
  quarters: (quarters + (axis === 0 ? 2 : 0)) & 3,
  mirror: !mirror,
});

/** EXIF's number for a turn. */
const orientationOf = ({ quarters, mirror }: Turn) =>
  (mirror ? ([2, 7, 4, 5] as const) : ([1, 8, 3, 6] as const))[quarters];

/** The size that a clean aperture leaves: rounded down and kept inside the picture, as libheif does. */
function cropped(bytes: Uint8Array, at: number, size: Size): Size {
  const fraction = (offset: number) => (u32be(bytes, at + offset) | 0) / u32be(bytes, at + offset + 4);
  const side = (aperture: number, offset: number, length: number) => {
    const first = Math.floor(offset + (length - 1) / 2 - (aperture - 1) / 2);
    const last = Math.floor(aperture - 1 + first);
    return Math.min(length - 1, last) - Math.max(0, first) + 1;
  };
  const width = side(fraction(0), fraction(16), size.width);
  const height = side(fraction(8), fraction(24), size.height);
  return width > 0 && height > 0 ? { width, height } : size;
}

/**
 * Code points of a still, of which the curves of video stand for sRGB's: encoders name them for pictures that are shown as they
 * are, and Chromium shows them so. The matrix is undone by the codec.
 */
function readCodePoints(bytes: Uint8Array, at: number): Colours {
  const transfer = u16be(bytes, at + 2);
  return { primaries: u16be(bytes, at), transfer: videoCurves.has(transfer) ? 13 : transfer };
}

/** BT.709, BT.601 and BT.2020. */
const videoCurves: ReadonlySet<number> = new Set([1, 6, 14, 15]);

function isAlpha(bytes: Uint8Array, box: Box): boolean {
  return (
    hasText(bytes, box.start + 4, 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha') ||
    hasText(bytes, box.start + 4, 'urn:mpeg:hevc:2015:auxid:1')
  );
}

/** Indexes (from 1) of the properties that belong to an item, in their order. */
function associations(bytes: Uint8Array, ipma: Box | null, item: number): readonly number[] {
  if (ipma === null) return [];
  const wideIds = bytes[ipma.start] >= 1;
  const wideIndexes = (bytes[ipma.start + 3] & 1) === 1;
  let at = ipma.start + 8;
  while (at < ipma.end) {
    const id = wideIds ? u32be(bytes, at) : u16be(bytes, at);
    at += wideIds ? 4 : 2;
    const count = bytes[at++];
    const step = wideIndexes ? 2 : 1;
    if (id === item) {
      return Array.from({ length: count }, (_, i) =>
        wideIndexes ? u16be(bytes, at + 2 * i) & 0x7fff : bytes[at + i] & 0x7f,
      );
    }
    at += count * step;
  }
  return [];
}

/** Each item's type, four characters. */
function readEntries(bytes: Uint8Array, iinf: Box | null): ReadonlyMap<number, string> {
  const types = new Map<number, string>();
  if (iinf === null) return types;
  const wide = bytes[iinf.start] > 0;
  for (const box of boxesIn(bytes, iinf.start + (wide ? 8 : 6), iinf.end)) {
    if (box.name !== 'infe') continue;
    const version = bytes[box.start];
    const idSize = version >= 3 ? 4 : 2;
    const id = idSize === 4 ? u32be(bytes, box.start + 4) : u16be(bytes, box.start + 4);
    if (version < 2) continue;
    const typeAt = box.start + 4 + idSize + 2;
    const type = fourCharacters(bytes, typeAt);
    // A MIME item's name, and then its media type, both ended by NUL.
    const nameEnd = type === 'mime' ? bytes.indexOf(0, typeAt + 4) : -1;
    const isXmp = nameEnd >= 0 && hasText(bytes, nameEnd + 1, 'application/rdf+xml\0');
    types.set(id, isXmp ? xmpItem : type);
  }
  return types;
}

/** The items that a derived one is made of (`dimg`), in their order. */
function readParts(bytes: Uint8Array, iref: Box | null, item: number): readonly number[] {
  if (iref === null) return [];
  const wide = bytes[iref.start] > 0;
  const id = wide ? u32be : u16be;
  const step = wide ? 4 : 2;
  const reference = boxesIn(bytes, iref.start + 4, iref.end).find(
    ({ name, start }) => name === 'dimg' && id(bytes, start) === item,
  );
  if (reference === undefined) return [];
  const first = reference.start + step + 2;
  const count = Math.min(u16be(bytes, reference.start + step), Math.floor((reference.end - first) / step));
  return Array.from({ length: Math.max(0, count) }, (_, i) => id(bytes, first + i * step));
}

/** Says what an AVIF's or HEIC's boxes betray: cut off inside one, or before the data that they point to. */
export function findItemDamage(bytes: Uint8Array, label: string): Outcome<never> | null {
  const boxes = boxesIn(bytes, 0, bytes.length);
  if (boxes.some((box) => box.cut)) return truncated(`The ${label} ends inside a box: it was cut off.`);
  const meta = boxNamed(boxes, 'meta');
  const items = meta === null ? null : readItems(bytes, meta);
  if (items === null || items.dataEnd <= bytes.length) return null;
  return truncated(
    `The ${label}'s picture data should reach byte ${items.dataEnd}; the file has ${bytes.length}.`,
  );
}

/** A picture's mode by its samples. */
export function itemMode({
  depth,
  monochrome,
  alpha,
}: Pick<Items, 'depth' | 'monochrome' | 'alpha'>): StoredMode {
  if (alpha) return 'RGBA';
  if (monochrome) return 'L';
  return depth === 10 ? 'RGB;10' : depth === 12 ? 'RGB;12' : 'RGB';
}
