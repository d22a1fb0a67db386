import { isDeep, type Pixels } from '../core/image';
import type { DecodeKnobs } from '../core/reading-knobs';

/** Turns every value into another, in place; 8-bit values are clipped and cut (not rounded), as Pillow stores them. */
export function mapValues<P extends Pixels>(raster: P, formula: (x: number) => number): P {
  mapChannel(raster, 0, 1, formula);
  return raster;
}

/** Does the same with one channel of several. */
export function mapChannel(
  raster: Pixels,
  channel: number,
  channels: number,
  formula: (x: number) => number,
): void {
  const { data } = raster;
  if (isDeep(raster)) {
    for (let i = channel; i < data.length; i += channels) data[i] = formula(data[i]);
    return;
  }
  const table = Uint8Array.from({ length: 256 }, (_, x) => Math.min(255, Math.max(0, formula(x))));
  // One class of array, whichever it is: the loop need not ask of every value.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let i = channel; i < bytes.length; i += channels) bytes[i] = table[bytes[i]];
}

/** Counts the values of one channel in 256 steps; what lies outside 0 to 255 counts at the end, NaN not at all. */
export function countValues({ data, channels }: Pixels, channel: number): Float64Array {
  const counts = new Float64Array(256);
  for (let i = channel; i < data.length; i += channels) {
    const value = data[i];
    if (value >= 0 && value <= 255) counts[Math.trunc(value)]++;
    else if (value < 0) counts[0]++;
    else if (value > 255) counts[255]++;
  }
  return counts;
}

/** The refusal of steps whose arithmetic is made for 0 to 255. */
export function needsEightBitScale(decode: DecodeKnobs): string | null {
  return decode.range === 'stored'
    ? 'takes values of 0 to 255 for granted, which decode.range: stored does not give; choose range: type, or leave the step out'
    : null;
}
