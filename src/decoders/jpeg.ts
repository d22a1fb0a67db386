import { type Outcome, succeeded } from '../core/failure';
import type { Header, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { decodeInBrowser } from './browser-image';
import { hasText, u16be } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import { readOrientation } from './orientation';

/** JPEG (ITU-T T.81), also as the first picture of an MPO file. */
export const jpeg: Decoder = {
  id: 'jpeg',
  label: 'JPEG',
  reduces: true,
  heavy: (bytes, header) => wantsVips(bytes, header),
  readHeader,
  findDamage(bytes) {
    const end = walk(bytes, () => undefined);
    if (end.kind !== 'scan') return null; // readHeader has said so already
    // Entropy-coded data never holds FF D9, so wherever it stands behind the scan header, the picture is complete;
    // what follows (an MPO's further pictures, a camera's trailer) is not ours.
    for (let at = bytes.length; ; ) {
      at = bytes.lastIndexOf(0xd9, at - 1);
      if (at <= end.at) return truncated('The JPEG has no end-of-image marker: it was cut off.');
      if (bytes[at - 1] === 0xff) return null;
    }
  },
  async decode(bytes, header, request) {
    if (!wantsVips(bytes, header)) {
      return decodeInBrowser({ type: 'image/jpeg', label: 'JPEG', bytes, header, request });
    }
    const { decodeJpegByVips } = await import('./vips-classic');
    return decodeJpegByVips(bytes, frameMarker(bytes) === lossless, request);
  },
};

/** Browsers refuse some codings, and know no profiles of inks. */
function wantsVips(bytes: Uint8Array, { mode, profile }: Header): boolean {
  if (profile && (mode === 'CMYK' || mode === 'YCCK')) return true;
  return vipsFrames.has(frameMarker(bytes));
}

function frameMarker(bytes: Uint8Array): number {
  let found = 0;
  walk(bytes, (marker) => {
    if (isFrame(marker)) found ||= marker;
  });
  return found;
}

const lossless = 0xc3;

/** Lossless, and arithmetic coding, sequential and progressive: what libjpeg reads beside what browsers do. */
const vipsFrames: ReadonlySet<number> = new Set([lossless, 0xc9, 0xca]);

function readHeader(bytes: Uint8Array): Outcome<Header> {
  let frame: { marker: number; at: number; length: number } | null = null;
  let exif: Uint8Array | null = null;
  let profile = false;
  let adobeTransform = -1;
  const end = walk(bytes, (marker, at, length) => {
    if (isFrame(marker)) frame ??= { marker, at, length };
    else if (marker === 0xe1 && exif === null && hasText(bytes, at, 'Exif\0\0')) {
      exif = bytes.subarray(at + 6, at + length);
    } else if (marker === 0xe2 && hasText(bytes, at, 'ICC_PROFILE\0')) profile = true;
    else if (marker === 0xee && length >= 12 && hasText(bytes, at, 'Adobe')) adobeTransform = bytes[at + 11];
  });
  if (end.kind === 'cut') return truncated(`The JPEG ends inside its header, after ${bytes.length} bytes.`);
  if (end.kind === 'bad') return corrupt(end.what);
  // The closure above hides from the compiler that `frame` may have been set.
  const found = frame as { marker: number; at: number; length: number } | null;
  if (found === null) return corrupt('The JPEG has picture data but no frame header.');
  return readFrame(bytes, found.marker, found.at, found.length, { exif, profile, adobeTransform });
}

interface Gathered {
  readonly exif: Uint8Array | null;
  readonly profile: boolean;
  readonly adobeTransform: number;
}

function readFrame(
  bytes: Uint8Array,
  marker: number,
  at: number,
  length: number,
  { exif, profile, adobeTransform }: Gathered,
): Outcome<Header> {
  if (length < 6) return corrupt(`The JPEG's frame header has ${length} bytes, fewer than 6.`);
  const kind = exoticFrames.get(marker);
  if (kind !== undefined) return unsupported(`The file is ${kind}, which is not decoded.`, convert);
  const precision = bytes[at];
  if (precision !== 8) {
    return unsupported(`The JPEG has ${precision} bits a sample; 8 are decoded.`, convert);
  }
  const size = { width: u16be(bytes, at + 3), height: u16be(bytes, at + 1) };
  if (size.width === 0 || size.height === 0) {
    return corrupt(`The JPEG's header declares ${size.width} × ${size.height} pixels.`);
  }
  const components = bytes[at + 5];
  const mode = modes(components, adobeTransform);
  if (mode === null)
    return unsupported(`The JPEG has ${components} components; 1, 3 and 4 are known.`, convert);
  return succeeded({
    format: 'jpeg',
    size,
    mode,
    alpha: false,
    frames: 1,
    exif,
    orientation: readOrientation(exif),
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

type End =
  | { readonly kind: 'scan'; readonly at: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'bad'; readonly what: string };

/** Walks the marker segments up to the first scan. `visit` gets the marker and its payload, without the length. */
function walk(bytes: Uint8Array, visit: (marker: number, at: number, length: number) => void): End {
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
