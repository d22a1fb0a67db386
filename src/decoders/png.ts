import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';
import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, StoredMode } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { decodeFrames } from './animated-image';
import type { BrowserJob } from './browser-image';
import { fourCharacters, u32be } from './bytes';
import { corrupt, truncated } from './damage';
import { findMetadataBomb } from './metadata-bomb';
import { readOrientation } from './orientation';
import { cutInside, endChunk, mend, openChunk } from './png-mend';
import { createPngMetadata } from './png-metadata';
import { withTransparencyMasked } from './png-transparency';
import { recoverInBrowser } from './recover-image';
import { scaleSamples } from './scale-samples';

/**
 * PNG (third edition, with its EXIF and animation chunks). Of an animation frame 0 is the default image; the frames of the
 * animation, composited on the whole canvas, follow it, or begin with it when it is one of them, as Pillow counts.
 *
 * It is damaged when it ends inside a chunk or without its end chunk, when a critical chunk (upper-case first letter)
 * does not match its checksum, and when its data ends before its rows do, which browsers refuse. What follows the end
 * chunk is not looked at, nor is the checksum inside the compressed data, which the chunks' own cover.
 */
export const png: Decoder = {
  id: 'png',
  label: 'PNG',
  reduces: 'averaged',
  heavy: () => false,
  readHeader,
  findDamage,
  async decode(bytes, header, request) {
    const bomb = await findMetadataBomb(bytes, request.maxMetadataBytes);
    if (bomb !== null) return bomb;
    if (bytes[24] !== 16) return inParts(bytes, header, request, decodeFrames);
    const still = request.frames.length === 1 && request.frames[0] === 0;
    return still
      ? decodeDeep(bytes, header, request)
      : widened(await inParts(bytes, header, request, decodeFrames), request);
  },
  async recover(bytes, header, request) {
    const mended = mend(bytes);
    // Where only checksums or the end were wrong, the pixels are all there.
    const ended = await png.decode(joinBytes([mended, endChunk]), header, request);
    if (ended.ok) return ended;
    // Data that ends too soon must look as if more were to come.
    const open = cutInside(bytes) ? mended : joinBytes([mended, openChunk]);
    const recovered = await inParts(open, header, request, recoverInBrowser, true);
    return bytes[24] === 16 ? widened(recovered, request) : recovered;
  },
};

type DecodeJob = (job: BrowserJob, shift: number) => Promise<Outcome<readonly DecodedFrame[]>>;

/**
 * Decodes the default image apart where it is none of the animation's frames, or alone: browsers would else show the
 * first frame, which may be another picture. `lenient` gives the one when the others fail.
 */
/** The browser's 8 bits of a file of 16 on that file's own scale. */
function widened(
  decoded: Outcome<readonly DecodedFrame[]>,
  request: DecodeRequest,
): Outcome<readonly DecodedFrame[]> {
  if (!decoded.ok || !request.deep) return decoded;
  return succeeded(
    decoded.value.map((frame) => {
      const { width, height, data } = frame.raster;
      const samples = Uint16Array.from(data, (value) => value * 257);
      return { ...frame, raster: scaleSamples(samples, { width, height, channels: 4 }, request) };
    }),
  );
}

async function inParts(
  stored: Uint8Array,
  header: Header,
  asked: DecodeRequest,
  decode: DecodeJob,
  lenient = false,
): Promise<Outcome<readonly DecodedFrame[]>> {
  const request = { ...asked, reduction: 1 }; // only rows that are read here are averaged
  const bytes = withTransparencyMasked(stored);
  const job = { type: 'image/png', label: 'PNG', bytes, header, request };
  const animation = animationOf(bytes);
  if (animation === null) return decode(job, 0);
  const [first, ...others] = request.frames;
  const alone = others.length === 0;
  if (first > 0 || (animation.withDefault && !alone)) return decode(job, animation.withDefault ? 0 : 1);
  const still = { ...request, frames: [0] };
  const image = await decode({ ...job, bytes: withoutAnimation(bytes), request: still }, 0);
  if (!image.ok || alone) return image;
  const rest = await decode({ ...job, request: { ...request, frames: others } }, 1);
  if (!rest.ok) return lenient ? image : rest;
  return succeeded([...image.value, ...rest.value]);
}

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
  const metadata = createPngMetadata(bytes);
  let profile = false;
  let transparent = type === 4 || type === 6;
  walk(bytes, (name, at, length) => {
    metadata.take(name, at, length);
    if (name === 'iCCP') profile = true;
    else if (name === 'tRNS') transparent = true;
    return null;
  });
  const blocks = metadata.blocks();
  return succeeded({
    format: 'png',
    size: { width, height },
    mode,
    alpha: transparent,
    frames: animationOf(bytes)?.pictures ?? 1,
    ...blocks,
    orientation: readOrientation(blocks.exif, blocks.xmp),
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

/** What decodes 16 bits is loaded when the first such file is met. */
async function decodeDeep(bytes: Uint8Array, { size }: Header, request: DecodeRequest) {
  // A file's bytes are never in shared memory, which is all that the type asks.
  const part = (at: number, length: number) => bytes.subarray(at, at + length) as Uint8Array<ArrayBuffer>;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let transparent: Uint8Array | null = null;
  let profile: Uint8Array<ArrayBuffer> | null = null;
  walk(bytes, (name, at, length) => {
    if (name === 'IDAT') parts.push(part(at, length));
    else if (name === 'tRNS') transparent = part(at, length);
    else if (name === 'iCCP') profile = part(at, length);
    return null;
  });
  const { decodeDeepPng } = await import('./png-deep');
  const png = { ...size, colourType: bytes[25], interlaced: bytes[28] === 1, parts, transparent, profile };
  return decodeDeepPng(png, request);
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

interface Animation {
  /** Frames, and the default image when it is none of them; 1 when an animation is declared that has no frame. */
  readonly pictures: number;
  /** True when the default image is the first frame. */
  readonly withDefault: boolean;
}

/** What the animation chunks say; null for a still. Frames without a control chunk (fcTL) do not count. */
function animationOf(bytes: Uint8Array): Animation | null {
  let [declared, controlled] = [0, 0];
  let pixels = false;
  let withDefault = false;
  walk(bytes, (name, at, length) => {
    if (name === 'acTL' && length >= 4) declared = u32be(bytes, at);
    else if (name === 'IDAT') pixels = true;
    else if (name === 'fcTL') {
      controlled++;
      withDefault ||= !pixels;
    }
    return null;
  });
  if (declared === 0) return null;
  return { pictures: Math.min(declared, controlled) + (withDefault ? 0 : 1), withDefault };
}

/** The same file without its animation chunks. */
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
