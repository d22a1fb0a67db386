import { z } from 'zod';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { blendWith } from './blend';
import { probability, recordable } from './chance';
import { toColour, toGrey } from './grey';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(1), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws a factor from 0.8 to 1.2.',
  }),
  probability: probability(1),
});

/** Makes colours paler or stronger, as Pillow's `ImageEnhance.Color` by a factor from 1 - amount to 1 + amount. */
export const saturation: Transform<z.output<typeof knobs>> = {
  id: 'saturation',
  label: 'Saturation',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const factor = recordable(random.between(1 - given.amount, 1 + given.amount));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn) => saturated(raster, Number(drawn.factor)),
};

/** Blends with the grey picture; grey pixels stay as they are. */
export function saturated<P extends Pixels>(raster: P, factor: number): P {
  return raster.channels === 1 ? raster : blendWith(toColour(toGrey(raster)), raster, factor);
}
