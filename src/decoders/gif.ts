import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { decodeFrames } from './animated-image';
import { hasText, u16le } from './bytes';
import { corrupt, truncated } from './damage';
import { recoverInBrowser } from './recover-image';

/**
 * GIF (87a and 89a); frames are what is seen of them, on the full canvas.
 *
 * It is damaged when it ends inside a block; a frame whose LZW data ends before its pixels do is refused by the browser.
 */
export const gif: Decoder = {
  id: 'gif',
  label: 'GIF',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const walked = walk(bytes);
    if (!walked.ok) return walked;
    const { size, mode, frames, covers, transparent, xmp } = walked.value;
    return succeeded<Header>({
      format: 'gif',
      size,
      mode,
      alpha: transparent || !covers,
      frames,
      exif: null,
      xmp,
      iptc: null,
      orientation: 1, // XMP's is not applied: no viewer turns a GIF
      profile: false,
    });
  },
  findDamage(bytes) {
    const walked = walk(bytes);
    if (!walked.ok) return walked;
    return walked.value.cut ? truncated('The GIF ends inside a block: it was cut off.') : null;
  },
  decode: (bytes, header, request) =>
    decodeFrames({ type: 'image/gif', label: 'GIF', bytes, header, request }),
  recover: (bytes, header, request) =>
    recoverInBrowser({ type: 'image/gif', label: 'GIF', bytes, header, request }),
};

interface Walked {
  /** The logical screen, enlarged where the first frame reaches beyond it, as Pillow and browsers do. */
  readonly size: Size;
  readonly mode: StoredMode;
  readonly frames: number;
  /** True when the first frame covers the whole canvas. */
  readonly covers: boolean;
  /** True when the first frame has a transparent colour. */
  readonly transparent: boolean;
  /** True when the file ends inside a later block. */
  readonly cut: boolean;
  readonly xmp: Uint8Array | null;
}

/** Walks the blocks (GIF89a specification, appendix B) to the trailer, without decoding pixels. */
function walk(bytes: Uint8Array): Outcome<Walked> {
  if (bytes.length < 13) return truncated(`The GIF ends inside its header, after ${bytes.length} bytes.`);
  const globalPalette = paletteAt(bytes, 10, 13);
  let at = 13 + globalPalette.length;
  let first: FirstPicture | null = null;
  let xmp: Uint8Array | null = null;
  let frames = 0;
  let transparent = false;
  let cut = false;
  while (at < bytes.length && bytes[at] !== trailer) {
    if (bytes[at] === extension) {
      if (bytes[at + 1] === graphicControl && bytes[at + 2] >= 4) transparent = (bytes[at + 3] & 1) === 1;
      const end = skipBlocks(bytes, at + 2);
      if (end <= bytes.length) xmp ??= xmpIn(bytes, at, end);
      at = end;
    } else if (bytes[at] === imageSeparator) {
      if (at + 11 > bytes.length) {
        at = bytes.length + 1;
      } else {
        const localPalette = paletteAt(bytes, at + 9, at + 10);
        if (first === null) {
          const found = readFirst(
            bytes,
            at,
            localPalette.length > 0 ? localPalette : globalPalette,
            transparent,
          );
          if (!found.ok) return found;
          first = found.value;
        }
        at = skipBlocks(bytes, at + 11 + localPalette.length);
      }
      frames++;
    } else {
      // Junk behind the pictures is common and harmless; before the first it means that nothing can be trusted.
      if (first === null) return corrupt(`The GIF has an unknown block (${bytes[at]}) at byte ${at}.`);
      break;
    }
    if (at > bytes.length) {
      cut = true;
      break;
    }
  }
  if (first === null) {
    return at < bytes.length
      ? corrupt('The GIF has no picture.')
      : truncated('The GIF ends before its first picture.');
  }
  return succeeded({ ...first, frames, cut, xmp });
}

const trailer = 0x3b;
const extension = 0x21;
const imageSeparator = 0x2c;
const graphicControl = 0xf9;

type FirstPicture = Pick<Walked, 'size' | 'mode' | 'covers' | 'transparent'>;

function readFirst(
  bytes: Uint8Array,
  at: number,
  palette: Uint8Array,
  transparent: boolean,
): Outcome<FirstPicture> {
  const [left, top] = [u16le(bytes, at + 1), u16le(bytes, at + 3)];
  const frame = { width: u16le(bytes, at + 5), height: u16le(bytes, at + 7) };
  const screen = { width: u16le(bytes, 6), height: u16le(bytes, 8) };
  if (frame.width === 0 || frame.height === 0) {
    return corrupt(`The GIF's first picture declares ${frame.width} × ${frame.height} pixels.`);
  }
  const size = {
    width: Math.max(screen.width, left + frame.width),
    height: Math.max(screen.height, top + frame.height),
  };
  const covers = frame.width === size.width && frame.height === size.height;
  return succeeded({ size, mode: isGreyRamp(palette) ? 'L' : 'P', covers, transparent });
}

/** The colours that the flags at `flagsAt` announce, cut where the file ends; empty when there are none. */
function paletteAt(bytes: Uint8Array, flagsAt: number, at: number): Uint8Array {
  const flags = bytes[flagsAt];
  return flags & 0x80 ? bytes.subarray(at, at + 3 * (2 << (flags & 7))) : bytes.subarray(0, 0);
}

/** Pillow calls a picture whose colour n is grey n, or that has no colours, greyscale. */
function isGreyRamp(palette: Uint8Array): boolean {
  return palette.every((value, i) => value === Math.floor(i / 3));
}

/**
 * The XMP packet of an application extension from `at` to `end` (XMP Specification part 3, 1.1.2): it is not cut into blocks, and
 * 257 bytes behind it lead whoever reads it as blocks to the terminator. Some writers make blocks of it all the same.
 */
function xmpIn(bytes: Uint8Array, at: number, end: number): Uint8Array | null {
  if (!hasText(bytes, at + 1, '\xff\x0bXMP DataXMP')) return null;
  const start = at + 14;
  const bare = bytes[start] === 0x3c || bytes[start] === 0xef; // `<`, or a byte order mark
  if (bare) return bytes.subarray(start, Math.max(start, end - magicTrailer));
  const packet = new Uint8Array(end - start);
  let length = 0;
  for (let block = start; bytes[block] > 0 && block < end; block += 1 + bytes[block]) {
    packet.set(bytes.subarray(block + 1, Math.min(end, block + 1 + bytes[block])), length);
    length += bytes[block];
  }
  return packet.subarray(0, length);
}

/** Its 257 bytes and the terminator. */
const magicTrailer = 258;

/** The position behind a chain of data blocks, or one beyond the end of the file when the chain is cut. */
function skipBlocks(bytes: Uint8Array, at: number): number {
  while (at < bytes.length) {
    const length = bytes[at++];
    if (length === 0) return at;
    at += length;
  }
  return bytes.length + 1;
}
