import type { Recipe } from '../core/recipe';

export type Filter = Recipe['image']['filter'];

/** The weights of one axis: what each output position takes from which input positions. */
export interface Weights<V extends Int32Array | Float64Array = Int32Array> {
  /** First input position of each output position. */
  readonly first: Int32Array;
  /** Number of input positions of each output position. */
  readonly count: Int32Array;
  /**
   * `values[i * stride + j]` weighs input `first[i] + j` for output `i`; zero from `count[i]` on. Whole numbers are in
   * units of 2^-22.
   */
  readonly values: V;
  readonly stride: number;
}

/**
 * Gives the fixed-point weights with which Pillow resamples one axis of `inSize` pixels, from `low` to `high` (both
 * float32), to `outSize` pixels. Source: `precompute_coeffs` and `normalize_coeffs_8bpc` in Pillow 12's
 * `src/libImaging/Resample.c`: doubles throughout, but `high - low` is a float32 subtraction, and the weights are
 * rounded half away from zero to 22 fractional bits.
 */
export function weightsOf(
  inSize: number,
  low: number,
  high: number,
  outSize: number,
  filter: Exclude<Filter, 'nearest'>,
): Weights {
  const name = `${inSize},${low},${high},${outSize},${filter}`;
  const known = cache.get(name);
  if (known) return known;
  const exact = exactWeightsOf(inSize, low, high, outSize, filter);
  const made = { ...exact, values: Int32Array.from(exact.values, fixed) };
  if (cache.size >= cacheEntries) cache.delete(cache.keys().next().value ?? '');
  cache.set(name, made);
  return made;
}

function fixed(weight: number): number {
  const scaled = weight * 2 ** precisionBits;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/** Fixed-point fraction bits of a weight: 32 less 8 of the pixel and 2 for overshoot. */
export const precisionBits = 22;

/**
 * Weights kept for the next image. Fewer make a folder with several picture sizes compute them again (about 30 µs
 * each); more hold memory for random crops that never come again.
 */
const cacheEntries = 64;
const cache = new Map<string, Weights>();

interface Kernel {
  /** Half width in input pixels at scale 1. */
  readonly support: number;
  weigh(x: number): number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

const kernels: Readonly<Record<Exclude<Filter, 'nearest'>, Kernel>> = {
  area: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => (Math.abs(x) < 1 ? 1 - Math.abs(x) : 0) },
  bicubic: {
    support: 2,
    weigh: (x) => {
      // Keys' cubic convolution with a = -0.5, in the order of operations that Pillow has.
      const a = -0.5;
      x = Math.abs(x);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weigh: (x) => (-3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/**
 * Gives the same weights before they are rounded: those of deep pixels. Not kept, since deep images are few and large.
 */
export function exactWeightsOf(
  inSize: number,
  low: number,
  high: number,
  outSize: number,
  filter: Exclude<Filter, 'nearest'>,
): Weights<Float64Array> {
  const kernel = kernels[filter];
  const scale = Math.fround(high - low) / outSize;
  const filterScale = Math.max(scale, 1);
  const support = kernel.support * filterScale;
  const perPixel = 1 / filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const values = new Float64Array(outSize * stride);
  for (let i = 0; i < outSize; i++) {
    const center = low + (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let j = 0, at = i * stride; j < taps; j++, at++) {
      values[at] = kernel.weigh((j + start - center + 0.5) * perPixel);
      sum += values[at];
    }
    if (sum !== 0) for (let j = 0, at = i * stride; j < taps; j++, at++) values[at] /= sum;
    first[i] = start;
    count[i] = taps;
  }
  return { first, count, values, stride };
}

/** Lays out weights: for each output position the first input position that it takes of, and what of each from there. */
export function gather(
  outSize: number,
  of: (i: number) => { readonly first: number; readonly weights: readonly number[] },
): Weights<Float64Array> {
  const taken = Array.from({ length: outSize }, (_, i) => of(i));
  const stride = taken.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const values = new Float64Array(outSize * stride);
  for (const [i, { weights }] of taken.entries()) values.set(weights, i * stride);
  const first = Int32Array.from(taken, (each) => each.first);
  const count = Int32Array.from(taken, ({ weights }) => weights.length);
  return { first, count, values, stride };
}
