import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { Decoder } from '../core/plugin';
import { avif } from './avif';
import { boxesIn, boxNamed } from './boxes';
import { corrupt, truncated, unsupported } from './damage';
import { findItemDamage, type Items, itemMode, readItems } from './heif-items';

/** HEIC and HEIF stills, by libheif. Of a sequence the cover is read; AV1 in a HEIF is the browser's, as in an AVIF. */
export const heic: Decoder = {
  id: 'heic',
  label: 'HEIC',
  reduces: false,
  heavy: () => true,
  readHeader,
  findDamage: (bytes) => findItemDamage(bytes, 'HEIC') ?? findHoles(bytes),
  async decode(bytes, header, request) {
    const items = itemsOf(bytes);
    if (items?.codec === 'av01') return avif.decode(asAvif(bytes), header, request);
    const { decodeHeif } = await import('./libheif');
    return decodeHeif(bytes, items?.colours ?? null, header, request);
  },
};

function readHeader(bytes: Uint8Array): Outcome<Header> {
  const boxes = boxesIn(bytes, 0, bytes.length);
  const meta = boxNamed(boxes, 'meta');
  if (meta?.cut || (meta === null && boxes.some((box) => box.cut)) || boxes.length < 2)
    return truncated(`The HEIC ends inside its header, after ${bytes.length} bytes.`);
  const items = meta === null ? null : readItems(bytes, meta);
  if (items === null) {
    return boxNamed(boxes, 'moov') === null
      ? corrupt('The HEIC names no primary picture (pitm).')
      : unsupported('The HEIC is a sequence without a still picture.', 'Extract its frames as images first.');
  }
  const { codec, size, alpha, exif, xmp, orientation, colours } = items;
  if (codec !== 'hvc1' && codec !== 'av01') {
    const name = codecNames[codec];
    return name === undefined
      ? corrupt(`The HEIC's primary picture is of the unknown type “${printable(codec)}”.`)
      : unsupported(`The HEIF holds ${name}, which is not decoded here.`, 'Convert it to PNG or JPEG first.');
  }
  if (size === null) return corrupt('The HEIC has no header that gives its size (ispe).');
  if (size.width === 0 || size.height === 0)
    return corrupt(`The HEIC's header declares ${size.width} × ${size.height} pixels.`);
  return succeeded({
    format: 'heic',
    size,
    mode: itemMode(items),
    alpha,
    frames: 1,
    exif,
    xmp,
    iptc: null,
    // The container's rotation alone is shown; EXIF's is for information (MIAF, ISO/IEC 23000-22, 7.3.9).
    orientation: orientation ?? 1,
    profile: colours instanceof Uint8Array,
  });
}

/**
 * Finds what HEVC data cannot hold, since libde265 makes a picture of anything: units whose lengths do not add up, and
 * two zeros followed by 0, 1 or 2, which emulation prevention never leaves (ISO/IEC 23008-2, 7.4.2). A part that was
 * never downloaded is such zeros.
 */
function findHoles(bytes: Uint8Array): Outcome<never> | null {
  const items = itemsOf(bytes);
  if (items === null || items.codec !== 'hvc1') return null;
  for (const { start, end } of items.parts) {
    let at = start;
    while (at < end) {
      let length = 0;
      for (let i = 0; i < items.lengthBytes; i++) length = length * 256 + bytes[at + i];
      at += items.lengthBytes;
      if (!(length > 0 && at + length <= end))
        // not a number where the file ends
        return corrupt(`The HEIC's coded data does not add up at byte ${at}.`);
      const hole = holeIn(bytes, at, at + length);
      if (hole !== null)
        return corrupt(`The HEIC's coded data has a hole of zeros at byte ${hole}: a part of it is missing.`);
      at += length;
    }
  }
  return null;
}

function holeIn(bytes: Uint8Array, start: number, end: number): number | null {
  // Of three bytes in a row, one of which is above 3, only the last matters for where to look next.
  for (let at = start + 2; at < end; ) {
    if (bytes[at] > 3) at += 3;
    else if (bytes[at] < 3 && bytes[at - 1] === 0 && bytes[at - 2] === 0) return at;
    else at++;
  }
  return null;
}

/** Item types of HEIF (ISO/IEC 23008-12 and 23001-17) that libheif's build for browsers has no codec for. */
const codecNames: Readonly<Record<string, string>> = {
  jpeg: 'a JPEG',
  j2k1: 'JPEG 2000 data',
  vvc1: 'VVC (H.266) data',
  evc1: 'EVC data',
  avc1: 'AVC (H.264) data',
  unci: 'uncompressed data',
  mski: 'a mask',
  tili: 'a tiled picture (tili)',
};

const printable = (name: string) => name.replace(/[^ -~]/g, '?');

function itemsOf(bytes: Uint8Array): Items | null {
  const meta = boxNamed(boxesIn(bytes, 0, bytes.length), 'meta');
  return meta === null ? null : readItems(bytes, meta);
}

/** The same file under AVIF's brand, without which browsers do not look inside. */
function asAvif(bytes: Uint8Array): Uint8Array {
  const renamed = bytes.slice();
  renamed.set([0x61, 0x76, 0x69, 0x66], 8); // `avif`, for the major brand of the ftyp box
  return renamed;
}
