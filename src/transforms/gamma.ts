import { z } from 'zod';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { mapValues, needsEightBitScale } from './lookup';
import { tablePass } from './table-pass';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(3), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws an exponent from 1/1.2 to 1.2, evenly in ratio; above 1 darkens.',
  }),
  probability: probability(1),
});

/** Bends the curve of brightness, as torchvision's `adjust_gamma`: black and white stay. */
export const gamma: Transform<z.output<typeof knobs>> = {
  id: 'gamma',
  label: 'Gamma',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const most = Math.log1p(given.amount);
    const exponent = recordable(Math.exp(random.between(-most, most)));
    return happens ? { exponent } : null;
  },
  apply: (raster, drawn) => bent(raster, Number(drawn.exponent)),
  passes: (drawn) => [tablePass((ramp) => bent(ramp, Number(drawn.exponent)))],
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

function bent<P extends Pixels>(raster: P, exponent: number): P {
  // torchvision stretches by a little less than 256 so that cutting spreads values evenly; deep pixels are not cut.
  const scale = isDeep(raster) ? 255 : 256 - 1e-3;
  return mapValues(raster, (x) => scale * (Math.min(255, Math.max(0, x)) / 255) ** exponent);
}
