import { z } from 'zod';
import type { Pass } from '../core/gpu';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { PassPicture, Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { type Matrix, type Outside, outside, warp } from './warp';
import { warpPass } from './warp-pass';

const share = (label: string, help: string) => knob(z.number().min(0).max(1), 0.1, { label, help });

const knobs = z.strictObject({
  horizontal: share('Horizontal', 'Most, to either side, as a share of the width, 0 to 1.'),
  vertical: share('Vertical', 'Most, up or down, as a share of the height, 0 to 1.'),
  ...outside,
  probability: probability(1),
});

/** Shifts the picture by whole pixels, right and down when positive. */
export const translate: Transform<z.output<typeof knobs>> = {
  id: 'translate',
  label: 'Shift',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const horizontal = recordable(random.between(-given.horizontal, given.horizontal));
    const vertical = recordable(random.between(-given.vertical, given.vertical));
    return happens ? { horizontal, vertical } : null;
  },
  apply: (raster, drawn, given) =>
    shifted(raster, Number(drawn.horizontal) * raster.width, Number(drawn.vertical) * raster.height, given),
  passes: (drawn, picture, given) =>
    shiftPasses(
      picture,
      Number(drawn.horizontal) * picture.width,
      Number(drawn.vertical) * picture.height,
      given,
    ),
};

/** Shifts right and down by pixels, rounded to whole ones, so that nothing is interpolated. */
export function shifted<P extends Pixels>(raster: P, right: number, down: number, given: Outside): P {
  return warp(raster, matrixOf(right, down), given);
}

/** {@link shifted} on the GPU. */
export function shiftPasses(
  picture: PassPicture,
  right: number,
  down: number,
  given: Outside,
): readonly Pass[] | null {
  return warpPass(picture, matrixOf(right, down), given);
}

function matrixOf(right: number, down: number): Matrix {
  return [1, 0, -Math.round(right), 0, 1, -Math.round(down)];
}
