import { isDeep, type Pixels, type Raster, type Size } from '../core/image';
import type { Box } from '../core/plugin';
import { resampleWeighted } from './passes-deep';
import { roundToEven } from './round-to-even';
import { gather, type Weights } from './weights';

/**
 * Gives what `cv2.resize(source[box], size, interpolation=cv2.INTER_AREA)` gives, of the source's kind: the mean of what an output
 * pixel covers, or, where one axis grows, a value between two pixels on both axes. The box has whole pixels. Source:
 * `cv::hal::resize` and what it calls in `modules/imgproc/src/resize.cpp` of OpenCV 5. 8-bit values are its bytes, but for means at
 * the edge of rounding, which it sums up in float32 and this in double.
 */
export function resampleArea(source: Pixels, box: Box, size: Size): Pixels {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const across = width / size.width;
  const down = height / size.height;
  const shrinks = across >= 1 && down >= 1;
  if (!isDeep(source)) {
    if (Number.isInteger(across) && Number.isInteger(down))
      return blockMeans(source, box, size, across, down);
    if (!shrinks) return betweenTwo(source, box, size);
  }
  const weightsOf = shrinks ? areaWeights : linearWeights;
  const columns = weightsOf(width, size.width);
  const rows = weightsOf(height, size.height);
  return resampleWeighted(source, box, columns, rows, isDeep(source));
}

/** Shares of less than this OpenCV leaves out. */
const least = 1e-3;

/** `computeResizeAreaTab`. */
function areaWeights(inSize: number, outSize: number): Weights<Float64Array> {
  const scale = inSize / outSize;
  return gather(outSize, (i) => {
    const low = i * scale;
    const high = low + scale;
    const cell = Math.min(scale, inSize - low);
    const end = Math.min(Math.floor(high), inSize - 1);
    const begin = Math.min(Math.ceil(low), end);
    const weights: number[] = [];
    const before = begin - low > least;
    if (before) weights.push(Math.fround((begin - low) / cell));
    for (let at = begin; at < end; at++) weights.push(Math.fround(1 / cell));
    if (high - end > least) weights.push(Math.fround(Math.min(high - end, 1, cell) / cell));
    return { first: before ? begin - 1 : begin, weights };
  });
}

/** The two pixels of each output position; of the last there is only one. */
function linearWeights(inSize: number, outSize: number): Weights<Float64Array> {
  const inverse = outSize / inSize;
  const scale = 1 / inverse;
  return gather(outSize, (i) => {
    const at = Math.floor(i * scale);
    if (at >= inSize - 1) return { first: inSize - 1, weights: [1] };
    const beyond = Math.fround(i + 1 - (at + 1) * inverse);
    const share = beyond <= 0 ? 0 : Math.fround(beyond - Math.floor(beyond));
    return { first: at, weights: [Math.fround(1 - share), share] };
  });
}

/** What OpenCV does with 8 bits where an axis grows, in whole numbers: `HResizeLinear` and `VResizeLinear` for `uchar`. */
function betweenTwo(
  { width, channels: step, data }: Raster,
  { left, top, right, bottom }: Box,
  size: Size,
): Raster {
  const channels = step === 1 ? 1 : 3;
  const columns = inSteps(linearWeights(right - left, size.width));
  const rows = inSteps(linearWeights(bottom - top, size.height));
  const rowLength = size.width * channels;
  const out = new Uint8ClampedArray(size.height * rowLength);
  const acrossOf = (row: number, sums: Int32Array) => {
    let to = 0;
    for (const { at, low, high } of columns) {
      const from = ((top + row) * width + left + at) * step;
      // Past the last pixel nothing is weighed; it may lie beyond the picture.
      const next = high === 0 ? from : from + step;
      for (let channel = 0; channel < channels; channel++)
        sums[to++] = data[from + channel] * low + data[next + channel] * high;
    }
  };
  const upper = new Int32Array(rowLength);
  const lower = new Int32Array(rowLength);
  for (const [y, { at, low, high }] of rows.entries()) {
    acrossOf(at, upper);
    if (high > 0) acrossOf(at + 1, lower);
    else lower.fill(0);
    for (let x = 0; x < rowLength; x++)
      out[y * rowLength + x] = (((low * (upper[x] >> 4)) >> 16) + ((high * (lower[x] >> 4)) >> 16) + 2) >> 2;
  }
  return { ...size, channels, data: new Uint8Array(out.buffer) };
}

/** Two weights as OpenCV has them for 8 bits, in 2048ths. */
function inSteps({ first, count, values, stride }: Weights<Float64Array>) {
  return Array.from(first, (at, i) => ({
    at,
    low: roundToEven(values[i * stride] * 2048),
    high: count[i] > 1 ? roundToEven(values[i * stride + 1] * 2048) : 0,
  }));
}

/** OpenCV's way where both factors are whole: each block's sum, rounded once. Blocks of two by two round halves up, others to even. */
function blockMeans(source: Raster, { left, top }: Box, size: Size, across: number, down: number): Raster {
  const step = source.channels;
  const channels = step === 1 ? 1 : 3;
  const sums = new Int32Array(size.width * channels);
  const out = new Uint8ClampedArray(size.height * sums.length);
  const scale = Math.fround(1 / (across * down));
  const quarters = across === 2 && down === 2;
  for (let y = 0; y < size.height; y++) {
    sums.fill(0);
    for (let row = top + y * down; row < top + (y + 1) * down; row++) {
      const from = (row * source.width + left) * step;
      (channels === 1 ? addGrey : addColour)(source.data, from, step, across, sums);
    }
    const start = y * sums.length;
    // A clamped array rounds ties to even.
    for (let i = 0; i < sums.length; i++)
      out[start + i] = quarters ? (sums[i] + 2) >> 2 : Math.fround(sums[i] * scale);
  }
  return { ...size, channels, data: new Uint8Array(out.buffer) };
}

function addColour(data: Raster['data'], at: number, step: number, across: number, sums: Int32Array): void {
  for (let to = 0; to < sums.length; to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < across; i++, at += step) {
      red += data[at];
      green += data[at + 1];
      blue += data[at + 2];
    }
    sums[to] += red;
    sums[to + 1] += green;
    sums[to + 2] += blue;
  }
}

function addGrey(data: Raster['data'], at: number, _step: number, across: number, sums: Int32Array): void {
  for (let to = 0; to < sums.length; to++) {
    let sum = 0;
    for (let i = 0; i < across; i++) sum += data[at++];
    sums[to] += sum;
  }
}
