import { describe, expect, it } from 'vitest';
import type { DeepRaster, Raster } from '../core/image';
import { stepsOf } from './steps';
import { parseTestRecipe } from './test-kit';

const flat = (width: number, height: number, channels: 1 | 3, value: number) => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels).fill(value),
});

function applied(id: string, drawn: Readonly<Record<string, number>>, picture: Raster, knobs: object = {}) {
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: knobs }] } }));
  return step.apply<Raster | DeepRaster>(picture, { step: id, ...drawn }).data;
}

function moments(values: ArrayLike<number>) {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
  return { mean, sigma: Math.sqrt(variance) };
}

describe('gaussian-noise', () => {
  it('has no mean and the standard deviation that was drawn', () => {
    for (const sigma of [2, 10, 30]) {
      const values = applied('gaussian-noise', { sigma, seed: 5 }, flat(200, 150, 3, 128));
      const found = moments(values);
      expect(Math.abs(found.mean - 128)).toBeLessThan(sigma / 50);
      expect(Math.abs(found.sigma / sigma - 1)).toBeLessThan(0.02);
      // Two thirds of a normal distribution lie within one standard deviation.
      const within =
        Array.from(values).filter((value) => Math.abs(value - 128) < sigma).length / values.length;
      if (sigma > 2) expect(Math.abs(within - 0.6827)).toBeLessThan(0.03);
    }
  });

  it('gives each value its own, and another seed another', () => {
    const values = applied('gaussian-noise', { sigma: 20, seed: 5 }, flat(100, 100, 3, 128));
    const next = (by: number) => {
      const pairs = Array.from(values).slice(by).map((value, i) => (value - 128) * (values[i] - 128)); // biome-ignore format: one sum
      return pairs.reduce((sum, product) => sum + product, 0) / pairs.length / 400;
    };
    for (const by of [1, 2, 3, 300]) expect(Math.abs(next(by))).toBeLessThan(0.03);
    expect(applied('gaussian-noise', { sigma: 20, seed: 6 }, flat(100, 100, 3, 128))).not.toEqual(values);
  });
});

describe('salt-and-pepper', () => {
  it('makes the share that was drawn black or white, as many of each, in all channels at once', () => {
    for (const share of [0.02, 0.3]) {
      const values = applied('salt-and-pepper', { share, seed: 9 }, flat(200, 200, 3, 100));
      const pixels = Array.from({ length: 40_000 }, (_, i) => [...values.slice(3 * i, 3 * i + 3)].join());
      const count = (pixel: string) => pixels.filter((each) => each === pixel).length / pixels.length;
      const [black, white] = [count('0,0,0'), count('255,255,255')];
      expect(black + white + count('100,100,100')).toBeCloseTo(1, 9);
      for (const part of [black, white]) expect(Math.abs(part - share / 2)).toBeLessThan(0.15 * (share / 2));
    }
  });
});

describe('cutout', () => {
  const erased = (values: ArrayLike<number>, before: number) =>
    Array.from(values, (value, i) => (value === before ? -1 : i)).filter((i) => i >= 0);

  it('erases one rectangle of the area, ratio and place that were drawn', () => {
    const drawn = { area: 0.12, ratio: 1.7, left: 0.25, top: 0.75 };
    const at = erased(applied('cutout', drawn, flat(200, 100, 1, 9)), 9);
    const [xs, ys] = [at.map((i) => i % 200), at.map((i) => Math.floor(i / 200))];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const [width, height] = [Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
    expect(at.length).toBe(width * height);
    expect(Math.abs(at.length / 20_000 / drawn.area - 1)).toBeLessThan(0.03);
    expect(Math.abs(height / width / drawn.ratio - 1)).toBeLessThan(0.05);
    expect(Math.abs(left / (200 - width) - drawn.left)).toBeLessThan(0.02);
    expect(Math.abs(top / (100 - height) - drawn.top)).toBeLessThan(0.05);
  });

  it('erases its area of a picture of any shape, whatever the ratio', () => {
    for (const [width, height] of [[400, 100], [100, 400], [224, 224]] as const) // biome-ignore format: a table
      for (const area of [0.1, 0.33, 0.8, 1])
        for (const ratio of [0.3, 1, 3.3]) {
          const drawn = { area, ratio, left: 0.4, top: 0.6 };
          const share =
            erased(applied('cutout', drawn, flat(width, height, 1, 9)), 9).length / width / height;
          expect(Math.abs(share / area - 1), JSON.stringify({ width, ...drawn })).toBeLessThan(0.02);
        }
  });

  it('fills with the colour, or with values all as likely', () => {
    const drawn = { area: 0.3, ratio: 1, left: 0, top: 0 };
    const fill = applied('cutout', drawn, flat(90, 90, 3, 9), { fill: '#102030' });
    expect([...fill.slice(0, 6)]).toEqual([16, 32, 48, 16, 32, 48]);
    const noise = applied('cutout', { ...drawn, seed: 4 }, flat(90, 90, 3, 9), { with: 'noise' });
    const found = moments(erased(noise, 9).map((i) => noise[i]));
    expect(Math.abs(found.mean - 127.5)).toBeLessThan(3);
    expect(Math.abs(found.sigma - 73.9)).toBeLessThan(2); // of 0 to 255 evenly: the root of (256² - 1) / 12
  });
});
