import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { Raster } from '../core/image';
import type { Drawn } from '../core/row';
import { transforms } from './index';
import { stepsOf } from './steps';
import { drawRaster, parseTestRecipe } from './test-kit';

/** Applies one step with given parameters to drawn pixels. */
function applied(id: string, drawn: Record<string, number>, raster: Raster, knobs: object = {}): number[] {
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: knobs }] } }));
  return Array.from(step.apply(raster, { step: id, ...drawn }).data);
}

describe('flips', () => {
  it('mirror rows and columns, and twice is nothing', () => {
    const picture = () => drawRaster(3, 2, 3);
    const { data } = picture();
    const at = (x: number, y: number) => [...data.slice((y * 3 + x) * 3, (y * 3 + x) * 3 + 3)];
    const horizontal = [at(2, 0), at(1, 0), at(0, 0), at(2, 1), at(1, 1), at(0, 1)].flat();
    expect(applied('flip-horizontal', {}, picture())).toEqual(horizontal);
    expect(applied('flip-vertical', {}, picture())).toEqual([...data.slice(9), ...data.slice(0, 9)]);
    for (const id of ['flip-horizontal', 'flip-vertical'])
      for (const raster of [drawRaster(5, 4, 1), drawRaster(4, 5, 3), drawRaster(1, 1, 3)]) {
        const once = {
          ...raster,
          data: Uint8Array.from(applied(id, {}, { ...raster, data: raster.data.slice() })),
        };
        expect(applied(id, {}, once)).toEqual([...raster.data]);
      }
  });
});

describe('rotate', () => {
  it('gives what Pillow’s bilinear rotate gives', () => {
    // Image.frombytes('RGB', (5, 4), …).rotate(20, BILINEAR, fillcolor=(9, 8, 7)), and 'L' by -33.5 with fillcolor=90
    expect(applied('rotate', { degrees: 20 }, drawRaster(5, 4, 3), { fill: '#090807' })).toEqual([
      9, 8, 7, 158, 64, 123, 182, 138, 95, 147, 108, 122, 159, 87, 80, 90, 62, 131, 117, 80, 163, 81, 204,
      164, 77, 50, 161, 164, 191, 42, 188, 86, 247, 183, 135, 208, 225, 239, 50, 78, 123, 92, 155, 156, 52,
      47, 44, 188, 119, 163, 119, 142, 129, 105, 110, 92, 119, 9, 8, 7,
    ]);
    expect(applied('rotate', { degrees: -33.5 }, drawRaster(5, 4, 1), { fill: '#5a5a5a' })).toEqual([
      194, 148, 63, 45, 90, 240, 141, 83, 62, 93, 171, 149, 128, 77, 153, 90, 250, 127, 90, 146,
    ]);
  });

  it('does nothing at 0° and turns exactly at 180° and, a square, at 90°', () => {
    const picture = drawRaster(4, 4, 1);
    const values = [...picture.data];
    expect(applied('rotate', { degrees: 0 }, picture)).toEqual(values);
    expect(applied('rotate', { degrees: 180 }, picture)).toEqual([...values].reverse());
    const turned = values.map((_, i) => values[(i % 4) * 4 + 3 - Math.floor(i / 4)]);
    expect(applied('rotate', { degrees: 90 }, picture)).toEqual(turned);
  });
});

describe('rotate with zoom', () => {
  it('brings nothing in from outside, and enlarges no more than that takes', () => {
    for (const [width, height] of [[20, 20], [31, 12], [9, 40]] as const) // biome-ignore format: a table
      for (const degrees of [-170, -90, -33, 7.5, 45, 90]) {
        const white = { width, height, channels: 1, data: new Uint8Array(width * height).fill(255) } as const;
        expect(new Set(applied('rotate', { degrees }, white, { zoom: true }))).toEqual(new Set([255]));
      }
    // At 45° a square enlarged by the root of 2 shows its diamond from corner to corner: all of that, and no less.
    const diamond = (inside: number, outside: number) => ({
      width: 101,
      height: 101,
      channels: 1 as const,
      data: Uint8Array.from({ length: 101 ** 2 }, (_, i) =>
        Math.abs((i % 101) - 50) + Math.abs(Math.floor(i / 101) - 50) < 50 ? inside : outside,
      ),
    });
    const light = (picture: Raster) =>
      applied('rotate', { degrees: 45 }, picture, { zoom: true }).reduce((sum, value) => sum + value, 0);
    expect(light(diamond(255, 0)) / 255 / 101 ** 2).toBeGreaterThan(0.95);
    expect(light(diamond(0, 255))).toBeGreaterThan(0);
  });
});

