import { z } from 'zod';
import type { Pass } from '../core/gpu';
import { blank, type Pixels, type Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability } from './chance';

const knobs = z.strictObject({
  turns: knob(z.enum(['any', 'half']), 'any', {
    label: 'Turns',
    help: 'any: 90°, 180° or 270°; half: 180° alone.',
  }),
  probability: probability(0.75),
});

/** Turns by 90°, 180° or 270°, each as likely, without interpolation. */
export const turn: Transform<z.output<typeof knobs>> = {
  id: 'turn',
  label: 'Turn by 90°',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const quarters = 1 + Math.floor(random.next() * 3);
    return happens ? { degrees: given.turns === 'half' ? 180 : quarters * 90 } : null;
  },
  apply: (raster, drawn) => turned(raster, Number(drawn.degrees)),
  passes: (drawn, size) => [turnMove(size, Number(drawn.degrees))],
  refuses({ turns }, { image }) {
    const fixed = image.fit === 'cover' || image.fit === 'contain' || image.fit === 'stretch';
    if (turns === 'half' || !fixed || image.width === image.height) return null;
    return `got any with pictures of ${image.width}×${image.height}, which a turn by 90° would make ${image.height}×${image.width}; choose turns: half, or equal sides`;
  },
};

/** Turns counter-clockwise by a multiple of 90°, as Pillow's `ROTATE_90` and so on. */
function turned<P extends Pixels>(raster: P, degrees: number): P {
  const { width, height, channels, data } = raster;
  const size = degrees === 180 ? { width, height } : { width: height, height: width };
  // Where output pixel (0, 0) comes from, and how far a column or a row of the output is there.
  const last = width * height - 1;
  const [start, right, down] =
    degrees === 90
      ? [width - 1, width, -1]
      : degrees === 180
        ? [last, -1, -width]
        : [last - width + 1, -width, 1];
  const result = blank(raster, size, channels);
  const out = result.data;
  let to = 0;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const from = (start + row * down + column * right) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel];
    }
  }
  return result;
}

/** The same as a map: where each output pixel comes from. */
function turnMove({ width, height }: Size, degrees: number): Pass {
  if (degrees === 180)
    return { kind: 'move', matrix: [-1, 0, width - 1, 0, -1, height - 1], size: { width, height } };
  const size = { width: height, height: width };
  const matrix =
    degrees === 90 ? ([0, -1, width - 1, 1, 0, 0] as const) : ([0, 1, 0, -1, 0, height - 1] as const);
  return { kind: 'move', matrix, size };
}
