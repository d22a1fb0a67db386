import { crc32 } from '../base/crc32';
import { type Outcome, succeeded } from '../core/failure';
import type { Header, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { decodeInBrowser } from './browser-image';
import { fourCharacters, u32be } from './bytes';
import { corrupt, truncated } from './damage';
import { readOrientation } from './orientation';
import { withTransparencyMasked } from './png-transparency';

/** PNG (third edition, with its EXIF and animation chunks); of an animation the default image is read. */
export const png: Decoder = {
  id: 'png',
  label: 'PNG',
  reduces: false,
  readHeader,
  findDamage,
  decode: (bytes, header, reduction, orientation) =>
    decodeInBrowser({
      type: 'image/png',
      label: 'PNG',
      bytes: withTransparencyMasked(header.frames > 1 ? withoutAnimation(bytes) : bytes),
      header,
      reduction,
      orientation,
    }),
};

function readHeader(bytes: Uint8Array): Outcome<Header> {
  if (bytes.length < firstChunk + 25)
    return truncated(`The PNG ends inside its header, after ${bytes.length} bytes.`);
  if (fourCharacters(bytes, firstChunk + 4) !== 'IHDR' || u32be(bytes, firstChunk) !== 13) {
    return corrupt('The PNG does not begin with its header chunk (IHDR).');
  }
  const width = u32be(bytes, 16);
  const height = u32be(bytes, 20);
  if (width === 0 || height === 0 || width > 0x7fffffff || height > 0x7fffffff) {
    return corrupt(`The PNG's header declares ${width} × ${height} pixels.`);
  }
  const [depth, type] = [bytes[24], bytes[25]];
  const mode = modes.get(`${type}/${depth}`);
  if (mode === undefined) {
    return corrupt(
      `The PNG's header declares colour type ${type} with ${depth} bits, which do not exist together.`,
    );
  }
  let exif: Uint8Array | null = null;
  let profile = false;
  let transparent = type === 4 || type === 6;
  let animated = false;
  walk(bytes, (name, at, length) => {
    if (name === 'eXIf') exif ??= bytes.subarray(at, at + length);
    else if (name === 'iCCP') profile = true;
    else if (name === 'tRNS') transparent = true;
    else if (name === 'acTL') animated = true;
    return null;
  });
  return succeeded({
    format: 'png',
    size: { width, height },
    mode,
    alpha: transparent,
    // With acTL the default image may or may not be one of the frames; what counts here is that it is not a still.
    frames: animated ? Math.max(2, framesOf(bytes)) : 1,
    exif,
    orientation: readOrientation(exif),
    profile,
  });
}

const firstChunk = 8;

/** Colour type and depth (PNG third edition, table 12) in Pillow's words. */
const modes: ReadonlyMap<string, StoredMode> = new Map([
  ['0/1', '1'],
  ['0/2', 'L'],
  ['0/4', 'L'],
  ['0/8', 'L'],
  ['0/16', 'I;16'],
  ['2/8', 'RGB'],
  ['2/16', 'RGB;16'],
  ['3/1', 'P'],
  ['3/2', 'P'],
  ['3/4', 'P'],
  ['3/8', 'P'],
  ['4/8', 'LA'],
  ['4/16', 'LA;16'],
  ['6/8', 'RGBA'],
  ['6/16', 'RGBA;16'],
]);

function findDamage(bytes: Uint8Array): Outcome<never> | null {
  let pixels = false;
  let palette = false;
  let ended = false;
  const found = walk(bytes, (name, at, length) => {
    if (!/^[A-Za-z]{4}$/.test(name)) return corrupt(`The PNG has a chunk without a name at byte ${at - 4}.`);
    if (name === 'acTL' && length >= 4 && u32be(bytes, at) === 0) {
      return corrupt('The PNG declares an animation of 0 frames.');
    }
    if (name === 'IDAT') pixels = true;
    else if (name === 'PLTE') palette = true;
    else if (name === 'IEND') ended = true;
    // Only critical chunks (upper-case first letter) decide pixels; a wrong comment spoils nothing.
    if (name.charCodeAt(0) < 0x61 && crc32(bytes, at - 4, at + length) !== u32be(bytes, at + length)) {
      return corrupt(`The PNG's ${name} chunk at byte ${at - 8} does not match its checksum.`);
    }
    return null;
  });
  if (found !== null) return found;
  if (!ended) return truncated('The PNG has no end chunk (IEND): it was cut off.');
  if (!pixels) return corrupt('The PNG has no picture data (IDAT).');
  return bytes[25] === 3 && !palette ? corrupt('The PNG has indexed pixels but no palette (PLTE).') : null;
}

/** Walks the chunks to the end chunk or the end of the file; `visit` gets a name and where its data is. */
function walk(
  bytes: Uint8Array,
  visit: (name: string, at: number, length: number) => Outcome<never> | null,
): Outcome<never> | null {
  let at = firstChunk;
  while (at + 12 <= bytes.length) {
    const length = u32be(bytes, at);
    const name = fourCharacters(bytes, at + 4);
    if (length > 0x7fffffff) return corrupt(`The PNG has a chunk at byte ${at} with length ${length}.`);
    if (at + 12 + length > bytes.length) {
      return truncated(`The PNG ends inside its ${JSON.stringify(name)} chunk, after ${bytes.length} bytes.`);
    }
    const found = visit(name, at + 8, length);
    if (found !== null || name === 'IEND') return found;
    at += 12 + length;
  }
  return null;
}

function framesOf(bytes: Uint8Array): number {
  let frames = 0;
  walk(bytes, (name, at) => {
    if (name === 'acTL') frames = u32be(bytes, at);
    return null;
  });
  return frames;
}

/** The same file without its animation chunks: browsers would else show the first frame, which may be another picture. */
function withoutAnimation(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  result.set(bytes.subarray(0, firstChunk));
  let end = firstChunk;
  walk(bytes, (name, at, length) => {
    if (name !== 'acTL' && name !== 'fcTL' && name !== 'fdAT') {
      result.set(bytes.subarray(at - 8, at + length + 4), end);
      end += length + 12;
    }
    return null;
  });
  return result.subarray(0, end);
}
