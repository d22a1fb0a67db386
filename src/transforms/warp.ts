import { z } from 'zod';
import { blank, isDeep, type Pixels } from '../core/image';
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
  const pixels = isDeep(raster) ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const [a, b, c, d, e, f, g = 0, h = 0, i = 1] = matrix;
  const [red, green, blue] = parseColour(fill);
  const colour = channels === 1 ? [luma(red, green, blue)] : [red, green, blue];
  const result = blank(raster, { width, height }, channels);
  const out = result.data;
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += channels) {
      const divisor = g * (column + 0.5) + h * (row + 0.5) + i;
      let inX = (a * (column + 0.5) + b * (row + 0.5) + c) / divisor;
      let inY = (d * (column + 0.5) + e * (row + 0.5) + f) / divisor;
      // Behind the vanishing line there is nothing, whatever the edges are.
      if (divisor <= 0 || !(inX >= 0 && inX < width && inY >= 0 && inY < height)) {
        if (edges === 'fill' || divisor <= 0) {
          for (let channel = 0; channel < channels; channel++) out[to + channel] = colour[channel];
          continue;
        }
        inX = edges === 'edge' ? inX : mirrored(inX, width);
        inY = edges === 'edge' ? inY : mirrored(inY, height);
      }
      const x = Math.floor(inX - 0.5);
      const y = Math.floor(inY - 0.5);
      const dx = inX - 0.5 - x;
      const dy = inY - 0.5 - y;
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
  }
  return result;
}

/** Folds a position back into the picture, which repeats mirrored for ever. */
function mirrored(at: number, length: number): number {
  const period = 2 * length;
  const within = ((at % period) + period) % period;
  return within < length ? within : period - within;
}
