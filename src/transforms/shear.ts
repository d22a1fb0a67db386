import { z } from 'zod';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { type Outside, outside, warp } from './warp';

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
  apply(raster, drawn, given) {
    const slope = (angle: unknown) => Math.tan((Number(angle) * Math.PI) / 180);
    return sheared(raster, slope(drawn.horizontal), slope(drawn.vertical), given);
  },
};

/** Moves rows by `horizontal` pixels to the left a row below the centre, columns up by `vertical`. */
export function sheared<P extends Pixels>(
  raster: P,
  horizontal: number,
  vertical: number,
  given: Outside,
): P {
  const shiftX = (-horizontal * raster.height) / 2;
  const shiftY = (-vertical * raster.width) / 2;
  return warp(raster, [1, horizontal, shiftX, vertical, 1, shiftY], given);
}
