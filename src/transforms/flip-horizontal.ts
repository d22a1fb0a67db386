import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { probability } from './chance';

const knobs = z.strictObject({ probability: probability(0.5) });

/** Mirrors left and right. */
export const flipHorizontal: Transform<z.output<typeof knobs>> = {
  id: 'flip-horizontal',
  label: 'Flip horizontally',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  passes: (_, size) => [{ kind: 'move', matrix: [-1, 0, size.width - 1, 0, 1, 0], size }],
  apply(raster) {
    const { width, height, channels, data } = raster;
    for (let y = 0; y < height; y++) {
      let left = y * width * channels;
      let right = left + (width - 1) * channels;
      for (; left < right; left += channels, right -= channels) {
        for (let channel = 0; channel < channels; channel++) {
          const kept = data[left + channel];
          data[left + channel] = data[right + channel];
          data[right + channel] = kept;
        }
      }
    }
    return raster;
  },
};
