import { z } from 'zod';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { mapValues, needsEightBitScale } from './lookup';
import { tablePass } from './table-pass';

const knobs = z.strictObject({
  threshold: knob(z.int().min(0).max(256), 128, {
    label: 'Threshold',
    help: 'Draws the value from which on pixels are inverted, from this to 256, at which nothing is.',
  }),
  probability: probability(0.2),
});

/** Inverts the bright values, as Pillow's `ImageOps.solarize`. */
export const solarise: Transform<z.output<typeof knobs>> = {
  id: 'solarise',
  label: 'Solarise',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const threshold = given.threshold + Math.floor(random.next() * (257 - given.threshold));
    return happens ? { threshold } : null;
  },
  apply: (raster, drawn) => solarised(raster, Number(drawn.threshold)),
  passes: (drawn) => [tablePass((ramp) => solarised(ramp, Number(drawn.threshold)))],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/** Inverts what is not below the threshold. */
export function solarised<P extends Pixels>(raster: P, threshold: number): P {
  return mapValues(raster, (x) => (x < threshold ? x : 255 - x));
}
