import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { toColour, toGrey } from './grey';
import { saturationPasses } from './saturation';

const knobs = z.strictObject({ probability: probability(0.2) });

/** Takes the colour away and keeps three channels, as Pillow's `convert('L').convert('RGB')`. */
export const greyscale: Transform<z.output<typeof knobs>> = {
  id: 'greyscale',
  label: 'Greyscale',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  apply: (raster) => (raster.channels === 1 ? raster : toColour(toGrey(raster))),
  passes: (_, picture) => saturationPasses(picture, 0),
};
