import { type DeepRaster, isDeep, type Pixels, type Raster } from '../core/image';
import type { DecodeKnobs } from '../core/reading-knobs';

/** True for the ranges that depend on what the image holds. */
export function stretches(range: DecodeKnobs['range']): range is 'percentile' | 'min-max' {
  return range === 'percentile' || range === 'min-max';
}

/**
 * Stretches an image so that its own low and high become 0 and 255, and clips what lies beyond. Images of 8 bits are
 * stretched like all others. `percentile` takes the 1st and 99th percentile, with NumPy's linear interpolation,
 * `min-max` the least and the greatest. The channels are taken together, so colours keep their hue; pixels that cannot
 * be seen (alpha 0), NaN and infinities do not count. An image of one value becomes black; NaN becomes 0, an infinity 0
 * or 255. With `deep` the result is float32, which may be the argument's memory; without, it is 8-bit RGBA, rounded.
 */
export function stretch(pixels: Pixels, range: 'percentile' | 'min-max', deep: boolean): Pixels {
  const [low, high] = isDeep(pixels) ? limitsOfDeep(pixels, range) : limitsOfEight(pixels, range);
  const scale = high > low ? 255 / (high - low) : 0;
  const value = (x: number) => {
    const y = scale === 0 ? 0 : (x - low) * scale;
    return y > 0 ? Math.min(y, 255) : 0; // NaN is 0
  };
  if (!isDeep(pixels)) return byTable(pixels, value, deep);
  return deep ? inPlace(pixels, value) : toEightBits(pixels, value);
}

type Value = (x: number) => number;

/** The percentiles that become 0 and 255, as shares. */
const shares = [0.01, 0.99] as const;

function byTable({ width, height, data }: Raster, value: Value, deep: boolean): Pixels {
  const table = Float64Array.from({ length: 256 }, (_, x) => value(x));
  const out = deep ? new Float32Array(data.length) : new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    out[at] = table[data[at]];
    out[at + 1] = table[data[at + 1]];
    out[at + 2] = table[data[at + 2]];
    out[at + 3] = data[at + 3];
  }
  // The compiler does not tell rasters apart by their data.
  return { width, height, channels: 4, data: out } as Pixels;
}

function inPlace(raster: DeepRaster, value: Value): DeepRaster {
  const { channels, data } = raster;
  for (let i = 0; i < data.length; i++) if (channels !== 4 || (i & 3) !== 3) data[i] = value(data[i]);
  return raster;
}

function toEightBits({ width, height, channels, data }: DeepRaster, value: Value): Raster {
  const out = new Uint8ClampedArray(width * height * 4);
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  for (let at = 0, to = 0; to < out.length; at += channels, to += 4) {
    out[to] = value(data[at]);
    out[to + 1] = value(data[at + green]);
    out[to + 2] = value(data[at + blue]);
    out[to + 3] = channels === 4 ? data[at + 3] : 255;
  }
  return { width, height, channels: 4, data: out };
}

type Limits = readonly [low: number, high: number];

/** An 8-bit raster from a decoder has four channels. */
function limitsOfEight({ data }: Raster, range: 'percentile' | 'min-max'): Limits {
  const counts = new Float64Array(256);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 0) continue;
    counts[data[at]]++;
    counts[data[at + 1]]++;
    counts[data[at + 2]]++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return limits(total, range, (ranks) => ranks.map((rank) => find(counts, rank).bin));
}

/**
 * Ranks are found exactly in two passes over the upper and the lower halves of the floats' bits, without a sort:
 * floats of one sign are ordered as their bits are.
 */
function limitsOfDeep(raster: DeepRaster, range: 'percentile' | 'min-max'): Limits {
  const { channels, data } = raster;
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const keyAt = (i: number) => (bits[i] & signBit ? ~bits[i] : bits[i] | signBit) >>> 0;
  const counted = (i: number) =>
    (bits[i] & exponentBits) !== exponentBits && (channels !== 4 || ((i & 3) !== 3 && data[i | 3] > 0));
  const uppers = new Float64Array(65_536);
  let total = 0;
  for (let i = 0; i < bits.length; i++) {
    if (!counted(i)) continue;
    uppers[keyAt(i) >>> 16]++;
    total++;
  }
  return limits(total, range, (ranks) => {
    const found = ranks.map((rank) => find(uppers, rank));
    const lowers = new Map(found.map(({ bin }) => [bin, new Float64Array(65_536)]));
    for (let i = 0; i < bits.length; i++) {
      if (!counted(i)) continue;
      const key = keyAt(i);
      const lower = lowers.get(key >>> 16);
      if (lower) lower[key & 0xffff]++;
    }
    return found.map(({ bin, rest }) => {
      const lower = lowers.get(bin);
      return lower === undefined ? 0 : floatOf(((bin << 16) | find(lower, rest).bin) >>> 0);
    });
  });
}

const signBit = 0x80000000;
const exponentBits = 0x7f800000;

const one = new Float32Array(1);
const oneBits = new Uint32Array(one.buffer);

function floatOf(key: number): number {
  oneBits[0] = key & signBit ? key ^ signBit : ~key;
  return one[0];
}

/** The bin that holds the value of this rank, from 0, and the rank within it. */
function find(counts: Float64Array, rank: number): { readonly bin: number; readonly rest: number } {
  let rest = rank;
  let bin = 0;
  while (bin < counts.length - 1 && rest >= counts[bin]) rest -= counts[bin++];
  return { bin, rest };
}

function limits(
  total: number,
  range: 'percentile' | 'min-max',
  valuesAt: (ranks: readonly number[]) => readonly number[],
): Limits {
  if (total === 0) return [0, 0];
  const last = total - 1;
  if (range === 'min-max') {
    const [low, high] = valuesAt([0, last]);
    return [low, high];
  }
  const places = shares.map((share) => share * last);
  const ranks = places.flatMap((place) => [Math.floor(place), Math.min(last, Math.floor(place) + 1)]);
  const values = valuesAt(ranks);
  const between = (i: number) => {
    const [below, above] = values.slice(2 * i, 2 * i + 2);
    return below + (above - below) * (places[i] % 1);
  };
  return [between(0), between(1)];
}
