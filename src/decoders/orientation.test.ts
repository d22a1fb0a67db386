import { describe, expect, test } from 'vitest';
import { orient, orientedSize } from './orient';
import { readOrientation } from './orientation';
import { reductionFor } from './reduction';
import { orientationBlock } from './test-files';

/** A 3 × 2 picture of the numbers 1 to 6, as pixels. */
const stored = [1, 2, 3, 4, 5, 6];
const raster = (values: readonly number[], width: number, height: number) => ({
  width,
  height,
  channels: 4 as const,
  data: new Uint8ClampedArray(Uint32Array.from(values).buffer),
});

describe('orient', () => {
  // Each line is what a viewer shows of the stored 1 2 3 / 4 5 6 (EXIF 2.32: where row 0 and column 0 are).
  test.each([
    [1, [1, 2, 3, 4, 5, 6]],
    [2, [3, 2, 1, 6, 5, 4]],
    [3, [6, 5, 4, 3, 2, 1]],
    [4, [4, 5, 6, 1, 2, 3]],
    [5, [1, 4, 2, 5, 3, 6]],
    [6, [4, 1, 5, 2, 6, 3]],
    [7, [6, 3, 5, 2, 4, 1]],
    [8, [3, 6, 2, 5, 1, 4]],
  ])('turns by orientation %i', (orientation, shown) => {
    const turned = orient(raster(stored, 3, 2), orientation);
    expect([...new Uint32Array(turned.data.slice().buffer)]).toEqual(shown);
    expect({ width: turned.width, height: turned.height }).toEqual(
      orientedSize({ width: 3, height: 2 }, orientation),
    );
  });

  test('is the same across tiles as pixel by pixel', () => {
    const [width, height] = [131, 70];
    const values = Array.from({ length: width * height }, (_, i) => i);
    const turned = new Uint32Array(orient(raster(values, width, height), 6).data.slice().buffer);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) expect(turned[x * height + (height - 1 - y)]).toBe(y * width + x);
    }
  });

  test('leaves its argument alone, and takes pixels at any position', () => {
    const data = new Uint8Array(1 + 4 * 6);
    data.set(new Uint8Array(Uint32Array.from(stored).buffer), 1);
    const before = data.slice();
    const turned = orient({ width: 3, height: 2, channels: 4, data: data.subarray(1) }, 3);
    expect([...new Uint32Array(turned.data.slice().buffer)]).toEqual([6, 5, 4, 3, 2, 1]);
    expect(data).toEqual(before);
  });
});

describe('readOrientation', () => {
  test.each([false, true])('reads 1 to 8 (little-endian: %s) and takes anything else for 1', (little) => {
    for (let value = 1; value <= 8; value++)
      expect(readOrientation(orientationBlock(value, little))).toBe(value);
    for (const value of [0, 9, 65535]) expect(readOrientation(orientationBlock(value, little))).toBe(1);
  });

  test('takes a missing, cut or senseless block for 1', () => {
    const block = orientationBlock(6);
    expect(readOrientation(null)).toBe(1);
    for (let length = 0; length < 22; length++) expect(readOrientation(block.subarray(0, length))).toBe(1);
    const far = block.slice();
    far.set([0xff, 0xff, 0xff, 0xff], 4);
    expect(readOrientation(far)).toBe(1);
  });
});

describe('reductionFor', () => {
  const header = (width: number, height: number, orientation = 1) => ({
    size: { width, height },
    orientation,
  });
  test.each([
    [header(4000, 3000), { width: 448, height: 448 }, 4],
    [header(4000, 3000), { width: 500, height: 375 }, 8],
    [header(4000, 3000), { width: 501, height: 375 }, 4],
    [header(500, 375), { width: 448, height: 448 }, 1],
    [header(500, 375), { width: 250, height: 187 }, 2],
    [header(100000, 3000), { width: 1, height: 1 }, 8],
    [header(4000, 1000, 6), { width: 250, height: 1000 }, 4],
    [header(4000, 1000, 1), { width: 250, height: 1000 }, 1],
  ])('keeps the wanted size: %o to %o by %i', (from, wanted, reduction) => {
    expect(reductionFor(from, wanted)).toBe(reduction);
  });

  test('full size when nothing is wanted', () => {
    expect(reductionFor(header(4000, 3000), null)).toBe(1);
  });
});
