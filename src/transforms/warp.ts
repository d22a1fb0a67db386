import { z } from 'zod';
import { blank, isDeep, type Pixels, type Size } from '../core/image';
import { knob } from '../core/knobs';
import { luma, parseColour } from './colour';

/**
 * Where an output position comes from: with (x, y) the centre of an output pixel and w = g·x + h·y + i, the input
 * position is ((a·x + b·y + c) / w, (d·x + e·y + f) / w), in the order a, b, c, d, e, f, g, h, i. Where w is not above 0
 * there is nothing. Without g, h and i they are 0, 0 and 1.
 */
export type Matrix =
  | readonly [number, number, number, number, number, number, number, number, number]
  | readonly [number, number, number, number, number, number];

/** The knobs of every step that moves pixels and so brings in what lies outside the picture. */
export const outside = {
  edges: knob(z.enum(['fill', 'edge', 'mirror']), 'fill', {
    label: 'Edges',
    help: 'What comes in from outside. fill: the colour; edge: the last pixel, repeated; mirror: the picture, mirrored.',
  }),
  fill: knob(z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #ffffff'), '#000000', {
    label: 'Fill',
    help: 'Colour of what comes in from outside.',
  }),
};

/** The values of {@link outside}. */
export interface Outside {
  readonly edges: 'fill' | 'edge' | 'mirror';
  readonly fill: string;
}

/**
 * Moves pixels with bilinear interpolation, keeping the size. Source: Pillow 12's `Image.transform` with `AFFINE` or
 * `PERSPECTIVE` and `BILINEAR`, that is `bilinear_filter8` in `src/libImaging/Geometry.c`: doubles, cut (not rounded) to
 * 8 bits; of deep pixels `bilinear_filter32F`, rounded to float32.
 */
export function warp<P extends Pixels>(raster: P, matrix: Matrix, { edges, fill }: Outside): P {
  const { width, height, channels, data } = raster;
  const [red, green, blue] = parseColour(fill);
  const colour = channels === 1 ? [luma(red, green, blue)] : [red, green, blue];
  const result = blank(raster, { width, height }, channels);
  // Each class of array has a loop of its own, or the loop would ask of every value of what class it is.
  if (isDeep(raster) && isDeep(result)) warpAny(raster, raster.data, result.data, matrix, edges, colour);
  else {
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const out = new Uint8Array(result.data.buffer);
    if (channels === 3 && matrix.length === 6) warpColour(raster, pixels, out, matrix, edges, colour);
    else warpAny(raster, pixels, out, matrix, edges, colour);
  }
  return result;
}

/** The usual case, 8-bit colours without perspective: the same sums, in a shorter loop where all four pixels lie within. */
function warpColour(
  raster: Size,
  pixels: Uint8Array,
  out: Uint8Array,
  matrix: Matrix,
  edges: Outside['edges'],
  colour: readonly number[],
): void {
  const { width, height } = raster;
  const [a, b, c, d, e, f] = matrix;
  const rowLength = width * 3;
  let to = 0;
  for (let row = 0; row < height; row++) {
    const fromX = b * (row + 0.5);
    const fromY = e * (row + 0.5);
    for (let column = 0; column < width; column++, to += 3) {
      const inX = a * (column + 0.5) + fromX + c;
      const inY = d * (column + 0.5) + fromY + f;
      const atX = inX - 0.5;
      const atY = inY - 0.5;
      if (!(atX >= 0 && atX < width - 1 && atY >= 0 && atY < height - 1)) {
        warpPixel(raster, 3, pixels, out, to, inX, inY, edges, colour);
        continue;
      }
      const x = atX | 0;
      const y = atY | 0;
      const dx = atX - x;
      const dy = atY - y;
      const upper = y * rowLength + x * 3;
      const lower = upper + rowLength;
      for (let at = 0; at < 3; at++) {
        const high = pixels[upper + at];
        const low = pixels[lower + at];
        const above = high + (pixels[upper + at + 3] - high) * dx;
        const below = low + (pixels[lower + at + 3] - low) * dx;
        out[to + at] = above + (below - above) * dy;
      }
    }
  }
}

function warpAny<A extends Uint8Array | Float32Array>(
  raster: Pick<Pixels, 'width' | 'height' | 'channels'>,
  pixels: A,
  out: A,
  [a, b, c, d, e, f, g = 0, h = 0, i = 1]: Matrix,
  edges: Outside['edges'],
  colour: readonly number[],
): void {
  const { width, height, channels } = raster;
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += channels) {
      const divisor = g * (column + 0.5) + h * (row + 0.5) + i;
      // Behind the vanishing line there is nothing, whatever the edges are.
      warpPixel(
        raster, channels, pixels, out, to,
        (a * (column + 0.5) + b * (row + 0.5) + c) / divisor,
        (d * (column + 0.5) + e * (row + 0.5) + f) / divisor,
        divisor <= 0 ? 'nothing' : edges, colour,
      ); // biome-ignore format: a table
    }
  }
}

/** Takes one output pixel, at `to`, from an input position, or from what the edges say where that lies outside. */
function warpPixel<A extends Uint8Array | Float32Array>(
  { width, height }: Size,
  channels: number,
  pixels: A,
  out: A,
  to: number,
  inX: number,
  inY: number,
  edges: Outside['edges'] | 'nothing',
  colour: readonly number[],
): void {
  const outside = !(inX >= 0 && inX < width && inY >= 0 && inY < height);
  if (edges === 'nothing' || (outside && edges === 'fill')) {
    for (let channel = 0; channel < channels; channel++) out[to + channel] = colour[channel];
    return;
  }
  const fromX = outside && edges === 'mirror' ? mirrored(inX, width) : inX;
  const fromY = outside && edges === 'mirror' ? mirrored(inY, height) : inY;
  const x = Math.floor(fromX - 0.5);
  const y = Math.floor(fromY - 0.5);
  const dx = fromX - 0.5 - x;
  const dy = fromY - 0.5 - y;
  const left = Math.min(Math.max(x, 0), width - 1) * channels;
  const right = Math.min(Math.max(x + 1, 0), width - 1) * channels;
  const upper = Math.min(Math.max(y, 0), height - 1) * width * channels;
  const lower = Math.min(Math.max(y + 1, 0), height - 1) * width * channels;
  for (let channel = 0; channel < channels; channel++) {
    const high = pixels[upper + left + channel];
    const low = pixels[lower + left + channel];
    const above = high + (pixels[upper + right + channel] - high) * dx;
    const below = low + (pixels[lower + right + channel] - low) * dx;
    out[to + channel] = above + (below - above) * dy; // storing to 8 bits cuts the fraction, as Pillow does
  }
}

/** Folds a position back into the picture, which repeats mirrored for ever. */
function mirrored(at: number, length: number): number {
  const period = 2 * length;
  const within = ((at % period) + period) % period;
  return within < length ? within : period - within;
}
