import { z } from 'zod';
import type { Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import type { Drawn } from '../core/row';
import { probability, recordable } from './chance';
import { type Matrix, outside, warp } from './warp';
import { warpPass } from './warp-pass';

const knobs = z.strictObject({
  distortion: knob(z.number().min(0).max(0.9), 0.3, {
    label: 'Distortion',
    help: 'How far corners move in at most, as a share of the half sides, 0 to 0.9.',
  }),
  ...outside,
  probability: probability(0.5),
});

/** Sees the picture from the side: every corner moves in by its own, as torchvision's `RandomPerspective`. */
export const perspective: Transform<z.output<typeof knobs>> = {
  id: 'perspective',
  label: 'Perspective',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const names = ['x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'x4', 'y4'];
    const inwards = names.map((name) => [name, recordable((random.next() * given.distortion) / 2)]);
    return happens ? Object.fromEntries(inwards) : null;
  },
  apply: (raster, drawn, given) => warp(raster, matrixOf(movedCorners(drawn), raster), given),
  passes: (drawn, picture, given) => warpPass(picture, matrixOf(movedCorners(drawn), picture), given),
};

function movedCorners(drawn: Drawn): readonly Point[] {
  return corners.map(({ x, y }, i) => ({
    x: x + (x === 0 ? 1 : -1) * Number(drawn[`x${i + 1}`]),
    y: y + (y === 0 ? 1 : -1) * Number(drawn[`y${i + 1}`]),
  }));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Upper left, upper right, lower right, lower left, in shares of the sides. */
const corners: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** Solves for the matrix that takes the moved corners back to the picture's: two linear equations a corner. */
function matrixOf(moved: readonly Point[], { width, height }: Size): Matrix {
  const rows = corners.flatMap((corner, i) => {
    const [x, y] = [moved[i].x * width, moved[i].y * height];
    const [u, v] = [corner.x * width, corner.y * height];
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  const [a, b, c, d, e, f, g, h] = solved(rows);
  return [a, b, c, d, e, f, g, h];
}

/** Gauss-Jordan elimination with row exchange; each row ends in its right side. */
function solved(rows: number[][]): number[] {
  for (let at = 0; at < rows.length; at++) {
    const rest = rows.slice(at);
    const best = rest.reduce((top, row) => (Math.abs(row[at]) > Math.abs(top[at]) ? row : top));
    rows[rows.indexOf(best)] = rows[at];
    rows[at] = best.map((value) => value / best[at]);
    rows.forEach((row, i) => {
      if (i !== at) rows[i] = row.map((value, column) => value - row[at] * rows[at][column]);
    });
  }
  return rows.map((row) => row[rows.length]);
}
