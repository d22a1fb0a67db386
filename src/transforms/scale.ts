import { z } from 'zod';
import type { Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { type Matrix, outside, warp } from './warp';
import { warpPass } from './warp-pass';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(3), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws a factor from 1/1.2 to 1.2, evenly in ratio.',
  }),
  ...outside,
  probability: probability(1),
});

/** Enlarges or shrinks the picture about its centre within its size. */
export const scale: Transform<z.output<typeof knobs>> = {
  id: 'scale',
  label: 'Scale',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const most = Math.log1p(given.amount);
    const factor = recordable(Math.exp(random.between(-most, most)));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn, given) => warp(raster, matrixOf(raster, Number(drawn.factor)), given),
  passes: (drawn, picture, given) => warpPass(picture, matrixOf(picture, Number(drawn.factor)), given),
};

function matrixOf({ width, height }: Size, factor: number): Matrix {
  const step = 1 / factor;
  const shift = (length: number) => (length / 2) * (1 - step);
  return [step, 0, shift(width), 0, step, shift(height)];
}
