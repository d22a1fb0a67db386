import { assert } from '../base/assert';
import { fromHalf, toHalf } from '../base/half';
import type { TensorPlan } from '../core/gpu';
import { type DeepRaster, isDeep, type Pixels, type Raster } from '../core/image';
import type { Normalisation } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Dtype, Tensor } from '../core/row';

type Knobs = Recipe['normalise'];

/**
 * Turns pixels of one or three channels into the numbers that a model is fed.
 *
 * With x from 0 to 255 (of deep pixels perhaps beyond), each operation rounded to float32 as NumPy and PyTorch do with float32 arrays:
 * - `none` x · `unit` x / 255 · `signed` x / 127.5 - 1 (Keras "tf")
 * - `imagenet` and `custom` (x / 255 - mean) / std (torchvision's `ToTensor` and `Normalize`)
 * - `caffe` channels as blue, green, red; x - [103.939, 116.779, 123.68] (Keras "caffe")
 * - `per-image` (x - mean) / max(std, 1 / sqrt(N)) over all N values of the image, as TensorFlow's
 *   `tf.image.per_image_standardization`; mean, std and quotient in double, rounded once to float32, since
 *   float32 sums depend on their order
 *
 * Of deep pixels NaN and infinities do not count in the mean and std. float16 is rounded from float32, ties to even;
 * uint8 of deep pixels to the nearest. Values of 8-bit pixels depend on eight bits alone, so they are looked up.
 */
export function normalise(raster: Pixels, knobs: Knobs): Tensor {
  assert(raster.channels !== 4, 'normalise takes one or three channels');
  assert(knobs.dtype !== 'uint8' || knobs.values === 'none', `${knobs.values} values as uint8`);
  return isDeep(raster) ? normaliseDeep(raster, knobs) : normaliseBytes(raster, knobs);
}

function normaliseBytes(raster: Raster, knobs: Knobs): Tensor {
  const pixels = new Uint8Array(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength);
  const shape = shapeOf(raster, knobs);
  // The most usual tensor of all is the pixels themselves.
  if (knobs.dtype === 'uint8' && knobs.layout === 'channels-last')
    return { shape, dtype: 'uint8', bytes: pixels.slice() };
  const standard = knobs.values === 'per-image' ? standardisedBytes(pixels) : null;
  const order = orderOf(raster, knobs);
  const tables = order.map(({ channel }) => {
    const formula = standard ?? formulaOf(knobs, channel);
    return Float32Array.from({ length: 256 }, (_, x) => formula(x));
  });
  const { channels } = raster;
  const fill = <A extends Uint8Array | Uint16Array | Float32Array>(out: A, tables: readonly A[]) => {
    if (channels === 3 && knobs.layout === 'channels-last') lookUpColour(pixels, order, tables, out);
    else for (const [i, places] of order.entries()) lookUp(pixels, channels, places, tables[i], out);
    return new Uint8Array(out.buffer);
  };
  switch (knobs.dtype) {
    case 'float32':
      return { shape, dtype: 'float32', bytes: fill(new Float32Array(pixels.length), tables) };
    case 'float16': {
      const halves = tables.map((table) => Uint16Array.from(table, toHalf));
      return { shape, dtype: 'float16', bytes: fill(new Uint16Array(pixels.length), halves) };
    }
    case 'uint8': {
      const bytes = tables.map((table) => Uint8Array.from(table));
      return { shape, dtype: 'uint8', bytes: fill(new Uint8Array(pixels.length), bytes) };
    }
  }
}

type Places = ReturnType<typeof orderOf>[number];

function lookUp<A extends Uint8Array | Uint16Array | Float32Array>(
  pixels: Uint8Array,
  channels: number,
  { from, to, step }: Places,
  table: A,
  out: A,
): void {
  for (let at = from, i = to; at < pixels.length; at += channels, i += step) out[i] = table[pixels[at]];
}

/** All three channels of a pixel at once: memory is read and written in its order. */
function lookUpColour<A extends Uint8Array | Uint16Array | Float32Array>(
  pixels: Uint8Array,
  [one, two, three]: readonly Places[],
  [first, second, third]: readonly A[],
  out: A,
): void {
  for (let at = 0; at < pixels.length; at += 3) {
    out[at] = first[pixels[at + one.from]];
    out[at + 1] = second[pixels[at + two.from]];
    out[at + 2] = third[pixels[at + three.from]];
  }
}

/**
 * The same for the GPU, as a table of what {@link normalise} makes of each 8-bit value; null for `per-image`, which depends on all
 * pixels in double precision.
 */
export function tensorPlan(knobs: Knobs, channels: 1 | 3): TensorPlan | null {
  if (knobs.values === 'per-image') return null;
  const order = orderOf({ width: 1, height: 1, channels }, knobs);
  const values = new Uint32Array(256 * channels);
  for (const { channel } of order) {
    const formula = formulaOf(knobs, channel);
    const floats = Float32Array.from({ length: 256 }, (_, x) => formula(x));
    const bits = {
      uint8: () => floats,
      float16: () => Uint16Array.from(floats, toHalf),
      float32: () => new Uint32Array(floats.buffer),
    };
    values.set(bits[knobs.dtype](), channel * 256);
  }
  return {
    dtype: knobs.dtype,
    channelsFirst: knobs.layout === 'channels-first',
    order: order.map(({ from }) => from),
    values,
  };
}

