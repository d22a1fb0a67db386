import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, Size, StoredMode } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16le, u32le } from './bytes';
import { scaleSamples } from './scale-samples';
import { decodeStill, divideByAlpha, keepRows, type Mending, padded } from './still';

/** How a surface's pixels are stored. */
export type DdsCoding =
  | { readonly kind: 'blocks'; readonly block: 'bc1' | 'bc2' | 'bc3' | 'bc4' | 'bc5' }
  /** Little-endian numbers of which each channel has the bits of its mask: red, green, blue, alpha. */
  | {
      readonly kind: 'masks';
      readonly bytesPerPixel: number;
      readonly masks: readonly number[];
      readonly grey: boolean;
    }
  /** RGBA, each channel a number of this type. */
  | { readonly kind: 'deep'; readonly bytesPerPixel: number; readonly type: 'half' | 'float' | 'word' };

/** What a surface's header says. */
export interface Dds {
  readonly size: Size;
  readonly coding: DdsCoding;
  readonly mode: StoredMode;
  readonly alpha: boolean;
  /** True when colours are multiplied by alpha: DXT2 and DXT4. */
  readonly premultiplied: boolean;
  readonly start: number;
}

/** Draws a DirectDraw surface. Fractions are cut as Pillow cuts them. Of one that is cut off the whole rows are recovered. */
export function drawDds(
  file: Uint8Array,
  dds: Dds,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const bytes = mending === 'recover' ? padded(file, endOfSurface(dds)) : file;
    const { coding, size } = dds;
    if (coding.kind === 'deep') return succeeded(drawDeep(bytes, dds, coding.type, request));
    const data = new Uint8ClampedArray(size.width * size.height * 4);
    if (coding.kind === 'masks') drawMasked(bytes, dds, coding, data);
    else drawBlocks(bytes, dds, coding.block, data);
    if (dds.premultiplied) divideByAlpha(data, 255);
    return succeeded({ ...size, channels: 4, data });
  };
  const recover = (): Outcome<Pixels> => {
    const drawn = draw();
    return drawn.ok ? keepRows(drawn.value, 0, rowsIn(file.length, dds), 'DDS') : drawn;
  };
  return decodeStill(header, request, mending === 'recover' ? recover : draw, mending);
}

/** Where the pixels end. */
function endOfSurface({ size, start, coding }: Dds): number {
  return start + Math.ceil(size.height / rowsOf(coding)) * bytesOfRows(size.width, coding);
}

/** Rows of which a file of `length` bytes has every pixel. */
function rowsIn(length: number, { size, start, coding }: Dds): number {
  const rows = Math.floor((length - start) / bytesOfRows(size.width, coding)) * rowsOf(coding);
  return Math.min(size.height, rows);
}

/** Rows that are stored together. */
const rowsOf = (coding: DdsCoding) => (coding.kind === 'blocks' ? 4 : 1);

function bytesOfRows(width: number, coding: DdsCoding): number {
  if (coding.kind !== 'blocks') return width * coding.bytesPerPixel;
  return Math.ceil(width / 4) * (coding.block === 'bc1' || coding.block === 'bc4' ? 8 : 16);
}

type Masks = Extract<DdsCoding, { readonly kind: 'masks' }>;

function drawMasked(bytes: Uint8Array, { start }: Dds, coding: Masks, data: Uint8ClampedArray): void {
  const channels = coding.masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask >>> shift };
  });
  for (let at = start, to = 0; to < data.length; at += coding.bytesPerPixel, to += 4) {
    let value = 0;
    for (let i = coding.bytesPerPixel - 1; i >= 0; i--) value = (value << 8) | bytes[at + i];
    for (let i = 0; i < 4; i++) {
      const { mask, shift, most } = channels[i];
      data[to + i] = mask === 0 ? (i === 3 ? 255 : 0) : Math.trunc((((value & mask) >>> shift) / most) * 255);
    }
  }
}

function drawDeep(
  bytes: Uint8Array,
  { size, start }: Dds,
  type: 'half' | 'float' | 'word',
  request: DecodeRequest,
): Pixels {
  const count = size.width * size.height * 4;
  const layout = { ...size, channels: 4 } as const;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  if (type === 'word') {
    const samples = Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
    return scaleSamples(samples, layout, request);
  }
  const samples = new Float32Array(count);
  for (let i = 0; i < count; i++)
    samples[i] = type === 'float' ? view.getFloat32(4 * i, true) : halfToNumber(view.getUint16(2 * i, true));
  return scaleSamples(samples, layout, request);
}

