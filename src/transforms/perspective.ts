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
    let inwards = names.map(() => recordable((random.next() * given.distortion) / 2));
    // Above a distortion of 2/3 a corner may come to lie behind the line between its neighbours, which no view from the
    // side does: then all move in by less.
    while (!isConvex(movedBy(inwards))) inwards = inwards.map((share) => recordable(0.9 * share));
    return happens ? Object.fromEntries(names.map((name, i) => [name, inwards[i]])) : null;
  },
  apply: (raster, drawn, given) => warp(raster, matrixOf(cornersOf(drawn), raster), given),
  passes: (drawn, picture, given) => warpPass(picture, matrixOf(cornersOf(drawn), picture), given),
};

const cornersOf = (drawn: Drawn) => movedBy(names.map((name) => Number(drawn[name])));

/** How far each of {@link corners} moves in, in shares of the sides. */
const names = ['x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'x4', 'y4'];

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

/** Moves the corners in by shares in the order of {@link names}. */
function movedBy(inwards: readonly number[]): readonly Point[] {
  return corners.map(({ x, y }, i) => ({
    x: x + (x === 0 ? 1 : -1) * inwards[2 * i],
    y: y + (y === 0 ? 1 : -1) * inwards[2 * i + 1],
  }));
}

/** Whether each corner turns the same way, by more than rounding can undo. */
function isConvex(quad: readonly Point[]): boolean {
  return quad.every((at, i) => {
    const [before, after] = [quad[(i + 3) % 4], quad[(i + 1) % 4]];
    return (at.x - before.x) * (after.y - at.y) - (at.y - before.y) * (after.x - at.x) > 0.005;
  });
}

/**
 * Gives the matrix that takes the moved corners back to the picture's, its w above 0 in between. Source: Heckbert,
 * Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3: the unit square to a quadrilateral, inverted.
 */
function matrixOf([p, q, r, s]: readonly Point[], { width, height }: Size): Matrix {
  const skew = { x: p.x - q.x + r.x - s.x, y: p.y - q.y + r.y - s.y };
  const cross = (q.x - r.x) * (s.y - r.y) - (s.x - r.x) * (q.y - r.y);
  const g = (skew.x * (s.y - r.y) - (s.x - r.x) * skew.y) / cross;
  const h = ((q.x - r.x) * skew.y - skew.x * (q.y - r.y)) / cross;
  const [a, b, c] = [q.x - p.x + g * q.x, s.x - p.x + h * s.x, p.x];
  const [d, e, f] = [q.y - p.y + g * q.y, s.y - p.y + h * s.y, p.y];
  const determinant = a * (e - f * h) - b * (d - f * g) + c * (d * h - e * g);
  const inverse = [
    [e - f * h, c * h - b, b * f - c * e],
    [f * g - d, a - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const [[a1, b1, c1], [d1, e1, f1], [g1, h1, i1]] = inverse.map(([x, y, one]) => [
    x / width / determinant,
    y / height / determinant,
    one / determinant,
  ]);
  return [
    a1 * width, b1 * width, c1 * width, d1 * height, e1 * height, f1 * height, g1, h1, i1,
  ]; // biome-ignore format: rows of a matrix
}
