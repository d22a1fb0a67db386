import { expect, it } from 'vitest';
import type { Pixels, Raster } from '../core/image';
import type { ExtractorTools } from '../core/plugin';
import { descriptor } from './descriptor';
import { measure } from './descriptor-measure';
import { descriptorLength, descriptorSide as side } from './descriptor-shape';

/** Of pictures that have the descriptor's own size, which need no resampling. */
const tools: ExtractorTools = { resample: (picture) => picture };

function draw(at: (x: number, y: number) => readonly [number, number, number]): Raster {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) data.set(at(x, y), (y * side + x) * 3);
  return { width: side, height: side, channels: 3, data };
}

const drawn = draw((x, y) => [
  (x * 3 + Math.floor((y * y) / 7)) % 256,
  Math.floor((x * y) / 5) % 256,
  (Math.floor((x * x) / 9) + 2 * y) % 256,
]);
const disc = (red: number, green: number, middle: number) =>
  draw((x, y) => ((x - middle) ** 2 + (y - 64) ** 2 < 900 ? [red, green, 30] : [240, 240, 240]));

const length = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);

it('is what NumPy makes of the formula', () => {
  const vector = measure(drawn, tools);
  expect(vector.length).toBe(descriptorLength);
  expect(descriptor.columns({})).toEqual([{ kind: 'vector', name: 'descriptor', length: descriptorLength }]);
  // By e2e/interop/descriptor.py --golden.
  const golden = {
    35: 0.040808, 70: 0.012572, 105: 0, 140: 0.09349, 175: 0.034057, 210: 0.002445, 245: 0.06998, 280: 0.017963,
    315: 0.035501, 350: 0.039807, 385: 0.068426, 420: 0.0575, 455: 0.028493, 490: 0.088591, 525: 0.189153,
  }; // biome-ignore format: a table
  for (const [i, value] of Object.entries(golden)) expect(vector[Number(i)]).toBeCloseTo(value, 5);
});

it('has length 1, of a blank picture too, and of one channel what three alike have', () => {
  const grey: Pixels = {
    width: side,
    height: side,
    channels: 1,
    data: drawn.data.filter((_, i) => i % 3 === 0),
  };
  const three = draw((x, y) => {
    const value = grey.data[y * side + x];
    return [value, value, value];
  });
  const black = draw(() => [0, 0, 0]);
  for (const picture of [drawn, grey, black, draw(() => [255, 255, 255])])
    expect(length(measure(picture, tools))).toBeCloseTo(1, 6);
  expect(measure(grey, tools)).toEqual(measure(three, tools));
  expect(
    measure(black, tools)
      .slice(245, 467)
      .every((x) => x === 0),
  ).toBe(true);
});

it('sees deep pixels as their 8 bits, passing over a fourth channel and what is no number', () => {
  const data = new Float32Array(side * side * 4).fill(Number.NaN);
  for (let i = 0; i < side * side; i++) data.set(drawn.data.subarray(i * 3, i * 3 + 3), i * 4);
  const deep: Pixels = { width: side, height: side, channels: 4, data };
  expect(measure(deep, tools)).toEqual(measure(drawn, tools));
  expect(length(measure({ ...deep, data: data.fill(Number.NaN) }, tools))).toBeCloseTo(1, 6);
});

it('finds a moved thing nearer than one of another colour, and that nearer than another picture', () => {
  const red = measure(disc(220, 40, 60), tools);
  const moved = cosine(red, measure(disc(220, 40, 68), tools));
  const green = cosine(red, measure(disc(40, 220, 60), tools));
  const other = cosine(red, measure(drawn, tools));
  expect(moved).toBeGreaterThan(green);
  expect(green).toBeGreaterThan(other);
});
