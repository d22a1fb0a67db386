import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Size } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { decodeFrames } from './animated-image';
import type { BrowserJob } from './browser-image';
import { fourCharacters, hasText, u16le, u24le, u32le } from './bytes';
import { areOurs, framesInSrgb, wantsLcms } from './colours';
import { corrupt, truncated } from './damage';
import { readOrientation } from './orientation';
import { recoverInBrowser } from './recover-image';

/**
 * WebP (RFC 9649), lossy and lossless; frames are what is seen of them, on the full canvas.
 *
 * It is damaged when it has fewer bytes than its RIFF header or one of its chunks declares. It is corrupt when a picture
 * does not fill the canvas that its header declares, or a frame reaches beyond it.
 */
export const webp: Decoder = {
  id: 'webp',
  label: 'WebP',
  reduces: false,
  heavy: (bytes, header) => header.profile && wantsLcms(profileOf(bytes), 'RGB'),
  readHeader,
  findDamage(bytes) {
    const length = u32le(bytes, 4) + 8;
    if (length > bytes.length) {
      return truncated(`The WebP declares ${length} bytes and has ${bytes.length}: it was cut off.`);
    }
    let pictures = 0;
    let misfit: Outcome<never> | null = null;
    const canvas = canvasOf(bytes);
    const whole = walk(bytes, (name, at, length) => {
      if (name !== 'VP8 ' && name !== 'VP8L' && name !== 'ANMF') return;
      pictures++;
      misfit ??= canvas && misfitOf(bytes, name, at, length, canvas);
    });
    if (misfit !== null) return misfit;
    if (!whole) return corrupt('The WebP has a chunk that reaches beyond its end.');
    return pictures === 0 ? corrupt('The WebP has no picture data.') : null;
  },
  decode: (bytes, header, request) => inColour(bytes, header, request, decodeFrames),
  recover: (bytes, header, request) => inColour(bytes, header, request, recoverInBrowser),
};

async function inColour(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
  decode: (job: BrowserJob) => Promise<Outcome<readonly DecodedFrame[]>>,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const job = { type: 'image/webp', label: 'WebP', bytes, header, request };
  const profile = header.profile ? profileOf(bytes) : null;
  if (!areOurs(profile, 'RGB')) return decode(job);
  const stored = await decode({ ...job, header: { ...header, profile: false } });
  return framesInSrgb(stored, profile, 'RGB', request);
}

function profileOf(bytes: Uint8Array): Uint8Array | null {
  let profile: Uint8Array | null = null;
  walk(bytes, (name, at, length) => {
    if (name === 'ICCP') profile ??= bytes.subarray(at, at + length);
  });
  return profile;
}

function readHeader(bytes: Uint8Array): Outcome<Header> {
  if (bytes.length < 30) return truncated(`The WebP ends inside its header, after ${bytes.length} bytes.`);
  const first = readPicture(bytes, 12);
  if (!first.ok) return first;
  const { size, alpha } = first.value;
  if (size.width === 0 || size.height === 0) {
    return corrupt(`The WebP's header declares ${size.width} × ${size.height} pixels.`);
  }
  let exif: Uint8Array | null = null;
  let xmp: Uint8Array | null = null;
  let profile = false;
  let frames = 0;
  walk(bytes, (name, at, length) => {
    if (name === 'ANMF') frames++;
    else if (name === 'ICCP') profile = true;
    else if (name === 'EXIF' && exif === null) {
      // Some writers keep the prefix that EXIF has in JPEG.
      exif = bytes.subarray(hasText(bytes, at, 'Exif\0\0') ? at + 6 : at, at + length);
    } else if (name === 'XMP ') xmp ??= bytes.subarray(at, at + length);
  });
  return succeeded({
    format: 'webp',
    size,
    mode: alpha ? 'RGBA' : 'RGB',
    alpha,
    frames: Math.max(1, frames),
    exif,
    xmp,
    iptc: null,
    orientation: readOrientation(exif, xmp),
    profile,
  });
}

/** The size of the extended format's canvas; null when the file is a plain picture. */
function canvasOf(bytes: Uint8Array): Size | null {
  if (fourCharacters(bytes, 12) !== 'VP8X') return null;
  return { width: u24le(bytes, 24) + 1, height: u24le(bytes, 27) + 1 };
}

/** Failure when a picture or a frame is not what the canvas has room for. */
function misfitOf(
  bytes: Uint8Array,
  name: string,
  at: number,
  length: number,
  canvas: Size,
): Outcome<never> | null {
  const whole = `the canvas of ${canvas.width} × ${canvas.height}`;
  if (name !== 'ANMF') {
    const picture = readPicture(bytes, at - 8);
    if (!picture.ok) return picture;
    const { width, height } = picture.value.size;
    return width === canvas.width && height === canvas.height
      ? null
      : corrupt(`The WebP's picture of ${width} × ${height} pixels does not fit ${whole}.`);
  }
  if (length < 16) return corrupt(`The WebP has a frame of ${length} bytes.`);
  const [x, y] = [2 * u24le(bytes, at), 2 * u24le(bytes, at + 3)];
  const [width, height] = [u24le(bytes, at + 6) + 1, u24le(bytes, at + 9) + 1];
  return x + width <= canvas.width && y + height <= canvas.height
    ? null
    : corrupt(`The WebP has a frame of ${width} × ${height} pixels at ${x}, ${y}, beyond ${whole}.`);
}

/** A chunk tells size and alpha: VP8X (extended), VP8 (lossy key frame, RFC 6386 9.1) or VP8L (lossless). */
function readPicture(
  bytes: Uint8Array,
  chunk: number,
): Outcome<{ readonly size: Size; readonly alpha: boolean }> {
  const name = fourCharacters(bytes, chunk);
  const at = chunk + 8;
  if (name === 'VP8X') {
    const size = { width: u24le(bytes, at + 4) + 1, height: u24le(bytes, at + 7) + 1 };
    return succeeded({ size, alpha: (bytes[at] & 0x10) !== 0 });
  }
  if (name === 'VP8 ') {
    if (u24le(bytes, at + 3) !== 0x2a019d) return corrupt('The WebP’s lossy picture has no start code.');
    const size = { width: u16le(bytes, at + 6) & 0x3fff, height: u16le(bytes, at + 8) & 0x3fff };
    return succeeded({ size, alpha: false });
  }
  if (name === 'VP8L') {
    if (bytes[at] !== 0x2f) return corrupt('The WebP’s lossless picture has no signature byte.');
    const bits = u32le(bytes, at + 1);
    const size = { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    return succeeded({ size, alpha: ((bits >>> 28) & 1) === 1 });
  }
  return corrupt(`The WebP begins with a chunk ${JSON.stringify(name)} instead of its picture or header.`);
}

/** Walks the chunks; false when one reaches beyond the end of the file. */
function walk(bytes: Uint8Array, visit: (name: string, at: number, length: number) => void): boolean {
  const end = Math.min(bytes.length, u32le(bytes, 4) + 8);
  let at = 12;
  while (at + 8 <= end) {
    const length = u32le(bytes, at + 4);
    if (at + 8 + length > bytes.length) return false;
    visit(fourCharacters(bytes, at), at + 8, length);
    at += 8 + length + (length & 1); // chunks are padded to an even length
  }
  return true;
}
