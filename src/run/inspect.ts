import { type Outcome, succeeded } from '../core/failure';
import type { Decoded, ImageRef } from '../core/image';
import type { Inspected, Inspection, MeanColours } from '../core/inspection';
import type { Recipe } from '../core/recipe';
import { createCrew } from './crew';
import { decodeOne, decodeWish, pixelBuffers } from './decode-one';
import { createMeter } from './meter';

/** Decodes single files as a run with the same recipe does, in workers of its own. */
export interface Inspector {
  /** Decodes at full size; bad input is a failure in the outcome, as in a run. */
  inspect(ref: ImageRef): Promise<Inspection>;
  dispose(): void;
}

/** Opens an {@link Inspector} with so many decode workers: a run's pools, deadline and second try after a crash. */
export function openInspector(recipe: Recipe, workers: number): Inspector {
  const crew = createCrew(workers, { recipe, needs: { tensor: false, picture: false } });
  const context = { crew, recipe, meter: createMeter(), wish: { ...decodeWish(recipe), wanted: null } };
  return {
    async inspect(ref) {
      const start = performance.now();
      const image = { ref, label: null, labelId: -1, split: 'train', copies: 0, extra: {} } as const;
      const decoded = await decodeOne(context, image);
      const outcome = figures(decoded);
      if (decoded.ok) crew.spares.give(pixelBuffers(decoded.value));
      return { ms: performance.now() - start, outcome };
    },
    dispose: crew.dispose,
  };
}

function figures(decoded: Outcome<Decoded>): Outcome<Inspected> {
  if (!decoded.ok) return decoded;
  const { meta, frames } = decoded.value;
  return succeeded({
    meta,
    frames: frames.map(({ raster: { width, height, channels, data }, alpha }) => ({
      width,
      height,
      alpha,
      mean: meanColours(channels, data),
    })),
  });
}

/** Averages pixels with straight alpha, values on the scale of 8 bits; what lies beyond it counts as its end. */
export function meanColours(channels: 1 | 3 | 4, data: ArrayLike<number>): MeanColours {
  const plain = [0, 0, 0];
  const covered = [0, 0, 0];
  const apart = channels === 1 ? 0 : 1;
  let alphas = 0;
  for (let at = 0; at < data.length; at += channels) {
    const alpha = channels === 4 ? Math.min(Math.max(data[at + 3], 0), 255) : 255;
    alphas += alpha;
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.min(Math.max(data[at + channel * apart], 0), 255);
      plain[channel] += value;
      covered[channel] += value * alpha;
    }
  }
  const pixels = data.length / channels;
  const clear = 255 - alphas / pixels;
  const toEach = (of: (channel: number) => number) => [of(0), of(1), of(2)] as const;
  return {
    plain: toEach((channel) => plain[channel] / pixels),
    black: toEach((channel) => covered[channel] / 255 / pixels),
    white: toEach((channel) => covered[channel] / 255 / pixels + clear),
  };
}
