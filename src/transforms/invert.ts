import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { mapValues, needsEightBitScale } from './lookup';
import { tablePass } from './table-pass';

const knobs = z.strictObject({ probability: probability(0.1) });

/** Makes the negative, as Pillow's `ImageOps.invert`. */
export const invert: Transform<z.output<typeof knobs>> = {
  id: 'invert',
  label: 'Invert',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  apply: (raster) => mapValues(raster, (x) => 255 - x),
  passes: () => [tablePass((ramp) => mapValues(ramp, (x) => 255 - x))],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};
