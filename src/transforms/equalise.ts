import { z } from 'zod';
import type { Pass, ShaderFunction } from '../core/gpu';
import type { Pixels } from '../core/image';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { countValues, mapChannel, needsEightBitScale } from './lookup';

const knobs = z.strictObject({ probability: probability(0.5) });

/** Spreads each channel's values so that all are about as common, as Pillow's `ImageOps.equalize`. */
export const equalise: Transform<z.output<typeof knobs>> = {
  id: 'equalise',
  label: 'Equalise',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  apply: equalised,
  passes: () => [equalisePass],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/** Source: `ImageOps.equalize` in Pillow 12's `src/PIL/ImageOps.py`. Deep values lie between those of whole ones. */
export function equalised<P extends Pixels>(raster: P): P {
  const { channels } = raster;
  for (let channel = 0; channel < channels; channel++) {
    const counts = countValues(raster, channel);
    const present = counts.filter((count) => count > 0);
    const total = present.reduce((sum, count) => sum + count, 0);
    const step = present.length <= 1 ? 0 : Math.floor((total - (present.at(-1) ?? 0)) / 255);
    if (step === 0) continue;
    let sum = Math.floor(step / 2);
    const table = Array.from(counts, (count) => {
      const value = Math.min(255, Math.floor(sum / step));
      sum += count;
      return value;
    });
    mapChannel(raster, channel, channels, (x) => {
      const low = Math.min(254, Math.max(0, Math.floor(x)));
      return table[low] + (table[low + 1] - table[low]) * (Math.min(255, Math.max(0, x)) - low);
    });
  }
  return raster;
}

const equaliseShader: ShaderFunction = {
  name: 'equalised',
  wgsl: /* wgsl */ `
fn equalised(value: i32, channel: u32, n: u32) -> i32 {
  var total = 0;
  var below = 0;
  var last = 0;
  var present = 0;
  for (var x = 0; x < 256; x++) {
    let count = counted(channel, x);
    if (x < value) { below += count; }
    if (count > 0) {
      last = count;
      present++;
    }
    total += count;
  }
  let gap = (total - last) / 255;
  if (present <= 1 || gap == 0) { return value; }
  return min(255, (gap / 2 + below) / gap);
}`,
};

/** {@link equalised} on the GPU. */
export const equalisePass: Pass = { kind: 'count', shader: equaliseShader, numbers: [] };
