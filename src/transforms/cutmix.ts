import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { alpha, drawWeight, needsOneSize } from './mix';

const knobs = z.strictObject({ alpha: alpha(1), probability: probability(0.5) });

/**
 * Puts a rectangle of another picture in its place (Yun et al., "CutMix", 2019). Theirs may reach over the edge; here it lies within, so
 * that it has the area that was drawn, and the picture's shape.
 */
export const cutmix: Transform<z.output<typeof knobs>> = {
  id: 'cutmix',
  label: 'CutMix',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const weight = drawWeight(random.next() * 2 ** 32, given.alpha);
    const left = recordable(random.next());
    const top = recordable(random.next());
    return happens ? { weight, left, top } : null;
  },
  mix(raster, partner, drawn) {
    const { width, height, channels } = raster;
    const side = Math.sqrt(1 - Number(drawn.weight));
    const boxWidth = Math.round(side * width);
    const boxHeight = Math.round(side * height);
    const left = Math.floor(Number(drawn.left) * (width - boxWidth + 1));
    const top = Math.floor(Number(drawn.top) * (height - boxHeight + 1));
    for (let y = top; y < top + boxHeight; y++) {
      const start = (y * width + left) * channels;
      raster.data.set(partner.data.subarray(start, start + boxWidth * channels), start);
    }
    // Whole pixels: the label's share is that of the pixels, not the one that was drawn.
    return { raster, weight: 1 - (boxWidth * boxHeight) / (width * height) };
  },
  refuses: (_, beside) => needsOneSize(beside),
};
