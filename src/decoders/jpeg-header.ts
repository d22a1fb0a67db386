import { type Outcome, succeeded } from '../core/failure';
import type { Header, MetadataBlocks, StoredMode } from '../core/image';
import { hasText, u16be } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import { createJpegMetadata } from './jpeg-metadata';
import { readOrientation } from './orientation';

/** Reads what a JPEG's segments tell before its first scan. */
export function readJpegHeader(bytes: Uint8Array): Outcome<Header> {
  let frame: { marker: number; at: number; length: number } | null = null;
  const metadata = createJpegMetadata(bytes);
  let profile = false;
  let adobeTransform = -1;
  const end = walk(bytes, (marker, at, length) => {
    if (isFrame(marker)) frame ??= { marker, at, length };
    else if (marker === 0xe1 || marker === 0xed) metadata.take(marker, at, length);
    else if (marker === 0xe2 && hasText(bytes, at, 'ICC_PROFILE\0')) profile = true;
    else if (marker === 0xee && length >= 12 && hasText(bytes, at, 'Adobe')) adobeTransform = bytes[at + 11];
  });
  if (end.kind === 'cut') return truncated(`The JPEG ends inside its header, after ${bytes.length} bytes.`);
  if (end.kind === 'bad') return corrupt(end.what);
  // The closure above hides from the compiler that `frame` may have been set.
  const found = frame as { marker: number; at: number; length: number } | null;
  if (found === null) return corrupt('The JPEG has picture data but no frame header.');
  return readFrame(bytes, found.marker, found.at, found.length, {
    blocks: metadata.blocks(),
    profile,
    adobeTransform,
  });
}

interface Gathered {
  readonly blocks: MetadataBlocks;
  readonly profile: boolean;
  readonly adobeTransform: number;
}

function readFrame(
  bytes: Uint8Array,
  marker: number,
  at: number,
  length: number,
  { blocks, profile, adobeTransform }: Gathered,
): Outcome<Header> {
  if (length < 6) return corrupt(`The JPEG's frame header has ${length} bytes, fewer than 6.`);
  const kind = exoticFrames.get(marker);
  if (kind !== undefined) return unsupported(`The file is ${kind}, which is not decoded.`, convert);
  const precision = bytes[at];
  const deep = precision !== 8;
  if (deep && !isDecoded(marker, precision)) {
    return unsupported(
      `The JPEG has ${precision} bits a sample in a coding (SOF${marker & 15}) that is decoded of 8 bits alone.`,
      convert,
    );
  }
  const size = { width: u16be(bytes, at + 3), height: u16be(bytes, at + 1) };
  if (size.width === 0 || size.height === 0) {
    return corrupt(`The JPEG's header declares ${size.width} × ${size.height} pixels.`);
  }
  const components = bytes[at + 5];
  const mode = deep ? deepMode(components, precision) : modes(components, adobeTransform);
  if (mode === null)
    return unsupported(`The JPEG has ${components} components; 1, 3 and, of 8 bits, 4 are known.`, convert);
  return succeeded({
    format: 'jpeg',
    size,
    mode,
    alpha: false,
    frames: 1,
    ...blocks,
    orientation: readOrientation(blocks.exif, blocks.xmp),
    profile,
  });
}

const convert = 'Convert it to an 8-bit baseline JPEG or to PNG.';

/** Processes of ITU-T T.81 table B.1 and of ITU-T T.87 that no decoder here reads. */
const exoticFrames: ReadonlyMap<number, string> = new Map([
  [0xc5, 'a hierarchical JPEG (SOF5)'],
  [0xc6, 'a hierarchical JPEG (SOF6)'],
  [0xc7, 'a hierarchical JPEG (SOF7)'],
  [0xcb, 'a lossless JPEG with arithmetic coding (SOF11)'],
  [0xcd, 'a JPEG with arithmetic coding (SOF13)'],
  [0xce, 'a JPEG with arithmetic coding (SOF14)'],
  [0xcf, 'a JPEG with arithmetic coding (SOF15)'],
  [0xf7, 'a JPEG-LS file'],
]);

const isFrame = (marker: number) =>
  marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));

function modes(components: number, adobeTransform: number): StoredMode | null {
  if (components === 1) return 'L';
  if (components === 3) return 'RGB';
  return components === 4 ? (adobeTransform === 2 ? 'YCCK' : 'CMYK') : null;
}

function deepMode(components: number, precision: number): StoredMode | null {
  if (components === 1) return precision > 8 ? 'I;16' : 'L';
  if (components !== 3) return null;
  if (precision < 8) return 'RGB';
  return precision === 10 ? 'RGB;10' : precision === 12 ? 'RGB;12' : 'RGB;16';
}

/** Other depths than 8 bits: 12 in the extended sequential process, 2 to 16 in the lossless one. */
function isDecoded(marker: number, precision: number): boolean {
  if (marker === lossless) return precision >= 2 && precision <= 16;
  return marker === 0xc1 && precision === 12;
}

/** The marker of the lossless process' frame. */
export const lossless = 0xc3;

/** The first frame header's marker and bits a sample; zeros when there is none. */
export function frameOf(bytes: Uint8Array): { readonly marker: number; readonly precision: number } {
  let found = { marker: 0, precision: 0 };
  walk(bytes, (marker, at) => {
    if (isFrame(marker) && found.marker === 0) found = { marker, precision: bytes[at] };
  });
  return found;
}

type End =
  | { readonly kind: 'scan'; readonly at: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'bad'; readonly what: string };

/** Walks the marker segments up to the first scan. `visit` gets the marker and its payload, without the length. */
export function walk(bytes: Uint8Array, visit: (marker: number, at: number, length: number) => void): End {
  let at = 2;
  while (true) {
    // Like libjpeg: whatever is not a marker is skipped, and a marker may be padded with FF.
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (at < bytes.length && bytes[at] === 0xff) at++;
    if (at >= bytes.length) return { kind: 'cut' };
    const marker = bytes[at++];
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue; // stand alone, without length
    if (marker === 0xd9) return { kind: 'bad', what: 'The JPEG ends before any picture data.' };
    if (at + 2 > bytes.length) return { kind: 'cut' };
    const length = u16be(bytes, at);
    if (length < 2) {
      return {
        kind: 'bad',
        what: `The JPEG's segment FF ${hex(marker)} has length ${length}; 2 is the least.`,
      };
    }
    if (at + length > bytes.length) return { kind: 'cut' };
    if (marker === 0xda) return { kind: 'scan', at: at + length };
    visit(marker, at + 2, length - 2);
    at += length;
  }
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
