import { assert } from '../base/assert';
import { blank, type DeepRaster, isDeep, type Pixels, type Size } from '../core/image';
import type { Box } from '../core/plugin';
import { resampleAcross, resampleDown } from './passes';
import { resampleDeepAcross, resampleDeepDown } from './passes-deep';
import { type ByteRaster, resampleSimd } from './simd';
import { exactWeightsOf, type Filter, type Weights, weightsOf } from './weights';

/**
 * Resamples `box` of `source` to `size`, giving the bytes of Pillow 12's `Image.resize(size, filter, box)`: for 8-bit
 * pixels those of 8-bit images, for deep ones those of mode F, channel by channel. A four-channel source counts as RGB
 * with a fourth value that is passed over: the result has three channels. It never shares memory with the source.
 *
 * Sources: `_resize` in Pillow's `src/_imaging.c`, `ImagingResampleInner` in `src/libImaging/Resample.c`,
 * `ImagingScaleAffine` in `src/libImaging/Geometry.c`, `Image.resize` in `src/PIL/Image.py`.
 */
export function resample<P extends Pixels>(source: P, box: Box, size: Size, filter: Filter): P {
  assert(
    box.left >= 0 && box.top >= 0 && box.right <= source.width && box.bottom <= source.height,
    `the box ${JSON.stringify(box)} leaves the picture of ${source.width}×${source.height}`,
  );
  assert(size.width >= 1 && size.height >= 1, `a picture of ${size.width}×${size.height}`);
  // Each kind has the arithmetic of its own, and gives its own kind back.
  return (
    isDeep(source)
      ? resampleTall(source, box, size, filter, deep)
      : resampleTall(bytesOf(source), box, size, filter, eightBits)
  ) as P;
}

function resampleTall<R extends Rows, V extends Int32Array | Float64Array>(
  source: R,
  box: Box,
  size: Size,
  filter: Filter,
  arithmetic: Arithmetic<R, V>,
): R {
  if (source.height > source.width * 100 && size.height < source.height) {
    // Pillow shrinks very tall pictures downwards first, with a rounding to their own kind between the two.
    const narrow = { left: 0, top: box.top, right: source.width, bottom: box.bottom };
    const low = resampleOnce(
      source,
      narrow,
      { width: source.width, height: size.height },
      filter,
      arithmetic,
    );
    const rest = { left: box.left, top: 0, right: box.right, bottom: size.height };
    return resampleOnce(low, rest, size, filter, arithmetic);
  }
  return resampleOnce(source, box, size, filter, arithmetic);
}

/** Pixels whose data is of one class: V8 compiles the loops for that class alone. */
type Rows = ByteRaster | DeepRaster;

function bytesOf({ width, height, channels, data }: Exclude<Pixels, DeepRaster>): ByteRaster {
  return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** How one kind of pixels is resampled. */
interface Arithmetic<R extends Rows, V extends Int32Array | Float64Array> {
  readonly weightsOf: (...axis: Parameters<typeof weightsOf>) => Weights<V>;
  /** Both passes at once where there is a faster way, or null. */
  both(source: R, columns: Weights<V>, rows: Weights<V>): R['data'] | null;
  across(source: R, firstRow: number, endRow: number, columns: Weights<V>): R['data'];
  down(pixels: R['data'], rowLength: number, firstRow: number, rows: Weights<V>): R['data'];
}

const eightBits: Arithmetic<ByteRaster, Int32Array> = {
  weightsOf,
  both: resampleSimd,
  across: resampleAcross,
  down: resampleDown,
};

const deep: Arithmetic<DeepRaster, Float64Array> = {
  weightsOf: exactWeightsOf,
  both: () => null,
  across: resampleDeepAcross,
  down: resampleDeepDown,
};

/** Pillow's own entry: a plain crop where that is all there is to do, else nearest, else two passes. */
function resampleOnce<R extends Rows, V extends Int32Array | Float64Array>(
  source: R,
  box: Box,
  size: Size,
  filter: Filter,
  arithmetic: Arithmetic<R, V>,
): R {
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
  const columns = arithmetic.weightsOf(source.width, left, right, width, filter);
  const rows = arithmetic.weightsOf(source.height, top, bottom, height, filter);
  if (across && down) {
    const fast = arithmetic.both(source, columns, rows);
    if (fast !== null) return { ...source, width, height, channels, data: fast };
  }
  // The pass across is made only for the rows that the pass down reads.
  const firstRow = down ? rows.first[0] : 0;
  const endRow = down ? rows.first[height - 1] + rows.count[height - 1] : height;
  const between = across
    ? arithmetic.across(source, firstRow, endRow, columns)
    : cut(source, 0, firstRow, { width, height: endRow - firstRow }).data;
  const data = down ? arithmetic.down(between, width * channels, firstRow, rows) : between;
  return { ...source, width, height, channels, data };
}

function outChannels(source: Rows): 1 | 3 {
  return source.channels === 1 ? 1 : 3;
}

/** Copies a rectangle of whole pixels. */
function cut<R extends Rows>(source: R, left: number, top: number, size: Size): R {
  const { width, height } = size;
  const channels = outChannels(source);
  const from = source.channels;
  const out = blank(source, size, channels);
  const { data } = out;
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
  return out;
}

/** Takes the input pixel under each output pixel's centre; positions are summed up step by step as Pillow sums them. */
function pick<R extends Rows>(source: R, box: Box, size: Size): R {
  const { width, height } = size;
  const channels = outChannels(source);
  const from = source.channels;
  const pixels = source.data;
  const columns = positions(box.left, Math.fround(box.right - box.left) / width, width, source.width);
  const rows = positions(box.top, Math.fround(box.bottom - box.top) / height, height, source.height);
  const out = blank(source, size, channels);
  const { data } = out;
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
  return out;
}

/** Input positions of one axis, -1 where rounding has carried the sum out of the picture: Pillow leaves black there. */
export function positions(low: number, scale: number, count: number, inSize: number): Int32Array {
  const found = new Int32Array(count);
  let at = low + scale * 0.5;
  for (let i = 0; i < count; i++, at += scale) found[i] = at >= 0 && at < inSize ? Math.trunc(at) : -1;
  return found;
}
