import type { Size } from '../core/image';
import { type Box, boxesIn, boxNamed } from './boxes';
import { fourCharacters, hasText, u16be, u32be } from './bytes';

/** What the `meta` box says of the primary picture. */
export interface Items {
  /** After the clean aperture, before rotation; null when it is missing. */
  readonly size: Size | null;
  readonly depth: number;
  readonly monochrome: boolean;
  readonly alpha: boolean;
  readonly profile: boolean;
  /** EXIF's number for the container's rotation and mirror; null when it has none. */
  readonly orientation: number | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  /** Where in the file the data of all items ends. */
  readonly dataEnd: number;
}

/** Reads a `meta` box (ISO/IEC 14496-12, 8.11; 23008-12; the AV1 image file format). Null when it has no primary item. */
export function readItems(bytes: Uint8Array, meta: Box): Items | null {
  const boxes = boxesIn(bytes, meta.start + 4, meta.end);
  const primaryBox = boxNamed(boxes, 'pitm');
  if (primaryBox === null) return null;
  const primary =
    bytes[primaryBox.start] === 0 ? u16be(bytes, primaryBox.start + 4) : u32be(bytes, primaryBox.start + 4);
  const properties = readProperties(bytes, boxNamed(boxes, 'iprp'), primary);
  const data = readLocations(bytes, boxNamed(boxes, 'iloc'));
  const idat = boxNamed(boxes, 'idat');
  const { exifId, xmpId } = metadataItems(bytes, boxNamed(boxes, 'iinf'));
  const contentOf = (id: number | null) => {
    const place = id === null ? undefined : data.get(id);
    if (place === undefined) return null;
    const start = place.start + (place.inIdat ? (idat?.start ?? 0) : 0);
    return bytes.subarray(start, start + place.length);
  };
  let dataEnd = 0;
  for (const { start, length, inIdat } of data.values())
    if (!inIdat) dataEnd = Math.max(dataEnd, start + length);
  return { ...properties, exif: exifOf(contentOf(exifId)), xmp: contentOf(xmpId), dataEnd };
}

/** An Exif item's block (ISO/IEC 23008-12, A.2.1): four bytes tell how far the TIFF header is behind them. */
function exifOf(item: Uint8Array | null): Uint8Array | null {
  if (item === null) return null;
  const skip = 4 + u32be(item, 0);
  if (skip >= item.length) return null;
  return item.subarray(hasText(item, skip, 'Exif\0\0') ? skip + 6 : skip);
}

type Properties = Omit<Items, 'exif' | 'xmp' | 'dataEnd'>;

function readProperties(bytes: Uint8Array, iprp: Box | null, primary: number): Properties {
  const found = { size: null as Size | null, depth: 8, monochrome: false, alpha: false, profile: false };
  if (iprp === null) return { ...found, orientation: null };
  const inside = boxesIn(bytes, iprp.start, iprp.end);
  const container = boxNamed(inside, 'ipco');
  const list = container === null ? [] : boxesIn(bytes, container.start, container.end);
  found.alpha = list.some((box) => box.name === 'auxC' && isAlpha(bytes, box));
  let aperture: Size | null = null;
  let rotation: number | null = null;
  let mirror: number | null = null;
  for (const index of associations(bytes, boxNamed(inside, 'ipma'), primary)) {
    const box = list[index - 1];
    if (box === undefined) continue;
    const at = box.start;
    if (box.name === 'ispe') found.size = { width: u32be(bytes, at + 4), height: u32be(bytes, at + 8) };
    else if (box.name === 'irot') rotation = bytes[at] & 3;
    else if (box.name === 'imir') mirror = bytes[at] & 1;
    else if (box.name === 'clap') aperture = readAperture(bytes, at);
    else if (box.name === 'colr') found.profile ||= ['prof', 'rICC'].includes(fourCharacters(bytes, at));
    else if (box.name === 'av1C') {
      const flags = bytes[at + 2];
      found.depth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
      found.monochrome = (flags & 0x10) !== 0;
    } else if (box.name === 'pixi' && found.size !== null) found.depth = Math.max(found.depth, bytes[at + 5]);
  }
  if (aperture !== null && found.size !== null) {
    const fits = aperture.width <= found.size.width && aperture.height <= found.size.height;
    if (fits && aperture.width > 0 && aperture.height > 0) found.size = aperture;
  }
  const turned = rotation !== null || mirror !== null;
  return {
    ...found,
    orientation: turned ? orientations[rotation ?? 0][mirror === null ? 0 : mirror + 1] : null,
  };
}

