import { assert } from '../base/assert';
import type { Raster } from '../core/image';
import type { Normalisation } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Dtype, Tensor } from '../core/row';
import { fromHalf, toHalf } from './half';

type Knobs = Recipe['normalise'];

/**
 * Turns 8-bit pixels of one or three channels into the numbers that a model is fed.
 *
 * With x from 0 to 255, each operation rounded to float32 as NumPy and PyTorch do with float32 arrays:
 * - `none` x · `unit` x / 255 · `signed` x / 127.5 - 1 (Keras "tf")
 * - `imagenet` and `custom` (x / 255 - mean) / std (torchvision's `ToTensor` and `Normalize`)
 * - `caffe` channels as blue, green, red; x - [103.939, 116.779, 123.68] (Keras "caffe")
 * - `per-image` (x - mean) / max(std, 1 / sqrt(N)) over all N values of the image, as TensorFlow's
 *   `tf.image.per_image_standardization`; mean, std and quotient in double, rounded once to float32, since
 *   float32 sums depend on their order
 *
 * float16 is rounded from float32, ties to even. Values depend on eight bits alone, so they are looked up.
 */
export function normalise(raster: Raster, knobs: Knobs): Tensor {
  const { width, height, channels } = raster;
  assert(channels !== 4, 'normalise takes one or three channels');
  assert(knobs.dtype !== 'uint8' || knobs.values === 'none', `${knobs.values} values as uint8`);
  const pixels = new Uint8Array(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength);
  const first = knobs.layout === 'channels-first';
  const shape = first ? ([channels, height, width] as const) : ([height, width, channels] as const);
  // The most usual tensor of all is the pixels themselves.
  if (knobs.dtype === 'uint8' && !first) return { shape, dtype: 'uint8', bytes: pixels.slice() };
  const order = knobs.values === 'caffe' && channels === 3 ? [2, 1, 0] : [0, 1, 2].slice(0, channels);
  const values =
    knobs.values === 'per-image'
      ? Array<Float32Array>(channels).fill(standardised(pixels))
      : order.map((_, channel) => tableOf(knobs, channel));
  const out = emptyOf(knobs.dtype, pixels.length);
  const tables = values.map((table) => asDtype(table, knobs.dtype));
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel];
    const step = first ? 1 : channels;
    let to = first ? channel * width * height : channel;
    for (let at = order[channel]; at < pixels.length; at += channels, to += step) out[to] = table[pixels[at]];
  }
  return { shape, dtype: knobs.dtype, bytes: new Uint8Array(out.buffer) };
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

function asDtype(table: Float32Array, dtype: Dtype): ArrayLike<number> {
  return dtype === 'float16' ? Uint16Array.from(table, toHalf) : table;
}

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const caffeMean = [103.939, 116.779, 123.68];

/** The float32 values of 0 to 255 in one output channel. */
function tableOf(knobs: Knobs, channel: number): Float32Array {
  const { fround } = Math;
  const standardise = (mean: number, std: number) => (x: number) =>
    fround(fround(x / 255) - fround(mean)) / fround(std);
  const pick = (numbers: readonly number[]) => numbers[numbers.length === 1 ? 0 : channel];
  const formulas: Readonly<Record<Exclude<Knobs['values'], 'per-image'>, (x: number) => number>> = {
    none: (x) => x,
    unit: (x) => x / 255,
    signed: (x) => fround(x / 127.5) - 1,
    imagenet: standardise(imagenet.mean[channel], imagenet.std[channel]),
    caffe: (x) => x - fround(caffeMean[channel]),
    custom: standardise(pick(knobs.mean), pick(knobs.std)),
  };
  assert(knobs.values !== 'per-image', 'per-image values have no table of their own');
  return Float32Array.from({ length: 256 }, (_, x) => formulas[knobs.values as keyof typeof formulas](x));
}

function standardised(pixels: Uint8Array): Float32Array {
  const counts = new Float64Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]]++;
  const mean = counts.reduce((sum, count, x) => sum + count * x, 0) / pixels.length;
  const variance = counts.reduce((sum, count, x) => sum + count * (x - mean) ** 2, 0) / pixels.length;
  const std = Math.max(Math.sqrt(variance), 1 / Math.sqrt(pixels.length));
  return Float32Array.from({ length: 256 }, (_, x) => (x - mean) / std);
}
