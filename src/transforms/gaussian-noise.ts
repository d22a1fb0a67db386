import { z } from 'zod';
import { random as numbersOf } from '../base/random';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { spanOf } from './blend';
import { probability, recordable } from './chance';
import { needsEightBitScale } from './lookup';

const knobs = z.strictObject({
  largest: knob(z.number().min(0).max(128), 10, {
    label: 'Largest',
    help: 'Draws the standard deviation of the noise from 0 to this, on the scale 0 to 255.',
  }),
  probability: probability(0.3),
});

/** Adds normally distributed noise to every value, each channel its own. */
export const gaussianNoise: Transform<z.output<typeof knobs>> = {
  id: 'gaussian-noise',
  label: 'Gaussian noise',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const sigma = recordable(random.between(0, given.largest));
    const seed = random.next() * 2 ** 32;
    return happens ? { sigma, seed } : null;
  },
  apply: (raster, drawn) => noisy(raster, Number(drawn.sigma), Number(drawn.seed)),
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/**
 * Clips to 0 to 255, or to what a deep picture spans where it goes beyond by itself. Two numbers at a time by Box and Muller's formula (Annals of Mathematical Statistics 29, 1958).
 */
function noisy<P extends Pixels>(raster: P, sigma: number, seed: number): P {
  const { data } = raster;
  const whole = !isDeep(raster);
  const [low, high] = spanOf(raster);
  const { next } = numbersOf(seed);
  const add = (i: number, noise: number) => {
    const value = data[i] + noise;
    data[i] = Math.min(high, Math.max(low, whole ? Math.floor(value + 0.5) : value));
  };
  for (let i = 0; i < data.length; i += 2) {
    const radius = sigma * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    add(i, radius * Math.cos(angle));
    if (i + 1 < data.length) add(i + 1, radius * Math.sin(angle));
  }
  return raster;
}