describe('brightness and contrast', () => {
  it('give what Pillow’s ImageEnhance gives', () => {
    // ImageEnhance.Brightness(Image.frombytes('RGB', (4, 2), …)).enhance(factor), and Contrast
    const pinned = [
      ['brightness', 1.15, [0, 21, 51, 89, 135, 189, 251, 27, 105, 192, 255, 94, 204, 28, 155, 255, 138, 255, 152, 25, 200, 88, 255, 184]],
      ['brightness', 0.8, [0, 15, 36, 62, 94, 132, 175, 19, 73, 133, 199, 65, 142, 20, 108, 201, 96, 200, 106, 17, 139, 61, 194, 128]],
      ['contrast', 1.3, [0, 0, 23, 66, 118, 179, 249, 0, 84, 182, 255, 71, 196, 0, 140, 255, 120, 255, 137, 0, 191, 65, 255, 172]],
      ['contrast', 0.7, [35, 48, 66, 89, 117, 150, 188, 51, 99, 152, 209, 92, 159, 52, 129, 211, 119, 210, 128, 50, 156, 89, 205, 147]],
    ] as const; // biome-ignore format: rows of numbers
    for (const [id, factor, expected] of pinned)
      expect(applied(id, { factor }, drawRaster(4, 2, 3)), `${id} ${factor}`).toEqual(expected);
  });
});

describe('random-resized-crop', () => {
  it('stays inside the picture with the area and ratio that were asked for', () => {
    const [step] = stepsOf(
      parseTestRecipe({ augment: { steps: [{ 'random-resized-crop': { smallest: 0.3 } }] } }),
    );
    for (let i = 0; i < 500; i++) {
      const size = { width: 20 + ((i * 37) % 400), height: 20 + ((i * 91) % 300) };
      const drawn = step.draw(random(i)) as Drawn;
      const box = step.crop?.({ left: 0, top: 0, right: size.width, bottom: size.height }, size, { width: 224, height: 224 }, drawn); // biome-ignore format: one call
      if (!box) throw new Error('no box');
      expect(box.left >= 0 && box.top >= 0 && box.right <= size.width && box.bottom <= size.height).toBe(
        true,
      );
      const width = box.right - box.left;
      const height = box.bottom - box.top;
      expect([box.left, box.top, width, height].every(Number.isInteger)).toBe(true);
      // Sides are rounded, and where no try fits the centre's ratio alone is held.
      expect(width / height).toBeGreaterThan(0.75 * 0.93);
      expect(width / height).toBeLessThan((4 / 3) * 1.07);
      const longest = Math.max(size.width / size.height, size.height / size.width);
      if (longest < 4 / 3) expect((width * height) / (size.width * size.height)).toBeGreaterThan(0.3 * 0.93);
    }
  });

  it('takes the centre of a picture in which no try fits', () => {
    const [step] = stepsOf(
      parseTestRecipe({ augment: { steps: [{ 'random-resized-crop': { smallest: 1 } }] } }),
    );
    const whole = { left: 0, top: 0, right: 1000, bottom: 10 };
    const box = step.crop?.(
      whole,
      { width: 1000, height: 10 },
      { width: 8, height: 8 },
      { step: '', seed: 1 },
    );
    expect(box).toEqual({ left: 493, top: 0, right: 506, bottom: 10 });
  });
});

describe('every transform', () => {
  it('draws what the golden file says', async () => {
    const steps = transforms.map(({ id }) => ({ [id]: {} }));
    const recipe = parseTestRecipe({ seed: 7, augment: { steps } });
    const draws = ['cat/1.jpg', 'cat/2.jpg', 'dögs/ü.png'].flatMap((key) =>
      [1, 2].map((copy) => ({
        key,
        copy,
        drawn: stepsOf(recipe).map((step) => step.draw(random(recipe.seed, key, copy, step.index))),
      })),
    );
    await expect(`${JSON.stringify(draws, null, 2)}\n`).toMatchFileSnapshot('draws.golden.json');
  });

  it('draws the same count of numbers whether it happens or not', () => {
    for (const probability of [0, 0.5, 1]) {
      const steps = stepsOf(
        parseTestRecipe({ augment: { steps: transforms.map(({ id }) => ({ [id]: { probability } })) } }),
      );
      const counts = steps.map((step) => {
        let count = 0;
        const { next } = random(step.index);
        const counted = () => {
          count++;
          return next();
        };
        const drawn = step.draw({ next: counted, between: (low, high) => low + (high - low) * counted() });
        if (probability !== 0.5) expect(drawn !== null).toBe(probability === 1);
        return count;
      });
      expect(counts).toEqual([
        1, 1, 2, 2, 2, 2, 2, 3, 9, 3, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 3, 2, 6, 4, 5, 2, 4,
      ]);
    }
  });
});
