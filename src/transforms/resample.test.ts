import { describe, expect, it } from 'vitest';
import type { Raster } from '../core/image';
import { resample } from './resample';
import { drawRaster, testNumbers } from './test-kit';
import type { Filter } from './weights';

// Image.frombytes('RGB', (7, 5), …).resize((3, 2), filter, box=(0.5, 0.25, 6.75, 4.5)), Pillow 12.3.0; more by
// e2e/interop/pillow_resample.py.
const pillow: Readonly<Record<Filter, readonly number[]>> = {
  nearest: [84, 15, 209, 31, 4, 240, 230, 245, 11, 141, 110, 86, 60, 71, 89, 231, 28, 88],
  bilinear: [104, 110, 118, 141, 112, 142, 181, 140, 118, 112, 143, 90, 118, 108, 98, 184, 134, 87],
  bicubic: [101, 108, 113, 144, 111, 147, 180, 138, 122, 112, 150, 86, 114, 104, 97, 188, 137, 83],
  lanczos: [98, 106, 109, 149, 112, 149, 178, 138, 125, 111, 154, 84, 112, 99, 98, 189, 143, 80],
  area: [134, 66, 133, 151, 125, 170, 164, 116, 139, 110, 132, 76, 135, 114, 100, 198, 134, 76],
};
const filters = Object.keys(pillow) as Filter[];
const box = { left: 0.5, top: 0.25, right: 6.75, bottom: 4.5 };
const wholeOf = ({ width, height }: Raster) => ({ left: 0, top: 0, right: width, bottom: height });

/** The same colours with a fourth byte that must not matter. */
function withFourth({ width, height, data }: Raster): Raster {
  const four = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++)
    four.set([...data.subarray(i * 3, i * 3 + 3), (i * 37) % 256], i * 4);
  return { width, height, channels: 4, data: four };
}

describe.each(filters)('resample with %s', (filter) => {
  it('gives what Pillow gives, from three channels and from four', () => {
    const source = drawRaster(7, 5, 3);
    for (const picture of [source, withFourth(source)]) {
      const out = resample(picture, box, { width: 3, height: 2 }, filter);
      expect(out).toMatchObject({ width: 3, height: 2, channels: 3 });
      expect([...out.data]).toEqual(pillow[filter]);
    }
  });

  it('leaves a picture as it is when neither size nor box changes it', () => {
    const source = drawRaster(9, 4, 3);
    const out = resample(withFourth(source), wholeOf(source), { width: 9, height: 4 }, filter);
    expect([...out.data]).toEqual([...source.data]);
    const grey = drawRaster(9, 4, 1);
    const same = resample(grey, wholeOf(grey), { width: 9, height: 4 }, filter);
    expect([...same.data]).toEqual([...grey.data]);
    expect(same.data.buffer).not.toBe(grey.data.buffer);
  });

  it('cuts out a box of whole pixels', () => {
    const source = drawRaster(6, 6, 1);
    const out = resample(source, { left: 2, top: 3, right: 4, bottom: 5 }, { width: 2, height: 2 }, filter);
    expect([...out.data]).toEqual([20, 21, 26, 27].map((i) => source.data[i]));
  });

  it('keeps one colour one colour at every size', () => {
    const next = testNumbers(5);
    const whole = (most: number) => 1 + Math.floor(next() * most);
    for (let round = 0; round < 60; round++) {
      const width = whole(round % 2 ? 3 : 400);
      const height = whole(round % 3 ? 40 : 700);
      const colour = whole(255);
      const source: Raster = {
        width,
        height,
        channels: 1,
        data: new Uint8Array(width * height).fill(colour),
      };
      const left = next() * width * 0.9;
      const top = next() * height * 0.9;
      const size = { width: whole(30), height: whole(30) };
      const out = resample(source, { left, top, right: width, bottom: height }, size, filter);
      expect(out.data.length).toBe(size.width * size.height);
      expect(new Set(out.data), `round ${round}`).toEqual(new Set([colour]));
    }
  });

  it('makes one pixel of any picture and any picture of one pixel', () => {
    const dot: Raster = { width: 1, height: 1, channels: 4, data: new Uint8Array([9, 8, 7, 255]) };
    const out = resample(dot, wholeOf(dot), { width: 5, height: 3 }, filter);
    expect([...out.data]).toEqual(Array.from({ length: 15 }, () => [9, 8, 7]).flat());
    expect(resample(drawRaster(90, 3, 3), { left: 0, top: 0, right: 90, bottom: 3 }, { width: 1, height: 1 }, filter).data).toHaveLength(3); // biome-ignore format: one call
  });
});

describe('resample', () => {
  it('enlarges one channel as Pillow does', () => {
    // Image.frombytes('L', (7, 5), …).resize((4, 9), BILINEAR, box=(1, 0, 4, 3))
    const out = resample(drawRaster(7, 5, 1), { left: 1, top: 0, right: 4, bottom: 3 }, { width: 4, height: 9 }, 'bilinear'); // biome-ignore format: one call
    expect([...out.data]).toEqual([
      17, 35, 57, 83, 17, 35, 57, 83, 39, 70, 104, 131, 62, 104, 151, 180, 84, 139, 198, 228, 135, 149, 188,
      231, 186, 160, 179, 233, 237, 170, 169, 236, 232, 177, 157, 182,
    ]);
  });

  it('stops on a box outside of the picture', () => {
    const source = drawRaster(4, 4, 3);
    const resampled = () =>
      resample(source, { left: 0, top: 0, right: 4.5, bottom: 4 }, { width: 2, height: 2 }, 'area');
    expect(resampled).toThrow('leaves the picture of 4×4');
  });
});
