import type { DeepRaster } from '../core/image';
import type { Weights } from './weights';

/**
 * Resamples rows `[firstRow, endRow)` of deep pixels across, to `columns.first.length` pixels each: sums in double,
 * rounded once to float32, nothing clipped. Of four channels the fourth is passed over. Source:
 * `ImagingResampleHorizontal_32bpc` in Pillow's `Resample.c`, of mode F.
 */
export function resampleDeepAcross(
  { width, channels, data }: DeepRaster,
  firstRow: number,
  endRow: number,
  columns: Weights<Float64Array>,
): Float32Array {
  return channels === 1
    ? acrossGrey(data, width, firstRow, endRow, columns)
    : acrossColour(data, width, channels, firstRow, endRow, columns);
}

function acrossColour(
  pixels: Float32Array,
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
  pixels: Float32Array,
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
