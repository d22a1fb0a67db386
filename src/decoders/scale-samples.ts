import type { DeepRaster, Pixels, Raster, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';

/** Samples as a file stores them, channels interleaved. */
export type Samples =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** How {@link Samples} are arranged. */
export interface SampleLayout extends Size {
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is straight. */
  readonly channels: 1 | 2 | 3 | 4;
  /** The stored number that is white, where it is not the full scale of the array's type: 1023 for ten bits. */
  readonly white?: number;
}

/**
 * Turns stored samples into pixels by the recipe's `range`; every decoder of more than 8 bits calls it.
 *
 * - `type`: the full scale of the sample type is white: x / white * 255, where white is 65535 for uint16, 32767 for
 *   int16, 4294967295 for uint32, 2147483647 for int32 and 1 for floats. Floats beyond 0 to 1 stay beyond; NaN is black,
 *   an infinity black or white.
 * - `stored`, and `percentile` and `min-max` before they are stretched: the numbers as they are, NaN and infinities
 *   too, rounded to float32.
 *
 * Alpha is always scaled by its type, and clipped to 0 to 255. With `deep` the result is float32, of one channel for
 * grey, three for RGB, four with alpha; without it is 8-bit RGBA by `type`, rounded to the nearest, ties to even.
 */
export function scaleSamples(
  samples: Samples,
  layout: SampleLayout,
  { deep, range }: Pick<DecodeRequest, 'deep' | 'range'>,
): Pixels {
  const white = layout.white ?? fullScale(samples);
  return deep ? toDeep(samples, layout, white, range) : toEightBits(samples, layout, white);
}

function fullScale(samples: Samples): number {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return 1;
  const bits = samples.BYTES_PER_ELEMENT * 8;
  const signed =
    samples instanceof Int8Array || samples instanceof Int16Array || samples instanceof Int32Array;
  return 2 ** (signed ? bits - 1 : bits) - 1;
}

function toDeep(
  samples: Samples,
  { width, height, channels }: SampleLayout,
  white: number,
  range: DecodeRequest['range'],
): DeepRaster {
  const count = width * height;
  const out = channels === 2 ? 4 : channels;
  const data = new Float32Array(count * out);
  const byType = range === 'type';
  // The product is exact in a double, so the quotient is rounded but once before it is stored.
  const scale = byType ? 255 : 1;
  const unit = byType ? white : 1;
  if (channels === 1 || channels === 3) {
    for (let i = 0; i < data.length; i++) data[i] = (samples[i] * scale) / unit;
  } else {
    const green = channels === 2 ? 0 : 1;
    const blue = channels === 2 ? 0 : 2;
    for (let at = 0, to = 0; to < data.length; at += channels, to += 4) {
      data[to] = (samples[at] * scale) / unit;
      data[to + 1] = (samples[at + green] * scale) / unit;
      data[to + 2] = (samples[at + blue] * scale) / unit;
      data[to + 3] = clipped((samples[at + channels - 1] * 255) / white);
    }
  }
  if (byType && (samples instanceof Float32Array || samples instanceof Float64Array)) settle(data);
  return { width, height, channels: out, data };
}

/** NaN is 0. */
const clipped = (x: number) => (x > 0 ? Math.min(x, 255) : 0);

/** Gives NaN and the infinities the values that {@link scaleSamples} promises. */
function settle(data: Float32Array): void {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) data[i] = data[i] > 0 ? 255 : 0;
}

/** A clamped array does what is wanted of NaN, infinities, what lies beyond, and ties. */
function toEightBits(samples: Samples, { width, height, channels }: SampleLayout, white: number): Raster {
  const data = new Uint8ClampedArray(width * height * 4);
  const green = channels <= 2 ? 0 : 1;
  const blue = channels <= 2 ? 0 : 2;
  const alpha = channels === 2 ? 1 : 3;
  const opaque = channels === 1 || channels === 3;
  if (samples instanceof Uint16Array && samples.length > 65_536) {
    // The usual kind, and large: values are looked up, at half the time.
    const table = Uint8ClampedArray.from({ length: 65_536 }, (_, x) => (x * 255) / white);
    for (let at = 0, to = 0; to < data.length; at += channels, to += 4) {
      data[to] = table[samples[at]];
      data[to + 1] = table[samples[at + green]];
      data[to + 2] = table[samples[at + blue]];
      data[to + 3] = opaque ? 255 : table[samples[at + alpha]];
    }
    return { width, height, channels: 4, data };
  }
  for (let at = 0, to = 0; to < data.length; at += channels, to += 4) {
    data[to] = (samples[at] * 255) / white;
    data[to + 1] = (samples[at + green] * 255) / white;
    data[to + 2] = (samples[at + blue] * 255) / white;
    data[to + 3] = opaque ? 255 : (samples[at + alpha] * 255) / white;
  }
  return { width, height, channels: 4, data };
}
