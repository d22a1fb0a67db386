import { assert } from '../base/assert';
import type { Raster, Size } from '../core/image';
import type { Box } from '../core/plugin';
import { resampleAcross, resampleDown } from './passes';
import { resampleSimd } from './simd';
import { type Filter, weightsOf } from './weights';

/**
 * Resamples `box` of `source` to `size`, giving the bytes of Pillow 12's `Image.resize(size, filter, box)` for 8-bit
 * images. A four-channel source counts as RGB with a fourth byte that is passed over: the result has three channels.
 * The result never shares memory with the source.
 *
 * Sources: `_resize` in Pillow's `src/_imaging.c`, `ImagingResampleInner` in `src/libImaging/Resample.c`,
 * `ImagingScaleAffine` in `src/libImaging/Geometry.c`, `Image.resize` in `src/PIL/Image.py`.
 */
export function resample(source: Raster, box: Box, size: Size, filter: Filter): Raster {
  assert(
    box.left >= 0 && box.top >= 0 && box.right <= source.width && box.bottom <= source.height,
    `the box ${JSON.stringify(box)} leaves the picture of ${source.width}×${source.height}`,
  );
  assert(size.width >= 1 && size.height >= 1, `a picture of ${size.width}×${size.height}`);
  const pixels = pixelsOf(source);
  if (source.height > source.width * 100 && size.height < source.height) {
    // Pillow shrinks very tall pictures downwards first, with a rounding to 8 bits between the two.
    const narrow = { left: 0, top: box.top, right: source.width, bottom: box.bottom };
    const low = resampleOnce(pixels, narrow, { width: source.width, height: size.height }, filter);
    const rest = { left: box.left, top: 0, right: box.right, bottom: size.height };
    return resampleOnce(low, rest, size, filter);
  }
  return resampleOnce(pixels, box, size, filter);
}

/** A raster whose data is of one class: V8 compiles the loops for that class alone. */
interface Pixels extends Raster {
  readonly data: Uint8Array;
}

function pixelsOf({ width, height, channels, data }: Raster): Pixels {
  return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** Pillow's own entry: a plain crop where that is all there is to do, else nearest, else two passes. */
function resampleOnce(source: Pixels, box: Box, size: Size, filter: Filter): Pixels {
  // Pillow holds the box in float32, and so must its differences be.
  const left = Math.fround(box.left);
  const top = Math.fround(box.top);
  const right = Math.fround(box.right);
  const bottom = Math.fround(box.bottom);
  const { width, height } = size;
  const sameSize = Math.fround(right - left) === width && Math.fround(bottom - top) === height;
  if (sameSize && Number.isInteger(left) && Number.isInteger(top)) return cut(source, left, top, size);
  if (filter === 'nearest') return pick(source, { left, top, right, bottom }, size);

  const channels = outChannels(source);
  const across = width !== source.width || left !== 0 || right !== width;
  const down = height !== source.height || top !== 0 || bottom !== height;
  const columns = weightsOf(source.width, left, right, width, filter);
  const rows = weightsOf(source.height, top, bottom, height, filter);
  if (across && down) {
    const fast = resampleSimd(source, columns, rows);
    if (fast !== null) return { width, height, channels, data: fast };
  }
  // The pass across is made only for the rows that the pass down reads.
  const firstRow = down ? rows.first[0] : 0;
  const endRow = down ? rows.first[height - 1] + rows.count[height - 1] : height;
  const between = across
    ? resampleAcross(source, firstRow, endRow, columns)
    : cut(source, 0, firstRow, { width, height: endRow - firstRow }).data;
  const data = down ? resampleDown(between, width * channels, firstRow, rows) : between;
  return { width, height, channels, data };
}

function outChannels(source: Raster): 1 | 3 {
  return source.channels === 1 ? 1 : 3;
}

/** Copies a rectangle of whole pixels. */
function cut(source: Pixels, left: number, top: number, { width, height }: Size): Pixels {
  const channels = outChannels(source);
  const from = source.channels;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * source.width + left) * from;
    if (from === channels) {
      data.set(source.data.subarray(start, start + width * from), y * width * channels);
    } else {
      const pixels = source.data;
      for (let x = 0, at = start, to = y * width * 3; x < width; x++, at += 4, to += 3) {
        data[to] = pixels[at];
        data[to + 1] = pixels[at + 1];
        data[to + 2] = pixels[at + 2];
      }
    }
  }
  return { width, height, channels, data };
}

/** Takes the input pixel under each output pixel's centre; positions are summed up step by step as Pillow sums them. */
function pick(source: Pixels, box: Box, { width, height }: Size): Pixels {
  const channels = outChannels(source);
  const from = source.channels;
  const pixels = source.data;
  const columns = positions(box.left, Math.fround(box.right - box.left) / width, width, source.width);
  const rows = positions(box.top, Math.fround(box.bottom - box.top) / height, height, source.height);
  const data = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) {
      to += width * channels;
      continue;
    }
    const start = rows[y] * source.width;
    for (let x = 0; x < width; x++, to += channels) {
      if (columns[x] < 0) continue;
      const at = (start + columns[x]) * from;
      data[to] = pixels[at];
      if (channels === 3) {
        data[to + 1] = pixels[at + 1];
        data[to + 2] = pixels[at + 2];
      }
    }
  }
  return { width, height, channels, data };
}

/** Input positions of one axis, -1 where rounding has carried the sum out of the picture: Pillow leaves black there. */
function positions(low: number, scale: number, count: number, inSize: number): Int32Array {
  const found = new Int32Array(count);
  let at = low + scale * 0.5;
  for (let i = 0; i < count; i++, at += scale) found[i] = at >= 0 && at < inSize ? Math.trunc(at) : -1;
  return found;
}
