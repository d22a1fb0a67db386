import { z } from 'zod';
import type { Transform } from '../core/plugin';
import { probability } from './chance';

const knobs = z.strictObject({ probability: probability(0.5) });

/** Mirrors top and bottom. */
export const flipVertical: Transform<z.output<typeof knobs>> = {
  id: 'flip-vertical',
  label: 'Flip vertically',
  knobs,
  draw: (given, random) => (random.next() < given.probability ? {} : null),
  passes: (_, size) => [{ kind: 'move', matrix: [1, 0, 0, 0, -1, size.height - 1], size }],
  apply(raster) {
    const { width, height, channels, data } = raster;
    const rowBytes = width * channels;
    for (let upper = 0, lower = height - 1; upper < lower; upper++, lower--) {
      const kept = data.slice(upper * rowBytes, (upper + 1) * rowBytes);
      data.copyWithin(upper * rowBytes, lower * rowBytes, (lower + 1) * rowBytes);
      data.set(kept, lower * rowBytes);
    }
    return raster;
  },
};
