import type { Recipe } from '../core/recipe';

export type Filter = Recipe['image']['filter'];

/** The weights of one axis: what each output position takes from which input positions. */
export interface Weights {
  /** First input position of each output position. */
  readonly first: Int32Array;
  /** Number of input positions of each output position. */
  readonly count: Int32Array;
  /** `values[i * stride + j]` weighs input `first[i] + j` for output `i`, in units of 2^-22; zero from `count[i]` on. */
  readonly values: Int32Array;
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
  const made = compute(inSize, low, high, outSize, filter);
  if (cache.size >= cacheEntries) cache.delete(cache.keys().next().value ?? '');
  cache.set(name, made);
  return made;
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

function compute(
  inSize: number,
  low: number,
  high: number,
  outSize: number,
  filter: Exclude<Filter, 'nearest'>,
): Weights {
  const kernel = kernels[filter];
  const scale = Math.fround(high - low) / outSize;
  const filterScale = Math.max(scale, 1);
  const support = kernel.support * filterScale;
  const perPixel = 1 / filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const values = new Int32Array(outSize * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < outSize; i++) {
    const center = low + (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let j = 0; j < taps; j++) {
      exact[j] = kernel.weigh((j + start - center + 0.5) * perPixel);
      sum += exact[j];
    }
    for (let j = 0; j < taps; j++) {
      const weight = (sum === 0 ? exact[j] : exact[j] / sum) * 2 ** precisionBits;
      values[i * stride + j] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = start;
    count[i] = taps;
  }
  return { first, count, values, stride };
}
