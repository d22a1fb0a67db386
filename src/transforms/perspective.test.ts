import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import { stepsOf } from './steps';
import { parseTestRecipe } from './test-kit';

const names = ['x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'x4', 'y4'];
const side = 224;

const stepAt = (distortion: number) =>
  stepsOf(parseTestRecipe({ augment: { steps: [{ perspective: { distortion, probability: 1 } }] } }))[0];

/** The share of a white picture that is still seen on black. */
function seen(drawn: Readonly<Record<string, number>>): number {
  const white = {
    width: side,
    height: side,
    channels: 1,
    data: new Uint8Array(side ** 2).fill(255),
  } as const;
  const { data } = stepAt(0.9).apply(white, { step: 'perspective', ...drawn });
  return data.reduce((sum, value) => sum + value, 0) / 255 / side ** 2;
}

/** The area of the moved corners' quadrilateral, by the shoelace formula, as a share of the picture's. */
function areaOf(drawn: Readonly<Record<string, number>>): number {
  const [x1, y1, x2, y2, x3, y3, x4, y4] = names.map((name) => drawn[name] ?? 0);
  const quad = [[x1, y1], [1 - x2, y2], [1 - x3, 1 - y3], [x4, 1 - y4]]; // biome-ignore format: a table
  return quad.reduce((sum, [x, y], i) => sum + x * quad[(i + 1) % 4][1] - y * quad[(i + 1) % 4][0], 0) / 2;
}

const none = Object.fromEntries(names.map((name) => [name, 0]));

describe('perspective shows the whole picture within the moved corners', () => {
  it.each([1, 2, 3, 4])('when corner %i alone moves in', (corner) => {
    for (const share of [0.1, 0.25, 0.3, 0.4, 0.45]) {
      const drawn = { ...none, [`x${corner}`]: share, [`y${corner}`]: share };
      expect(Math.abs(seen(drawn) - areaOf(drawn)), `${share}`).toBeLessThan(0.01);
    }
  });

  it('when all move in, as far as it draws', () => {
    const step = stepAt(0.9);
    for (let copy = 0; copy < 300; copy++) {
      const drawn = step.draw(random(3, copy)) as unknown as Record<string, number>;
      expect(Math.abs(seen(drawn) - areaOf(drawn)), JSON.stringify(drawn)).toBeLessThan(0.01);
    }
  });
});
