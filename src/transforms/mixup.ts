import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { blendWith } from './blend';
import { probability } from './chance';
import { alpha, drawWeight, needsOneSize } from './mix';

const knobs = z.strictObject({ alpha: alpha(0.2), probability: probability(0.5) });

/** Blends with another picture, as Pillow's `Image.blend` (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018). */
export const mixup: Transform<z.output<typeof knobs>> = {
  id: 'mixup',
  label: 'Mixup',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const weight = drawWeight(random.next() * 2 ** 32, given.alpha);
    return happens ? { weight } : null;
  },
  mix(raster, partner, drawn) {
    const weight = Number(drawn.weight);
    return { raster: blendWith(partner, raster, weight), weight };
  },
  refuses: (_, beside) => needsOneSize(beside),
};
