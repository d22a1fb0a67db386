import { z } from 'zod';
import type { Pass } from '../core/gpu';
import type { Pixels, Size } from '../core/image';
import { knob } from '../core/knobs';
import type { PassPicture, Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { type Matrix, type Outside, outside, warp } from './warp';
import { warpPass } from './warp-pass';

const degrees = (label: string, help: string) =>
  knob(z.number().min(0).max(60), 10, { label, unit: '°', help });

const knobs = z.strictObject({
  horizontal: degrees('Horizontal', 'Most slant of upright lines, to either side.'),
  vertical: degrees('Vertical', 'Most slant of level lines, to either side.'),
  ...outside,
  probability: probability(1),
});

/** Slants the picture about its centre. */
export const shear: Transform<z.output<typeof knobs>> = {
  id: 'shear',
  label: 'Shear',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const horizontal = recordable(random.between(-given.horizontal, given.horizontal));
    const vertical = recordable(random.between(-given.vertical, given.vertical));
    return happens ? { horizontal, vertical } : null;
  },
  apply: (raster, drawn, given) => sheared(raster, slope(drawn.horizontal), slope(drawn.vertical), given),
  passes: (drawn, picture, given) =>
    shearPasses(picture, slope(drawn.horizontal), slope(drawn.vertical), given),
};

const slope = (angle: unknown) => Math.tan((Number(angle) * Math.PI) / 180);

/** Moves rows by `horizontal` pixels to the left a row below the centre, columns up by `vertical`. */
export function sheared<P extends Pixels>(
  raster: P,
  horizontal: number,
  vertical: number,
  given: Outside,
): P {
  return warp(raster, matrixOf(raster, horizontal, vertical), given);
}

/** {@link sheared} on the GPU. */
export function shearPasses(
  picture: PassPicture,
  horizontal: number,
  vertical: number,
  given: Outside,
): readonly Pass[] | null {
  return warpPass(picture, matrixOf(picture, horizontal, vertical), given);
}

function matrixOf({ width, height }: Size, horizontal: number, vertical: number): Matrix {
  return [1, horizontal, (-horizontal * height) / 2, vertical, 1, (-vertical * width) / 2];
}
