import { expect, test } from 'vitest';
import { random } from '../base/random';
import { type Labelled, largest, linearProbe, nearestNeighbours } from './proposals';

/** `each` unit vectors around each of `classes` random directions. */
function clouds(classes: number, each: number, spread: number, length = 24) {
  const draw = random(7, 'clouds', 0, 0);
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw.next())) * Math.cos(2 * Math.PI * draw.next());
  const centres = Array.from({ length: classes }, () => Array.from({ length }, normal));
  const rows = Array.from({ length: classes * each }, (_, i) => {
    const row = centres[i % classes].map((value) => value + spread * normal());
    const size = Math.hypot(...row);
    return Float32Array.from(row, (value) => value / size);
  });
  return { vectors: rows, truth: rows.map((_, i) => i % classes) };
}

const proposers = [
  ['linear probe', linearProbe],
  ['nearest neighbours', nearestNeighbours],
] as const;

for (const [name, propose] of proposers) {
  test(`${name}: finds the class of vectors that it has not seen, and knows how sure that is`, () => {
    const { vectors, truth } = clouds(4, 50, 0.6);
    const { scores, accuracy } = propose({
      vectors: vectors.slice(0, 40),
      classIds: truth.slice(0, 40),
      classes: 4,
    });
    const others = truth.slice(40);
    const right = others.filter((id, i) => largest(scores(vectors[40 + i])) === id).length / others.length;
    expect(right).toBeGreaterThan(0.95);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(scores(vectors[60]).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test(`${name}: does not call labels that mean nothing accurate`, () => {
    const { vectors } = clouds(1, 80, 3);
    const draw = random(3, 'coin', 0, 0);
    const { accuracy } = propose({
      vectors,
      classIds: vectors.map(() => (draw.next() < 0.5 ? 0 : 1)),
      classes: 2,
    });
    // What remembers its examples would say 1 of itself.
    expect(accuracy).toBeLessThan(0.75);
  });
}

test('leaving one out in closed form is what leaving it out and fitting again gives', () => {
  const { vectors, truth } = clouds(3, 9, 1.2);
  const all: Labelled = { vectors, classIds: truth, classes: 3 };
  const again = vectors.filter((vector, i) => {
    const others = (_: unknown, j: number) => j !== i;
    const { scores } = linearProbe({
      vectors: vectors.filter(others),
      classIds: truth.filter(others),
      classes: 3,
    });
    return largest(scores(vector)) === truth[i];
  });
  expect(Math.abs(linearProbe(all).accuracy - again.length / 27)).toBeLessThanOrEqual(2 / 27);
});
