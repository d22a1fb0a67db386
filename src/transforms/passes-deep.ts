import type { Pixels } from '../core/image';
import type { Box } from '../core/plugin';
import type { Weights } from './weights';

/**
 * Resamples rows `[firstRow, endRow)` of pixels across, to `columns.first.length` deep pixels each: sums in double,
 * rounded once to float32, nothing clipped. Of four channels the fourth is passed over. Source:
 * `ImagingResampleHorizontal_32bpc` in Pillow's `Resample.c`, of mode F.
 */
export function resampleDeepAcross(
  { width, channels, data }: Pixels,
  firstRow: number,
  endRow: number,
  columns: Weights<Float64Array>,
): Float32Array {
  return channels === 1
    ? acrossGrey(data, width, firstRow, endRow, columns)
    : acrossColour(data, width, channels, firstRow, endRow, columns);
}

function acrossColour(
  pixels: Pixels['data'],
  width: number,
  step: number,
  firstRow: number,
  endRow: number,
  { first, count, values, stride }: Weights<Float64Array>,
): Float32Array {
  const outWidth = first.length;
  const out = new Float32Array((endRow - firstRow) * outWidth * 3);
  let to = 0;
  for (let y = firstRow; y < endRow; y++) {
    const row = y * width * step;
    for (let x = 0; x < outWidth; x++, to += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = row + first[x] * step;
      const end = x * stride + count[x];
      for (let j = x * stride; j < end; j++, at += step) {
        const weight = values[j];
        red += pixels[at] * weight;
        green += pixels[at + 1] * weight;
        blue += pixels[at + 2] * weight;
      }
      out[to] = red;
      out[to + 1] = green;
      out[to + 2] = blue;
    }
  }
  return out;
}

function acrossGrey(
  pixels: Pixels['data'],
  width: number,
  firstRow: number,
  endRow: number,
  { first, count, values, stride }: Weights<Float64Array>,
): Float32Array {
  const outWidth = first.length;
  const out = new Float32Array((endRow - firstRow) * outWidth);
  let to = 0;
  for (let y = firstRow; y < endRow; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      let at = y * width + first[x];
      const end = x * stride + count[x];
      for (let j = x * stride; j < end; j++, at++) sum += pixels[at] * values[j];
      out[to++] = sum;
    }
  }
  return out;
}

/**
 * Resamples deep pixels down: `pixels` holds rows of `rowLength` values, the first of them row `firstRow` of the
 * picture. Source: `ImagingResampleVertical_32bpc` in Pillow's `Resample.c`, of mode F.
 */
export function resampleDeepDown(
  pixels: Float32Array,
  rowLength: number,
  firstRow: number,
  { first, count, values, stride }: Weights<Float64Array>,
): Float32Array {
  const height = first.length;
  const out = new Float32Array(height * rowLength);
  const sums = new Float64Array(rowLength);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let j = 0; j < count[y]; j++) {
      const weight = values[y * stride + j];
      const row = (first[y] - firstRow + j) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] += pixels[row + x] * weight;
    }
    out.set(sums, y * rowLength);
  }
  return out;
}

/**
 * Does both passes with weights whose positions count from the box's left top, and takes nothing from beyond the box: float32 where
 * `deep` says so, else rounded to 8 bits at the end, ties to even, clipped.
 */
export function resampleWeighted(
  source: Pixels,
  { left, top }: Box,
  columns: Weights<Float64Array>,
  rows: Weights<Float64Array>,
  deep: boolean,
): Pixels {
  const width = columns.first.length;
  const height = rows.first.length;
  const channels = source.channels === 1 ? 1 : 3;
  const firstRow = top + rows.first[0];
  const endRow = top + rows.first[height - 1] + rows.count[height - 1];
  const between = resampleDeepAcross(source, firstRow, endRow, shifted(columns, left));
  const data = resampleDeepDown(between, width * channels, firstRow, shifted(rows, top));
  if (deep) return { width, height, channels, data };
  // A clamped array rounds ties to even.
  return { width, height, channels, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) };
}

const shifted = (weights: Weights<Float64Array>, by: number): Weights<Float64Array> => ({
  ...weights,
  first: weights.first.map((at) => at + by),
});
