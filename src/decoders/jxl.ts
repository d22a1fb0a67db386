import { type Outcome, succeeded } from '../core/failure';
import type { Header, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { type Box, boxesIn, boxNamed } from './boxes';
import { u32be } from './bytes';
import { corrupt, truncated } from './damage';
import { type JxlHeader, readJxlHeader } from './jxl-header';

/** JPEG XL (ISO/IEC 18181), as a bare codestream or in its container. */
export const jxl: Decoder = {
  id: 'jxl',
  label: 'JPEG XL',
  reduces: 'averaged',
  heavy: () => true,
  readHeader,
  findDamage(bytes) {
    return isContainer(bytes) && boxesIn(bytes, 0, bytes.length).some((box) => box.cut)
      ? truncated('The JPEG XL ends inside a box: it was cut off.')
      : null;
  },
  async countFrames(bytes, header) {
    const codestream = isContainer(bytes) ? codestreamIn(bytes, boxesIn(bytes, 0, bytes.length)) : bytes;
    if (codestream === null || readJxlHeader(codestream)?.animated !== true) return succeeded(header.frames);
    const { countJxlFrames } = await import('./jxl-vips');
    return countJxlFrames(bytes);
  },
  async decode(bytes, header, request) {
    const { decodeJxl } = await import('./jxl-vips');
    return decodeJxl(bytes, header, request);
  },
};

function readHeader(bytes: Uint8Array): Outcome<Header> {
  const boxes = isContainer(bytes) ? boxesIn(bytes, 0, bytes.length) : null;
  const codestream = boxes === null ? bytes : codestreamIn(bytes, boxes);
  if (codestream === null) return truncated('The JPEG XL ends before its picture data (jxlc).');
  const header = readJxlHeader(codestream);
  if (header === null) {
    return codestream.length < 64
      ? truncated(`The JPEG XL ends inside its header, after ${bytes.length} bytes.`)
      : corrupt('The JPEG XL has no codestream where its container says.');
  }
  return succeeded({
    format: 'jxl',
    size: header.size,
    mode: modeOf(header),
    alpha: header.alpha,
    // How many follow an animation's first is known only behind the last: countFrames tells.
    frames: 1,
    exif: boxes === null ? null : exifIn(bytes, boxes),
    xmp: null,
    iptc: null,
    // The codestream's orientation alone is shown; EXIF's is for information (ISO/IEC 18181-2).
    orientation: header.orientation,
    // The decoder describes every picture's colours by a profile.
    profile: true,
  });
}

const isContainer = (bytes: Uint8Array) => bytes[0] === 0;

/** The codestream, or its first part, which holds the header. */
function codestreamIn(bytes: Uint8Array, boxes: readonly Box[]): Uint8Array | null {
  const whole = boxNamed(boxes, 'jxlc');
  if (whole !== null) return bytes.subarray(whole.start, whole.end);
  const part = boxNamed(boxes, 'jxlp'); // begins with its number
  return part === null ? null : bytes.subarray(part.start + 4, part.end);
}

function exifIn(bytes: Uint8Array, boxes: readonly Box[]): Uint8Array | null {
  const box = boxNamed(boxes, 'Exif');
  if (box === null) return null;
  // Four bytes tell how far the TIFF header is behind them.
  const start = box.start + 4 + u32be(bytes, box.start);
  return start < box.end ? bytes.subarray(start, box.end) : null;
}

function modeOf({ bits, float, grey, alpha }: JxlHeader): StoredMode {
  if (grey) {
    if (alpha) return bits > 8 ? 'LA;16' : 'LA';
    return float ? 'F' : bits > 8 ? 'I;16' : 'L';
  }
  if (float) return alpha ? 'RGBA;F' : 'RGB;F';
  if (bits <= 8) return alpha ? 'RGBA' : 'RGB';
  if (alpha) return 'RGBA;16';
  return bits === 10 ? 'RGB;10' : bits === 12 ? 'RGB;12' : 'RGB;16';
}
