import type { Raster } from '../core/image';
import { precisionBits, type Weights } from './weights';

/**
 * Resamples rows `[firstRow, endRow)` of `source` across, to `columns.first.length` pixels each, clipped to 8 bits.
 * Of four channels the fourth is passed over. Source: `ImagingResampleHorizontal_8bpc` in Pillow's `Resample.c`.
 */
export function resampleAcross(
  source: Raster & { readonly data: Uint8Array },
  firstRow: number,
  endRow: number,
  columns: Weights,
): Uint8Array {
  const width = columns.first.length;
  const channels = source.channels === 1 ? 1 : 3;
  const out = new Uint8ClampedArray((endRow - firstRow) * width * channels);
  if (channels === 1) acrossGrey(source.data, source.width, firstRow, endRow, columns, out);
  else acrossColour(source.data, source.width, source.channels, firstRow, endRow, columns, out);
  return new Uint8Array(out.buffer);
}

/** Half a unit: sums start here, so that the shift rounds. */
const half = 1 << (precisionBits - 1);

function acrossColour(
  pixels: Uint8Array,
  width: number,
  step: number,
  firstRow: number,
  endRow: number,
  { first, count, values, stride }: Weights,
  out: Uint8ClampedArray,
): void {
  const outWidth = first.length;
  let to = 0;
  for (let y = firstRow; y < endRow; y++) {
    const row = y * width * step;
    for (let x = 0; x < outWidth; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = row + first[x] * step;
      const end = x * stride + count[x];
      for (let j = x * stride; j < end; j++, at += step) {
        const weight = values[j];
        red = (red + Math.imul(pixels[at], weight)) | 0;
        green = (green + Math.imul(pixels[at + 1], weight)) | 0;
        blue = (blue + Math.imul(pixels[at + 2], weight)) | 0;
      }
      out[to] = red >> precisionBits;
      out[to + 1] = green >> precisionBits;
      out[to + 2] = blue >> precisionBits;
      to += 3;
    }
  }
}

function acrossGrey(
  pixels: Uint8Array,
  width: number,
  firstRow: number,
  endRow: number,
  { first, count, values, stride }: Weights,
  out: Uint8ClampedArray,
): void {
  const outWidth = first.length;
  let to = 0;
  for (let y = firstRow; y < endRow; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = half;
      let at = y * width + first[x];
      const end = x * stride + count[x];
      for (let j = x * stride; j < end; j++, at++) sum = (sum + Math.imul(pixels[at], values[j])) | 0;
      out[to++] = sum >> precisionBits;
    }
  }
}

/**
 * Resamples down: `pixels` holds rows of `rowBytes` bytes, the first of them row `firstRow` of the picture. Every
 * byte of a row is its own channel. Source: `ImagingResampleVertical_8bpc` in Pillow's `Resample.c`.
 */
export function resampleDown(
  pixels: Uint8Array,
  rowBytes: number,
  firstRow: number,
  rows: Weights,
): Uint8Array {
  const { first, count, values, stride } = rows;
  const height = first.length;
  const out = new Uint8ClampedArray(height * rowBytes);
  // Row by row into sums, not column by column through rows: memory is read in its order.
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let j = 0; j < count[y]; j++) {
      const weight = values[y * stride + j];
      const row = (first[y] - firstRow + j) * rowBytes;
      for (let x = 0; x < rowBytes; x++) sums[x] += Math.imul(pixels[row + x], weight);
    }
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) out[to + x] = sums[x] >> precisionBits;
  }
  return new Uint8Array(out.buffer);
}
