import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../base/half';
import type { Raster } from '../core/image';
import { normalise, tensorStats } from './normalise';
import { drawRaster, parseTestRecipe } from './test-kit';

const knobs = (given: object) => parseTestRecipe({ normalise: { dtype: 'float32', ...given } }).normalise;
const grey = (...values: number[]): Raster => ({
  width: values.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(values),
});
const bits32 = (raster: Raster, given: object) => [
  ...new Uint32Array(normalise(raster, knobs(given)).bytes.buffer),
];
const floats = (raster: Raster, given: object) => [
  ...new Float32Array(normalise(raster, knobs(given)).bytes.buffer),
];

describe('normalise', () => {
  const values = grey(0, 1, 77, 128, 200, 255);

  it('gives NumPy’s float32 bits', () => {
    // x = np.float32([0, 1, 77, 128, 200, 255]); f = np.float32: x / f(255), x / f(127.5) - f(1), (x / f(255) - f(.485)) / f(.229)
    expect(bits32(values, { values: 'unit' })).toEqual([0x0, 0x3b808081, 0x3e9a9a9b, 0x3f008081, 0x3f48c8c9, 0x3f800000]); // biome-ignore format: an array
    expect(bits32(values, { values: 'signed' })).toEqual([0xbf800000, 0xbf7dfdfe, 0xbecacaca, 0x3b808100, 0x3f119192, 0x3f800000]); // biome-ignore format: an array
    const imagenetRed = { values: 'custom', mean: [0.485], std: [0.229] };
    expect(bits32(values, imagenetRed)).toEqual([0xc0078bbd, 0xc006732b, 0xbf4c9ec9, 0x3d97af32, 0x3fa74d4f, 0x400fee1d]); // biome-ignore format: an array
    const half = normalise(values, knobs({ ...imagenetRed, dtype: 'float16' }));
    expect([...new Uint16Array(half.bytes.buffer)]).toEqual([0xc03c, 0xc034, 0xba65, 0x2cbd, 0x3d3a, 0x407f]);
  });

  it('standardises each channel by ImageNet’s mean and std', () => {
    const pixel: Raster = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 128, 0) };
    const expected = [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, -0.406 / 0.225];
    floats(pixel, { values: 'imagenet' }).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });

  it('gives caffe blue, green and red, less their means, unscaled', () => {
    const pixel: Raster = { width: 1, height: 1, channels: 3, data: Uint8Array.of(10, 20, 77) };
    // np.float32([77, 20, 10]) - np.float32([103.939, 116.779, 123.68])
    expect(floats(pixel, { values: 'caffe' })).toEqual([77 - 103.939, 20 - 116.779, 10 - 123.68].map(Math.fround).map((x) => expect.closeTo(x, 4))); // biome-ignore format: one row
    expect(bits32(pixel, { values: 'caffe' })[0]).toBe(0xc1d78314);
  });

  it('standardises per image over all channels, and a flat picture to zeros', () => {
    const raster = drawRaster(9, 7, 3);
    const stats = tensorStats(normalise(raster, knobs({ values: 'per-image' })));
    expect(stats.mean).toBeCloseTo(0, 6);
    expect(stats.std).toBeCloseTo(1, 6);
    expect(floats(grey(7, 7, 7), { values: 'per-image' })).toEqual([0, 0, 0]);
    // The std may not fall under 1 / sqrt(N): N = 4, values 8 and 9 once, std 0.433 < 0.5.
    expect(floats(grey(8, 8, 8, 9), { values: 'per-image' })).toEqual([-0.5, -0.5, -0.5, 1.5]);
  });

  it('lays channels last or first', () => {
    const raster = drawRaster(2, 3, 3);
    const last = normalise(raster, knobs({ dtype: 'uint8' }));
    expect(last.shape).toEqual([3, 2, 3]);
    expect([...last.bytes]).toEqual([...raster.data]);
    const first = normalise(raster, knobs({ dtype: 'uint8', layout: 'channels-first' }));
    expect(first.shape).toEqual([3, 3, 2]);
    expect([...first.bytes]).toEqual(
      [0, 1, 2].flatMap((c) => [...raster.data].filter((_, i) => i % 3 === c)),
    );
    expect(last.bytes.buffer).not.toBe(raster.data.buffer);
  });
});

describe('tensorStats', () => {
  it('measures every dtype alike', () => {
    for (const dtype of ['uint8', 'float16', 'float32'])
      expect(tensorStats(normalise(grey(1, 3, 5, 7), knobs({ dtype })))).toEqual({
        min: 1,
        max: 7,
        mean: 4,
        std: Math.sqrt(5),
      });
  });
});

describe('toHalf', () => {
  /** All finite halves from zero up. */
  const positive = Array.from({ length: 0x7c00 }, (_, bits) => bits);

  it('takes every half back to itself', () => {
    const lost = positive.filter(
      (bits) => toHalf(fromHalf(bits)) !== bits || toHalf(-fromHalf(bits)) !== (bits | 0x8000),
    );
    expect(lost).toEqual([]);
    expect(fromHalf(0x3c00)).toBe(1);
    expect(fromHalf(0x0001)).toBe(2 ** -24);
    expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
  });

  it('rounds to the nearest, ties to even, and overflows to infinity', () => {
    const wrong = positive.slice(0, -1).filter((bits) => {
      const middle = (fromHalf(bits) + fromHalf(bits + 1)) / 2; // exact in float32
      const even = bits % 2 === 0 ? bits : bits + 1;
      const step = middle * 2 ** -20;
      return (
        toHalf(middle) !== even ||
        toHalf(-middle) !== (even | 0x8000) ||
        toHalf(middle - step) !== bits ||
        toHalf(middle + step) !== bits + 1
      );
    });
    expect(wrong).toEqual([]);
    expect(toHalf(65519)).toBe(0x7bff);
    expect(toHalf(65520)).toBe(0x7c00);
    expect(toHalf(1e30)).toBe(0x7c00);
  });
});