function normaliseDeep(raster: DeepRaster, knobs: Knobs): Tensor {
  const { data, channels } = raster;
  const out =
    knobs.dtype === 'uint8' ? new Uint8ClampedArray(data.length) : emptyOf(knobs.dtype, data.length);
  const standard = knobs.values === 'per-image' ? standardisedDeep(data) : null;
  for (const { channel, from, to, step } of orderOf(raster, knobs)) {
    const formula = standard ?? formulaOf(knobs, channel);
    const store = knobs.dtype === 'float16' ? (x: number) => toHalf(formula(x)) : formula;
    for (let at = from, i = to; at < data.length; at += channels, i += step) out[i] = store(data[at]);
  }
  return { shape: shapeOf(raster, knobs), dtype: knobs.dtype, bytes: new Uint8Array(out.buffer) };
}

/** The shape of a picture's tensor. */
export function shapeOf(
  { width, height, channels }: Omit<Pixels, 'data'>,
  { layout }: Pick<Knobs, 'layout'>,
): Tensor['shape'] {
  return layout === 'channels-first' ? [channels, height, width] : [height, width, channels];
}

/** For each channel of the tensor: where its values are among the pixels, and where they go. */
function orderOf({ width, height, channels }: Omit<Pixels, 'data'>, { values, layout }: Knobs) {
  const first = layout === 'channels-first';
  const order = values === 'caffe' && channels === 3 ? [2, 1, 0] : [0, 1, 2].slice(0, channels);
  return order.map((from, channel) => ({
    channel,
    from,
    to: first ? channel * width * height : channel,
    step: first ? 1 : channels,
  }));
}

/** Says what {@link normalise} does, on the scale of 0 to 255, in the order of the output's channels. */
export function describeNormalisation(knobs: Knobs, channels: 1 | 3): Normalisation {
  const { values } = knobs;
  const order = channels === 1 ? 'L' : values === 'caffe' ? 'BGR' : 'RGB';
  const all = (value: number) => Array<number>(channels).fill(value);
  const scaled = (numbers: readonly number[]) =>
    all(0).map((_, channel) => (numbers[numbers.length === 1 ? 0 : channel] ?? 0) * 255);
  const described: Readonly<Record<Knobs['values'], Pick<Normalisation, 'mean' | 'std'>>> = {
    none: { mean: all(0), std: all(1) },
    unit: { mean: all(0), std: all(255) },
    signed: { mean: all(127.5), std: all(127.5) },
    imagenet: { mean: scaled(imagenet.mean), std: scaled(imagenet.std) },
    caffe: { mean: caffeMean, std: all(1) },
    'per-image': { mean: null, std: null },
    custom: { mean: scaled(knobs.mean), std: scaled(knobs.std) },
  };
  return { values, channels: order, ...described[values] };
}

/** What a tensor holds, for a person to look at. */
export interface TensorStats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
}

/** Measures a tensor's values, in double precision. */
export function tensorStats({ dtype, bytes }: Tensor): TensorStats {
  const { buffer, byteOffset } = bytes;
  const count = bytes.length / emptyOf(dtype, 0).BYTES_PER_ELEMENT;
  const raw = dtype === 'float32' ? new Float32Array(buffer, byteOffset, count) : null;
  const half = dtype === 'float16' ? new Uint16Array(buffer, byteOffset, count) : null;
  const valueAt = (i: number) => raw?.[i] ?? (half ? fromHalf(half[i]) : bytes[i]);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (valueAt(i) - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / count) };
}

/** Values' storage, float16 as its bits. Typed arrays are little-endian on every machine that browsers run on. */
type Storage = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

function emptyOf(dtype: Dtype, length: number): Storage {
  if (dtype === 'uint8') return new Uint8Array(length);
  return dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length);
}

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const caffeMean = [103.939, 116.779, 123.68];

type Formula = (x: number) => number;

/** What becomes of a value in one output channel; the result is rounded to float32 by whoever stores it. */
function formulaOf(knobs: Knobs, channel: number): Formula {
  const { fround } = Math;
  const standardise = (mean: number, std: number) => {
    const [roundedMean, roundedStd] = [fround(mean), fround(std)];
    return (x: number) => fround(fround(x / 255) - roundedMean) / roundedStd;
  };
  const pick = (numbers: readonly number[]) => numbers[numbers.length === 1 ? 0 : channel];
  const formulas: Readonly<Record<Exclude<Knobs['values'], 'per-image'>, Formula>> = {
    none: (x) => x,
    unit: (x) => x / 255,
    signed: (x) => fround(x / 127.5) - 1,
    imagenet: standardise(imagenet.mean[channel], imagenet.std[channel]),
    caffe: (x) => x - fround(caffeMean[channel]),
    custom: standardise(pick(knobs.mean), pick(knobs.std)),
  };
  assert(knobs.values !== 'per-image', 'per-image values have no formula of their own');
  return formulas[knobs.values];
}

function standardisedBytes(pixels: Uint8Array): Formula {
  const counts = new Float64Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]]++;
  const mean = counts.reduce((sum, count, x) => sum + count * x, 0) / pixels.length;
  const variance = counts.reduce((sum, count, x) => sum + count * (x - mean) ** 2, 0) / pixels.length;
  return standardised(mean, variance, pixels.length);
}

function standardisedDeep(values: Float32Array): Formula {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    sum += values[i];
    count++;
  }
  const mean = sum / Math.max(1, count);
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) squares += (values[i] - mean) ** 2;
  return standardised(mean, squares / Math.max(1, count), values.length);
}

function standardised(mean: number, variance: number, count: number): Formula {
  const std = Math.max(Math.sqrt(variance), 1 / Math.sqrt(count));
  return (x) => (x - mean) / std;
}
