import { z } from 'zod';
import { random as numbersOf } from '../base/random';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { changePass } from './change-pass';
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
  passes(drawn, { width, height }) {
    // What makes any value black or white is a change like another.
    const changes = new Int16Array(width * height);
    eachGrain(changes.length, Number(drawn.share), Number(drawn.seed), (i, value) => {
      changes[i] = value === 0 ? -255 : 255;
    });
    return [changePass(changes, width, 1)];
  },
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

function peppered<P extends Pixels>(raster: P, share: number, seed: number): P {
  const { data, channels } = raster;
  eachGrain(data.length / channels, share, seed, (i, value) => {
    data.fill(value, i * channels, (i + 1) * channels);
  });
  return raster;
}

/** Says which pixels become black or white. */
function eachGrain(
  pixels: number,
  share: number,
  seed: number,
  take: (i: number, value: 0 | 255) => void,
): void {
  const { next } = numbersOf(seed);
  for (let i = 0; i < pixels; i++) {
    const number = next();
    if (number < share) take(i, number < share / 2 ? 0 : 255);
  }
}
