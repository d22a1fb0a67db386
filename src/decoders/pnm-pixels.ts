import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { corrupt, truncated } from './damage';
import { type Samples, scaleSamples } from './scale-samples';
import { decodeStill, eightBits, keepRows, type Mending, padded } from './still';

/** What a netpbm header says. */
export interface Pnm {
  /** `bits` are eight to a byte, 1 is black; `text` is decimal numbers, in a bitmap 0 and 1 of which 1 is black. */
  readonly coding: 'text' | 'bits' | 'bytes' | 'words' | 'floats';
  readonly size: Size;
  readonly channels: 1 | 2 | 3 | 4;
  /** The number that is white; 1 for floats. */
  readonly white: number;
  /** True for P1 and P4, where 1 is black. */
  readonly bitmap: boolean;
  /** True for floats of which the first byte is the least. */
  readonly little: boolean;
  /** Where the samples are. */
  readonly start: number;
  /** The fewest bytes that all samples take. */
  readonly least: number;
}

/**
 * Draws a netpbm picture or a PFM, whose scale's size is not applied: it names a unit of light, not what is white. Of a
 * damaged one the whole rows are recovered that stand before what is missing.
 */
export function drawPnm(
  bytes: Uint8Array,
  pnm: Pnm,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const { size, channels, white, start, least, coding } = pnm;
    const recover = mending === 'recover';
    const whole = recover && coding !== 'text' ? padded(bytes, start + least) : bytes;
    const read = coding === 'text' ? readText(bytes, pnm) : { samples: readRaw(whole, pnm), wrong: null };
    if (read.wrong !== null && !recover) return read.wrong;
    const layout = { ...size, channels, white };
    const deep = pnm.coding === 'floats' || white > 255;
    const pixels = deep ? scaleSamples(read.samples, layout, request) : eightBits(read.samples, layout);
    if (!recover) return succeeded(pixels);
    const had =
      'count' in read ? read.count / (size.width * channels) : (bytes.length - start) / (least / size.height);
    const rows = Math.min(size.height, Math.floor(had));
    return coding === 'floats'
      ? keepRows(pixels, size.height - rows, size.height, 'PFM')
      : keepRows(pixels, 0, rows, 'PNM');
  };
  return decodeStill(header, request, draw, mending);
}

function readRaw(bytes: Uint8Array, { coding, size, channels, start, little }: Pnm): Samples {
  const { width, height } = size;
  const row = width * channels;
  const count = row * height;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  if (coding === 'bits') {
    const samples = new Uint8Array(count);
    const rowBytes = Math.ceil(width / 8);
    for (let y = 0, to = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        samples[to++] = ~(bytes[start + y * rowBytes + (x >> 3)] >> (7 - (x & 7))) & 1;
    return samples;
  }
  if (coding === 'bytes') return bytes.subarray(start, start + count);
  if (coding === 'words') return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i));
  // The rows of a PFM run from the bottom up.
  const samples = new Float32Array(count);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < row; x++)
      samples[y * row + x] = view.getFloat32(4 * ((height - 1 - y) * row + x), little);
  return samples;
}

/** What was read of a text, how many samples, and what is wrong with the next one. */
interface TextSamples {
  readonly samples: Samples;
  readonly count: number;
  readonly wrong: Outcome<never> | null;
}

/** Reads decimal numbers, and a bitmap's digits, which need nothing between them. */
function readText(bytes: Uint8Array, { size, channels, start, bitmap, white }: Pnm): TextSamples {
  const samples = new Uint16Array(size.width * size.height * channels);
  let at = start;
  // A number that the file ends in may have lost digits.
  let touching = 0;
  const upTo = (count: number, wrong: Outcome<never> | null) => ({ samples, count: count - touching, wrong });
  for (let i = 0; i < samples.length; i++) {
    while (at < bytes.length && !isDigit(bytes[at])) {
      if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
      else if (bytes[at] === 32 || (bytes[at] >= 9 && bytes[at] <= 13)) at++;
      else return upTo(i, corrupt(`The PNM has a byte ${bytes[at]} among its numbers, at ${at}.`));
    }
    if (at >= bytes.length)
      return upTo(i, truncated(`The PNM ends after ${i} of ${samples.length} numbers.`));
    let value = bytes[at++] - 0x30;
    if (bitmap) {
      if (value > 1) return upTo(i, corrupt(`The bitmap has the digit ${value}, at byte ${at - 1}.`));
      value = 1 - value;
    } else {
      while (at < bytes.length && isDigit(bytes[at])) value = value * 10 + bytes[at++] - 0x30;
      if (value > white)
        return upTo(i, corrupt(`The PNM has the number ${value}, above its largest, ${white}.`));
    }
    samples[i] = value;
    if (at >= bytes.length && !bitmap) touching = 1;
  }
  return upTo(samples.length, null);
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
