import { z } from 'zod';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { mapValues, needsEightBitScale } from './lookup';
import { tablePass } from './table-pass';

const knobs = z.strictObject({
  fewest: knob(z.int().min(1).max(8), 4, {
    label: 'Fewest',
    unit: 'bits',
    help: 'Draws how many bits are kept, from this to 8.',
  }),
  probability: probability(0.5),
});

/** Keeps the highest bits of each value, as Pillow's `ImageOps.posterize`. */
export const posterise: Transform<z.output<typeof knobs>> = {
  id: 'posterise',
  label: 'Posterise',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const bits = given.fewest + Math.floor(random.next() * (9 - given.fewest));
    return happens ? { bits } : null;
  },
  apply: (raster, drawn) => posterised(raster, Number(drawn.bits)),
  passes: (drawn) => [tablePass((ramp) => posterised(ramp, Number(drawn.bits)))],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/** Cuts values down to multiples of 2^(8 - bits). */
export function posterised<P extends Pixels>(raster: P, bits: number): P {
  const step = 2 ** (8 - bits);
  return mapValues(raster, (x) => Math.floor(x / step) * step);
}
