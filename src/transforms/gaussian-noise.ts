import { z } from 'zod';
import { random as numbersOf } from '../base/random';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { spanOf } from './blend';
import { probability, recordable } from './chance';
import { changePass } from './change-pass';
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
  passes(drawn, { width, height, channels }) {
    const changes = new Float64Array(width * height * channels);
    eachNoise(changes.length, Number(drawn.sigma), Number(drawn.seed), (i, noise) => {
      changes[i] = Math.floor(noise + 0.5);
    });
    return [changePass(changes, width, channels)];
  },
  refuses: (_, { decode }) => needsEightBitScale(decode),
};

/** Clips to 0 to 255, or to what a deep picture spans where it goes beyond by itself. */
function noisy<P extends Pixels>(raster: P, sigma: number, seed: number): P {
  const { data } = raster;
  const whole = !isDeep(raster);
  const [low, high] = spanOf(raster);
  eachNoise(data.length, sigma, seed, (i, noise) => {
    const value = data[i] + noise;
    data[i] = Math.min(high, Math.max(low, whole ? Math.floor(value + 0.5) : value));
  });
  return raster;
}

/** Two numbers at a time by Box and Muller's formula (Annals of Mathematical Statistics 29, 1958). */
function eachNoise(
  count: number,
  sigma: number,
  seed: number,
  take: (i: number, noise: number) => void,
): void {
  const { next } = numbersOf(seed);
  for (let i = 0; i < count; i += 2) {
    const radius = sigma * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    take(i, radius * Math.cos(angle));
    if (i + 1 < count) take(i + 1, radius * Math.sin(angle));
  }
}
