import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { blendFrom } from './blend';
import { probability, recordable } from './chance';
import { tablePass } from './table-pass';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(1), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws a factor from 0.8 to 1.2.',
  }),
  probability: probability(1),
});

/** Makes the picture darker or lighter, as Pillow's `ImageEnhance.Brightness` by a factor from 1 - amount to 1 + amount. */
export const brightness: Transform<z.output<typeof knobs>> = {
  id: 'brightness',
  label: 'Brightness',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const factor = recordable(random.between(1 - given.amount, 1 + given.amount));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn) => blendFrom(0, raster, Number(drawn.factor)),
  passes: (drawn) => [tablePass((ramp) => blendFrom(0, ramp, Number(drawn.factor)))],
};