/**
 * EXIF orientation by `irot` (quarter turns against the clock, done first) and `imir` (none; axis 0: top and bottom
 * swap; axis 1: left and right swap).
 */
const orientations = [
  [1, 4, 2],
  [8, 5, 7],
  [3, 2, 4],
  [6, 7, 5],
] as const;

function readAperture(bytes: Uint8Array, at: number): Size {
  return {
    width: Math.floor(u32be(bytes, at) / u32be(bytes, at + 4)) || 0,
    height: Math.floor(u32be(bytes, at + 8) / u32be(bytes, at + 12)) || 0,
  };
}

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

interface Place {
  readonly start: number;
  readonly length: number;
  /** True when `start` counts from the content of the `idat` box. */
  readonly inIdat: boolean;
}

/** Where each item's data lies: its first extent's start to its last one's end. */
function readLocations(bytes: Uint8Array, iloc: Box | null): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  if (iloc === null) return places;
  const version = bytes[iloc.start];
  const sizes = u16be(bytes, iloc.start + 4);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  let at = iloc.start + 6;
  const take = (size: number) => {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i];
    at += size;
    return value;
  };
  const count = take(version < 2 ? 2 : 4);
  for (let i = 0; i < count && at < iloc.end; i++) {
    const id = take(version < 2 ? 2 : 4);
    const method = version > 0 ? take(2) & 15 : 0;
    take(2); // which file the data is in: always this one
    const base = take(baseSize);
    let start = Number.POSITIVE_INFINITY;
    let end = 0;
    const declared = take(2);
    const extents = indexSize + offsetSize + lengthSize === 0 ? 0 : declared; // an empty extent would not advance
    for (let extent = 0; extent < extents && at < iloc.end; extent++) {
      take(indexSize);
      const from = base + take(offsetSize);
      start = Math.min(start, from);
      end = Math.max(end, from + take(lengthSize));
    }
    if (end > 0 && method < 2) places.set(id, { start, length: end - start, inIdat: method === 1 });
  }
  return places;
}

/** The ids of the first items that hold EXIF (type `Exif`) and XMP (type `mime` with XMP's media type); or nulls. */
function metadataItems(
  bytes: Uint8Array,
  iinf: Box | null,
): { readonly exifId: number | null; readonly xmpId: number | null } {
  let [exifId, xmpId]: (number | null)[] = [null, null];
  if (iinf === null) return { exifId, xmpId };
  const wide = bytes[iinf.start] > 0;
  for (const box of boxesIn(bytes, iinf.start + (wide ? 8 : 6), iinf.end)) {
    if (box.name !== 'infe') continue;
    const version = bytes[box.start];
    const idSize = version >= 3 ? 4 : 2;
    const id = idSize === 4 ? u32be(bytes, box.start + 4) : u16be(bytes, box.start + 4);
    if (version < 2) continue;
    const typeAt = box.start + 4 + idSize + 2;
    const type = fourCharacters(bytes, typeAt);
    if (type === 'Exif') exifId ??= id;
    if (type !== 'mime') continue;
    const nameEnd = bytes.indexOf(0, typeAt + 4); // the item's name, then its media type, both ended by NUL
    if (nameEnd >= 0 && hasText(bytes, nameEnd + 1, 'application/rdf+xml\0')) xmpId ??= id;
  }
  return { exifId, xmpId };
}
