import { expect, test } from 'vitest';
import { random } from '../base/random';
import { type Labelled, largest, linearProbe, nearestNeighbours, type Vectors } from './proposals';

/** `each` unit vectors around each of `classes` random directions. */
function clouds(classes: number, each: number, spread: number, length = 24) {
  const draw = random(7, 'clouds', 0, 0);
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw.next())) * Math.cos(2 * Math.PI * draw.next());
  const centres = Array.from({ length: classes }, () => Array.from({ length }, normal));
  const rows = Array.from({ length: classes * each }, (_, i) => {
    const row = centres[i % classes].map((value) => value + spread * normal());
    const size = Math.hypot(...row);
    return row.map((value) => value / size);
  });
  const vectors: Vectors = { data: Float32Array.from(rows.flat()), length };
  return { vectors, truth: rows.map((_, i) => i % classes) };
}

function labelledOf(truth: readonly number[], count: number, classes: number): Labelled {
  const at = Array.from({ length: count }, (_, i) => i);
  return { at, classIds: at.map((i) => truth[i]), classes };
}

const proposers = [
  ['linear probe', linearProbe],
  ['nearest neighbours', nearestNeighbours],
] as const;

for (const [name, propose] of proposers) {
  test(`${name}: finds the class of vectors that it has not seen, and knows how sure that is`, () => {
    const { vectors, truth } = clouds(4, 50, 0.6);
    const { scores, accuracy } = propose(vectors, labelledOf(truth, 40, 4));
    const others = truth.slice(40);
    const right = others.filter((id, i) => largest(scores(40 + i)) === id).length / others.length;
    expect(right).toBeGreaterThan(0.95);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(scores(60).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test(`${name}: does not call labels that mean nothing accurate`, () => {
    const { vectors } = clouds(1, 80, 3);
    const draw = random(3, 'coin', 0, 0);
    const at = Array.from({ length: 80 }, (_, i) => i);
    const { accuracy } = propose(vectors, {
      at,
      classIds: at.map(() => (draw.next() < 0.5 ? 0 : 1)),
      classes: 2,
    });
    // What remembers its examples would say 1 of itself.
    expect(accuracy).toBeLessThan(0.75);
  });
}

test('leaving one out in closed form is what leaving it out and fitting again gives', () => {
  const { vectors, truth } = clouds(3, 9, 1.2);
  const all = labelledOf(truth, 27, 3);
  const again = all.at.filter((place) => {
    const at = all.at.filter((other) => other !== place);
    const { scores } = linearProbe(vectors, { at, classIds: at.map((i) => truth[i]), classes: 3 });
    return largest(scores(place)) === truth[place];
  });
  expect(Math.abs(linearProbe(vectors, all).accuracy - again.length / 27)).toBeLessThanOrEqual(2 / 27);
});
