import { z } from 'zod';
import type { Pass, ShaderFunction } from '../core/gpu';
import { isDeep, type Pixels, type Size } from '../core/image';
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

/**
 * Source: `ImageOps.autocontrast` in Pillow 12's `src/PIL/ImageOps.py`; `cutoff` in percent. Deep pixels are stretched from and
 * to their own values, not those of whole steps.
 */
export function contrastStretched<P extends Pixels>(raster: P, cutoff: number): P {
  const { channels } = raster;
  for (let channel = 0; channel < channels; channel++) {
    const counts = countValues(raster, channel);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    const cut = Math.floor((total * cutoff) / 100);
    const low = valueAt(cut, counts, raster, channel);
    const high = valueAt(total - 1 - cut, counts, raster, channel);
    if (high <= low) continue;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    mapChannel(raster, channel, channels, (x) => Math.min(255, Math.max(0, x * scale + offset)));
  }
  return raster;
}

/** The value that would stand at `place` if the channel's values were in order, each taken for one of 0 to 255. */
function valueAt(place: number, counts: Float64Array, raster: Pixels, channel: number): number {
  let step = 0;
  while (place >= counts[step]) place -= counts[step++];
  if (!isDeep(raster)) return step;
  const { data, channels } = raster;
  const within: number[] = [];
  for (let i = channel; i < data.length; i += channels) {
    const value = Math.min(255, Math.max(0, data[i]));
    if (Math.trunc(value) === step) within.push(value);
  }
  return Float32Array.from(within).sort()[place];
}

/** {@link contrastStretched} on the GPU. */
export function stretchPass({ width, height }: Size, cutoff: number): Pass {
  return { kind: 'count', shader: stretchShader, numbers: [Math.floor((width * height * cutoff) / 100)] };
}

const stretchShader: ShaderFunction = {
  name: 'stretched',
  wgsl: /* wgsl */ `
fn stretched(value: i32, channel: u32, n: u32) -> i32 {
  // The values at either end once the cut-off ones are gone.
  var low = 0;
  for (var rest = whole(n); rest >= counted(channel, low); low++) { rest -= counted(channel, low); }
  var high = 255;
  for (var rest = whole(n); rest >= counted(channel, high); high--) { rest -= counted(channel, high); }
  if (high <= low) { return value; }
  // In whole numbers, as the exact quotient is cut.
  return clamp((value - low) * 255, 0, 255 * (high - low)) / (high - low);
}`,
};