/** A binary16 of IEEE 754 as a number. */
function halfToNumber(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half > 0x7fff ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Blocks of 4 × 4 pixels (Microsoft, "Texture Block Compression in Direct3D 11"), of which the edges may hang over. */
function drawBlocks(
  bytes: Uint8Array,
  { size, start }: Dds,
  block: 'bc1' | 'bc2' | 'bc3' | 'bc4' | 'bc5',
  data: Uint8ClampedArray,
): void {
  const pixels = new Uint8Array(64);
  let at = start;
  for (let top = 0; top < size.height; top += 4) {
    for (let left = 0; left < size.width; left += 4) {
      pixels.fill(255);
      if (block === 'bc4' || block === 'bc5') {
        readRamp(bytes, at, pixels, 0);
        if (block === 'bc5') readRamp(bytes, at + 8, pixels, 1);
        for (let i = 0; i < 64; i += 4) {
          if (block === 'bc4') pixels[i + 1] = pixels[i];
          pixels[i + 2] = block === 'bc4' ? pixels[i] : 0;
        }
      } else if (block === 'bc1') readColours(bytes, at, pixels, false);
      else {
        readColours(bytes, at + 8, pixels, true);
        if (block === 'bc3') readRamp(bytes, at, pixels, 3);
        else
          for (let i = 0; i < 16; i++)
            pixels[4 * i + 3] = ((bytes[at + (i >> 1)] >> (4 * (i & 1))) & 15) * 17;
      }
      at += block === 'bc1' || block === 'bc4' ? 8 : 16;
      const columns = Math.min(4, size.width - left);
      for (let y = 0; y < 4 && top + y < size.height; y++) {
        const row = pixels.subarray(16 * y, 16 * y + 4 * columns);
        data.set(row, 4 * ((top + y) * size.width + left));
      }
    }
  }
}

/** Two colours and two between them; or one between and transparent black, when the first is not the larger and may be so. */
function readColours(bytes: Uint8Array, at: number, pixels: Uint8Array, opaque: boolean): void {
  const [first, second] = [u16le(bytes, at), u16le(bytes, at + 2)];
  const four = opaque || first > second;
  const [a, b] = [wide(first), wide(second)];
  const between = (i: number, near: number, far: number) =>
    four ? Math.trunc((near * a[i] + far * b[i]) / 3) : (a[i] + b[i]) >> 1;
  const third = [0, 1, 2].map((i) => between(i, 2, 1));
  const fourth = four ? [0, 1, 2].map((i) => between(i, 1, 2)) : [0, 0, 0];
  const palette = [
    [...a, 255],
    [...b, 255],
    [...third, 255],
    [...fourth, four ? 255 : 0],
  ];
  const indexes = u32le(bytes, at + 4);
  for (let i = 0; i < 16; i++) pixels.set(palette[(indexes >>> (2 * i)) & 3], 4 * i);
}

/** A colour of 5, 6 and 5 bits with its high bits repeated below. */
const wide = (value: number) => {
  const [red, green, blue] = [value >> 11, (value >> 5) & 63, value & 31];
  return [(red << 3) | (red >> 2), (green << 2) | (green >> 4), (blue << 3) | (blue >> 2)];
};

/** Two values and six between them; or four between, 0 and 255, when the first is not the larger. */
function readRamp(bytes: Uint8Array, at: number, pixels: Uint8Array, channel: number): void {
  const [a, b] = [bytes[at], bytes[at + 1]];
  const steps = a > b ? 7 : 5;
  const ramp = [a, b];
  for (let i = 1; i < steps; i++) ramp.push(Math.trunc(((steps - i) * a + i * b) / steps));
  if (steps === 5) ramp.push(0, 255);
  for (let i = 0; i < 16; i++) {
    const bit = 3 * i;
    const pair = bytes[at + 2 + (bit >> 3)] | ((bytes[at + 3 + (bit >> 3)] ?? 0) << 8);
    pixels[4 * i + channel] = ramp[(pair >> (bit & 7)) & 7];
  }
}
