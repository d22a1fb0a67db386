import { describe, expect, it } from 'vitest';
import type { DeepRaster, Pixels } from '../core/image';
import { stepsOf } from './steps';
import { parseTestRecipe } from './test-kit';

const side = 41;
const centre = 20;

function blurred<P extends Pixels>(id: string, drawn: Readonly<Record<string, number>>, picture: P): P {
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: {} }] } }));
  return step.apply({ ...picture, data: picture.data.slice() }, { step: id, ...drawn });
}

/** A white point on black, in deep pixels, and where its light lies after a blur: mass, mean and variances. */
function spread(id: string, drawn: Readonly<Record<string, number>>) {
  const data = new Float32Array(side ** 2);
  data[centre * side + centre] = 255;
  const after = blurred<DeepRaster>(id, drawn, { width: side, height: side, channels: 1, data }).data;
  const sum = (of: (x: number, y: number) => number) =>
    after.reduce(
      (total, value, i) => total + value * of((i % side) - centre, Math.floor(i / side) - centre),
      0,
    );
  const mass = sum(() => 1);
  return {
    mass,
    x: sum((x) => x) / mass,
    y: sum((_, y) => y) / mass,
    xx: sum((x) => x * x) / mass,
    yy: sum((_, y) => y * y) / mass,
    // Up is positive, as an angle's is.
    xy: -sum((x, y) => x * y) / mass,
  };
}

describe.each([
  ['gaussian-blur', [{ sigma: 0.4 }, { sigma: 1.5 }, { sigma: 4 }]],
  [
    'motion-blur',
    [
      { length: 4, degrees: 30 },
      { length: 9, degrees: 0 },
      { length: 15, degrees: 117 },
    ],
  ],
] as const)('%s', (id, draws) => {
  it('keeps a constant picture to the last value', () => {
    for (const drawn of draws)
      for (const channels of [1, 3] as const)
        for (const value of [0, 1, 127, 254, 255]) {
          const data = new Uint8Array(12 * 7 * channels).fill(value);
          const after = blurred(id, drawn, { width: 12, height: 7, channels, data });
          expect(new Set(after.data), JSON.stringify(drawn)).toEqual(new Set([value]));
        }
  });

  it('spreads a point about its place and keeps its light', () => {
    for (const drawn of draws) {
      const { mass, x, y } = spread(id, drawn);
      expect(mass).toBeCloseTo(255, 3);
      expect(x).toBeCloseTo(0, 4);
      expect(y).toBeCloseTo(0, 4);
    }
  });

  it('leaves each channel to itself', () => {
    const data = Uint8Array.from({ length: 9 * 9 * 3 }, (_, i) => (i % 3 === 1 ? 200 : 0));
    const after = blurred(id, draws[1], { width: 9, height: 9, channels: 3, data });
    expect([...after.data]).toEqual([...data]);
  });
});

it('gaussian-blur has the standard deviation that was drawn, both ways', () => {
  for (const sigma of [1, 2, 4]) {
    const { xx, yy, xy } = spread('gaussian-blur', { sigma });
    // What lies beyond three of them is cut off, which takes 1.5 % of it.
    for (const variance of [xx, yy]) expect(Math.abs(Math.sqrt(variance) / sigma - 1)).toBeLessThan(0.02);
    expect(xy).toBeCloseTo(0, 4);
  }
});

it('motion-blur goes as far as was drawn in the direction that was drawn, and no way else', () => {
  for (const length of [7, 15])
    for (const degrees of [0, 30, 45, 90, 117, 160]) {
      const { xx, yy, xy } = spread('motion-blur', { length, degrees });
      const angle = (degrees * Math.PI) / 180;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const along = xx * c * c + 2 * xy * s * c + yy * s * s;
      const across = xx * s * s - 2 * xy * s * c + yy * c * c;
      // An even line of length - 1 has a variance of a twelfth of its square; reading between pixels adds up to a quarter each way.
      expect(Math.abs(along - (length - 1) ** 2 / 12), `${length} ${degrees}`).toBeLessThan(0.3);
      expect(across, `${length} ${degrees}`).toBeLessThan(0.3);
    }
});
