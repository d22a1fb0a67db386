import { z } from 'zod';
import { random as numbersOf } from '../base/random';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { needsEightBitScale } from './lookup';

const knobs = z.strictObject({
  largest: knob(z.number().min(0).max(1), 0.02, {
    label: 'Largest',
    help: 'Draws the share of pixels that become black or white, from 0 to this.',
  }),
  probability: probability(0.2),
});

/** Makes some pixels black and as many white, as a damaged sensor does. */
export const saltAndPepper: Transform<z.output<typeof knobs>> = {
  id: 'salt-and-pepper',
  label: 'Salt and pepper',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const share = recordable(random.between(0, given.largest));
    const seed = random.next() * 2 ** 32;
    return happens ? { share, seed } : null;
  },
  apply: (raster, drawn) => peppered(raster, Number(drawn.share), Number(drawn.seed)),
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

function peppered<P extends Pixels>(raster: P, share: number, seed: number): P {
  const { data, channels } = raster;
  const { next } = numbersOf(seed);
  for (let at = 0; at < data.length; at += channels) {
    const number = next();
    if (number < share) data.fill(number < share / 2 ? 0 : 255, at, at + channels);
  }
  return raster;
}
