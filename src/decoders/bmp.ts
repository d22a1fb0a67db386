import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { decodeInBrowser } from './browser-image';
import { u16le, u32le } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import { recoverInBrowser } from './recover-image';

/**
 * Windows and OS/2 bitmaps, from BITMAPCOREHEADER to BITMAPV5HEADER, plain or run-length encoded.
 *
 * It is damaged when it has fewer bytes than its rows need, or its run-length data ends before they do.
 */
export const bmp: Decoder = {
  id: 'bmp',
  label: 'BMP',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const dib = readDib(bytes, fileHeader);
    if (!dib.ok) return dib;
    const { size, alphaMask, profile } = dib.value;
    return succeeded<Header>({
      format: 'bmp',
      size,
      mode: modeOf(bytes, dib.value),
      alpha: alphaMask !== 0,
      frames: 1,
      exif: null,
      xmp: null,
      iptc: null,
      orientation: 1,
      profile,
    });
  },
  findDamage(bytes) {
    const dib = readDib(bytes, fileHeader);
    if (!dib.ok) return dib;
    const { size, bits, compression } = dib.value;
    const start = u32le(bytes, 10);
    if (start > bytes.length) return truncated(`The BMP's pixels begin at byte ${start} of ${bytes.length}.`);
    if (compression === rle8 || compression === rle4) {
      const whole = runsToEnd(bytes, start, size, compression === rle4);
      return whole ? null : truncated('The BMP’s run-length data ends before the picture does.');
    }
    // The last row may lack the padding to four bytes.
    const row = 4 * Math.ceil((size.width * bits) / 32);
    const wanted = start + row * (size.height - 1) + Math.ceil((size.width * bits) / 8);
    if (wanted <= bytes.length) return null;
    return truncated(
      `The BMP's ${size.width} × ${size.height} pixels need ${wanted} bytes; it has ${bytes.length}.`,
    );
  },
  decode: (bytes, header, request) =>
    decodeInBrowser({ type: 'image/bmp', label: 'BMP', bytes, header, request }),
  recover: (bytes, header, request) =>
    recoverInBrowser({ type: 'image/bmp', label: 'BMP', bytes, header, request }),
};

/** BITMAPFILEHEADER's length. */
const fileHeader = 14;
const [rle8, rle4, bitFields, embeddedJpeg, embeddedPng, alphaBitFields] = [1, 2, 3, 4, 5, 6];

/** What a device-independent bitmap's own header says. */
export interface Dib {
  readonly size: Size;
  /** Bits a pixel: 1, 4, 8, 16, 24 or 32. */
  readonly bits: number;
  readonly compression: number;
  readonly alphaMask: number;
  readonly profile: boolean;
  /** Where the palette is. */
  readonly paletteAt: number;
  readonly colours: number;
  /** 3 in the oldest header, else 4. */
  readonly bytesPerColour: 3 | 4;
}

/** Reads the bitmap header at `at`. An icon's declares twice the height: picture and mask. */
export function readDib(bytes: Uint8Array, at: number): Outcome<Dib> {
  const length = u32le(bytes, at);
  if (bytes.length < at + Math.min(length, 16)) {
    return truncated(`The bitmap ends inside its header, after ${bytes.length} bytes.`);
  }
  if (length !== 12 && (length < 16 || length > 124)) {
    return corrupt(`The bitmap declares a header of ${length} bytes; 12 to 124 are known.`);
  }
  const core = length === 12;
  const has = (offset: number) => length >= offset + 4;
  const field = (offset: number) => (has(offset) ? u32le(bytes, at + offset) : 0);
  const width = core ? u16le(bytes, at + 4) : u32le(bytes, at + 4) | 0;
  const height = Math.abs(core ? u16le(bytes, at + 6) : u32le(bytes, at + 8) | 0); // negative: top row first
  const bits = u16le(bytes, at + (core ? 10 : 14));
  if (width <= 0 || height === 0) return corrupt(`The bitmap's header declares ${width} × ${height} pixels.`);
  const compression = field(16);
  if (compression === embeddedJpeg || compression === embeddedPng) {
    const inner = compression === embeddedJpeg ? 'a JPEG' : 'a PNG';
    return unsupported(
      `The bitmap holds ${inner} (compression ${compression}), which browsers do not decode.`,
      way,
    );
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    if (bits === 2) return unsupported('The bitmap has 2 bits a pixel, which browsers do not decode.', way);
    return corrupt(`The bitmap declares ${bits} bits a pixel; 1, 4, 8, 16, 24 and 32 are known.`);
  }
  const masked = compression === bitFields || compression === alphaBitFields;
  if (compression > alphaBitFields || (masked && bits < 16)) {
    return unsupported(`The bitmap has compression ${compression} with ${bits} bits a pixel.`, way);
  }
  const declared = field(32);
  const colours = bits > 8 ? 0 : declared === 0 ? 2 ** bits : declared;
  if (colours > 256) {
    return corrupt(`The bitmap declares a palette of ${declared} colours; 256 are the most.`);
  }
  // The fourth mask is a field of the longer headers, and stands behind the old one when the compression says so.
  const hasAlphaMask = compression === alphaBitFields || (compression === bitFields && has(52));
  return succeeded<Dib>({
    size: { width, height },
    bits,
    compression,
    alphaMask: hasAlphaMask ? u32le(bytes, at + 52) : 0,
    profile: has(56) && u32le(bytes, at + 56) === embeddedProfile,
    paletteAt: at + length, // masks behind an old header come with depths that have no palette
    colours,
    bytesPerColour: core ? 3 : 4,
  });
}

const way = 'Save it as PNG.';

/** `MBED`: the colour space of BITMAPV5HEADER that says an ICC profile follows. */
const embeddedProfile = 0x4d424544;

function modeOf(bytes: Uint8Array, dib: Dib): StoredMode {
  if (dib.bits > 8) return dib.alphaMask !== 0 ? 'RGBA' : 'RGB';
  // Pillow calls a palette of black and white '1', and one whose colour n is grey n 'L'.
  for (let i = 0; i < dib.colours; i++) {
    const grey = dib.colours === 2 ? i * 255 : i;
    const at = dib.paletteAt + i * dib.bytesPerColour;
    if (bytes[at] !== grey || bytes[at + 1] !== grey || bytes[at + 2] !== grey) return 'P';
  }
  return dib.colours === 2 ? '1' : 'L';
}

/** True when run-length data fills the picture ("Bitmap Compression", Windows GDI). */
function runsToEnd(bytes: Uint8Array, at: number, size: Size, nibbles: boolean): boolean {
  let [x, y] = [0, 0];
  while (at + 2 <= bytes.length) {
    const count = bytes[at];
    const value = bytes[at + 1];
    at += 2;
    if (count > 0) x += count;
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1)
      return false; // the end, with rows missing
    else if (value === 2) {
      x += bytes[at];
      y += bytes[at + 1];
      at += 2;
    } else {
      x += value;
      const literal = nibbles ? (value + 1) >> 1 : value;
      at += literal + (literal & 1);
    }
    if (at <= bytes.length && (y >= size.height || (y === size.height - 1 && x >= size.width))) return true;
  }
  return false;
}
