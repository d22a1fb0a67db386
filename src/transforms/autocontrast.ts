import { z } from 'zod';
import type { Pass, ShaderFunction } from '../core/gpu';
import type { Pixels, Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { countValues, mapChannel, needsEightBitScale } from './lookup';

const knobs = z.strictObject({
  cutoff: knob(z.number().min(0).max(49), 0, {
    label: 'Cut off',
    unit: '%',
    help: 'Share of the darkest and of the brightest pixels that is passed over.',
  }),
  probability: probability(0.5),
});

/** Stretches each channel from its darkest to its brightest value, as Pillow's `ImageOps.autocontrast`. */
export const autocontrast: Transform<z.output<typeof knobs>> = {
  id: 'autocontrast',
  label: 'Autocontrast',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  apply: (raster, _, given) => contrastStretched(raster, given.cutoff),
  passes: (_, picture, given) => [stretchPass(picture, given.cutoff)],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/** Source: `ImageOps.autocontrast` in Pillow 12's `src/PIL/ImageOps.py`; `cutoff` in percent. */
export function contrastStretched<P extends Pixels>(raster: P, cutoff: number): P {
  const { channels } = raster;
  for (let channel = 0; channel < channels; channel++) {
    const counts = countValues(raster, channel);
    const cut = Math.floor((counts.reduce((sum, count) => sum + count, 0) * cutoff) / 100);
    const values = Array.from(counts, (_, value) => value);
    const low = firstLeft(counts, values, cut);
    const high = firstLeft(counts, [...values].reverse(), cut);
    if (high <= low) continue;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    mapChannel(raster, channel, channels, (x) => Math.min(255, Math.max(0, x * scale + offset)));
  }
  return raster;
}

/** Takes `cut` pixels away in the order of `values` and says which value is the first that has some left. */
function firstLeft(counts: Float64Array, values: readonly number[], cut: number): number {
  for (const value of values) {
    const taken = Math.min(cut, counts[value]);
    counts[value] -= taken;
    cut -= taken;
    if (counts[value] > 0) return value;
  }
  return values.at(-1) ?? 0;
}

/** {@link contrastStretched} on the GPU. */
export function stretchPass({ width, height }: Size, cutoff: number): Pass {
  return { kind: 'count', shader: stretchShader, numbers: [Math.floor((width * height * cutoff) / 100)] };
}

const stretchShader: ShaderFunction = {
  name: 'stretched',
  wgsl: /* wgsl */ `
fn stretched(value: i32, channel: u32, n: u32) -> i32 {
  var low = 255;
  var left = 0;
  var rest = whole(n);
  for (var x = 0; x < 256; x++) {
    let count = counted(channel, x);
    let taken = min(rest, count);
    rest -= taken;
    if (count > taken) {
      low = x;
      left = count - taken;
      break;
    }
  }
  var high = 0;
  rest = whole(n);
  for (var x = 255; x >= low; x--) {
    let count = select(counted(channel, x), left, x == low);
    let taken = min(rest, count);
    rest -= taken;
    if (count > taken) {
      high = x;
      break;
    }
  }
  if (high <= low) { return value; }
  // In whole numbers, as the exact quotient is cut.
  return clamp((value - low) * 255, 0, 255 * (high - low)) / (high - low);
}`,
};
