import { describe, expect, it } from 'vitest';
import type { Decoded, DeepRaster, Raster } from '../core/image';
import { computeImage, computeRasters } from './compute-image';
import { flattenDeep } from './flatten';
import { toGrey } from './grey';
import { normalise } from './normalise';
import { resample } from './resample';
import { stepsOf } from './steps';
import { drawDecoded, parseTestRecipe } from './test-kit';

const needs = { tensor: true, picture: false };

/** Fractions that a line of NumPy draws too: `float32((i*i*7 + i*31) // 2 * 37 % 65536 / 257)`. */
function drawDeep(width: number, height: number, channels: 1 | 3 | 4 = 1): DeepRaster {
  const data = Float32Array.from(
    { length: width * height * channels },
    (_, i) => ((Math.floor((i * i * 7 + i * 31) / 2) * 37) % 65_536) / 257,
  );
  return { width, height, channels, data };
}

const deepOf = (raster: Raster): DeepRaster => ({ ...raster, data: Float32Array.from(raster.data) });
const withRaster = (decoded: Decoded, raster: Raster | DeepRaster): Decoded => ({
  ...decoded,
  frames: decoded.frames.map((frame) => ({ ...frame, raster })),
});

/** A smooth picture: kernels that overshoot would meet the 8-bit path's clipping otherwise. */
function smooth(width: number, height: number, alpha: boolean): Raster {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      [60 + x * 2, 40 + y * 3, 200 - x - y, alpha ? 255 - 4 * x : 255].forEach((value, channel) => {
        data[(y * width + x) * 4 + channel] = value;
      });
  return { width, height, channels: 4, data };
}

describe('an 8-bit picture through the deep path', () => {
  const images = ['nearest', 'bilinear', 'bicubic', 'lanczos', 'area'].flatMap((filter) =>
    ['cover', 'contain', 'stretch', 'shortest', 'longest', 'none'].flatMap((fit) =>
      ['rgb', 'grey'].map((colour) => ({ filter, fit, colour, width: 30, height: 17, pad: '#102030' })),
    ),
  );

  it.each([false, true])('gives what the 8-bit path gives within its roundings (alpha: %s)', (alpha) => {
    for (const image of images) {
      const recipe = parseTestRecipe({ image, decode: { background: '#b04090' } });
      const job = { key: 'k', copies: 0, recipe };
      const raster = smooth(47, 40, alpha);
      const [eight] = computeRasters(withRaster(drawDecoded(47, 40, alpha), raster), job);
      const [deep] = computeRasters(withRaster(drawDecoded(47, 40, alpha), deepOf(raster)), job);
      expect(deep.raster).toMatchObject({
        width: eight.raster.width,
        height: eight.raster.height,
        channels: eight.raster.channels,
      });
      // Flattening, two passes and grey each round by half at most; a kernel with lobes passes on a little more.
      expect(farthest(deep.raster.data, eight.raster.data), JSON.stringify(image)).toBeLessThan(2);
    }
  });

  it('is augmented by the same numbers to the same pixels, within a step’s rounding', () => {
    const recipe = parseTestRecipe({
      image: { width: 24, height: 20 },
      augment: {
        enabled: true,
        steps: [{ 'flip-horizontal': {} }, { 'flip-vertical': {} }, { rotate: {} }, { 'random-resized-crop': {} }, { brightness: {} }, { contrast: {} }],
      },
    }); // biome-ignore format: a recipe
    const job = { key: 'k', copies: 12, recipe };
    const raster = smooth(47, 40, false);
    const eight = computeRasters(withRaster(drawDecoded(47, 40), raster), job);
    const deep = computeRasters(withRaster(drawDecoded(47, 40), deepOf(raster)), job);
    expect(deep.map(({ augmentation }) => augmentation)).toEqual(
      eight.map(({ augmentation }) => augmentation),
    );
    // Three steps cut their fraction.
    deep.forEach((copy, i) => {
      expect(farthest(copy.raster.data, eight[i].raster.data), `copy ${i}`).toBeLessThan(4.5);
    });
  });
});

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

describe('deep pixels', () => {
  it('of a 16-bit gradient keep more than 8 bits, in three channels from one', async () => {
    const ramp = { width: 2048, height: 4, channels: 1 } as const;
    const data = Float32Array.from({ length: 8192 }, (_, i) => ((i % 2048) * 32) / 257);
    const recipe = parseTestRecipe({
      image: { fit: 'stretch', width: 1024, height: 4 },
      normalise: { dtype: 'float32', values: 'unit' },
    });
    const decoded = withRaster(drawDecoded(1, 1), { ...ramp, data });
    const [row] = await computeImage(decoded, { key: 'k', copies: 0, recipe, needs });
    expect(row.tensor?.shape).toEqual([4, 1024, 3]);
    const values = new Float32Array(row.tensor?.bytes.buffer ?? new ArrayBuffer(0));
    expect(new Set(values).size).toBe(1024);
    expect(values[3]).toBe(values[5]);
  });

  it('are resampled to the bits of Pillow’s mode F', () => {
    // Image.fromarray(float32[4, 5]).resize((3, 2), LANCZOS, box=(0.5, 0.25, 4.75, 3.5)); more by pillow_resample.py
    const box = { left: 0.5, top: 0.25, right: 4.75, bottom: 3.5 };
    const { data } = resample(drawDeep(5, 4), box, { width: 3, height: 2 }, 'lanczos');
    expect([...new Uint32Array(data.buffer)]).toEqual([
      1090714242, 1099398103, 1105094042, 1121050587, 1124141323, 1125787460,
    ]);
  });

  it('are rotated to the values of Pillow’s mode F', () => {
    const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ rotate: { fill: '#0a0a0a' } }] } }));
    // Image.fromarray(float32[4, 5]).rotate(20, BILINEAR, fillcolor=10)
    const turned = step.apply(drawDeep(5, 4), { step: 'rotate', degrees: 20 });
    expect([...turned.data]).toEqual(
      [10, 4.8815202713012695, 12.210384368896484, 31.6345157623291, 50.997074127197266, 9.528193473815918, 24.217315673828125, 43.791324615478516, 75.34784698486328, 110.25325012207031, 37.74489974975586, 64.21361541748047, 95.22108459472656, 138.2110595703125, 186.0859375, 89.42364501953125, 123.35980224609375, 166.49966430664062, 192.037109375, 10],
    ); // biome-ignore format: a row
  });

  it('grow darker, lighter and harder without leaving 0 to 255, or what they span by themselves', () => {
    const apply = (id: string, factor: number, ...values: number[]) => {
      const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: {} }] } }));
      const data = Float32Array.from(values);
      return [...step.apply<DeepRaster>({ width: values.length, height: 1, channels: 1, data }, { step: id, factor }).data];
    }; // biome-ignore format: one call
    expect(apply('brightness', 1.5, 0.25, 100, 200)).toEqual([0.375, 150, 255]);
    expect(apply('brightness', 0.5, 5000, -20)).toEqual([2500, -10]);
    expect(apply('brightness', 2, 3000, 5000)).toEqual([5000, 5000]);
    expect(apply('contrast', 0.5, 10, 20.5, 30)).toEqual([15.083333, 20.333334, 25.083334].map((x) => expect.closeTo(x, 4))); // biome-ignore format: one row
    expect(apply('contrast', 0.5, 10, Number.NaN, 30)).toEqual([15, Number.NaN, 25]);
  });

  it('are stretched from their own darkest value to their own brightest', () => {
    const apply = (cutoff: number, ...values: number[]) => {
      const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ autocontrast: { cutoff } }] } }));
      const data = Float32Array.from(values);
      return [...step.apply<DeepRaster>({ width: values.length, height: 1, channels: 1, data }, { step: 'autocontrast' }).data];
    }; // biome-ignore format: one call
    const near = (...values: number[]) => values.map((x) => expect.closeTo(x, 4));
    expect(apply(0, 10.75, 20.25, 10.25, 20.5)).toEqual(near(0.5 * 24.878049, 10 * 24.878049, 0, 255));
    expect(apply(0, 10.25, Number.NaN, 10.75)).toEqual([0, Number.NaN, 255]);
    expect(apply(0, -40, 100, 300)).toEqual([0, 100, 255]);
    expect(apply(25, 10.25, 10.75, 20.25, 20.75)).toEqual(near(0, 0, 255, 255));
    expect(apply(0, Number.NaN, Number.NaN)).toEqual([Number.NaN, Number.NaN]);
  });

  it('are flattened in proportion to alpha, and what is hidden does not show, even NaN', () => {
    const data = Float32Array.of(100.5, 0, 255, 127.5, Number.NaN, 1, 2, 0, 7.25, 8.25, 9.25, 255);
    const flat = flattenDeep({ width: 3, height: 1, channels: 4, data }, [255, 128, 0]);
    expect([...flat.data]).toEqual([177.75, 64, 127.5, 255, 128, 0, 7.25, 8.25, 9.25]);
  });

  it('become grey by the weights of 8 bits, equal channels exactly', () => {
    const data = Float32Array.of(1000.125, 1000.125, 1000.125, 255, 0, 0);
    const grey = toGrey<DeepRaster>({ width: 2, height: 1, channels: 3, data });
    expect([...grey.data]).toEqual([1000.125, Math.fround((255 * 19595) / 65_536)]);
  });

  it('are normalised to NumPy’s float32 bits', () => {
    // x = np.float32([0, 0.25, 77.7, 128.5, 254.99, 300]); the formulas of normalise.ts in np.float32
    const data = Float32Array.of(0, 0.25, 77.7, 128.5, 254.99, 300);
    const raster: DeepRaster = { width: 6, height: 1, channels: 1, data };
    const bytes = (given: object) =>
      normalise(raster, parseTestRecipe({ image: { colour: 'grey' }, normalise: { dtype: 'float32', ...given } }).normalise)
        .bytes.buffer; // biome-ignore format: one call
    const bits = (given: object) => [...new Uint32Array(bytes(given))];
    const red = { values: 'custom', mean: [0.485], std: [0.229] };
    expect(bits({ values: 'none' })).toEqual([...new Uint32Array(data.buffer)]);
    expect(bits({ values: 'unit' })).toEqual([0, 981500033, 1050411624, 1057030401, 1065352558, 1066833559]);
    expect(bits({ values: 'signed' })).toEqual([3212836864, 3212803967, 3200777008, 1006665856, 1065351900, 1068313902]); // biome-ignore format: a row
    expect(bits(red)).toEqual([3221719997, 3221702040, 3209268530, 1034500167, 1074785102, 1078018011]);
    expect([...new Uint16Array(bytes({ ...red, dtype: 'float16' }))]).toEqual([49212, 49210, 47692, 11594, 16511, 16906]); // biome-ignore format: a row
    expect([...new Uint8Array(bytes({ dtype: 'uint8' }))]).toEqual([0, 0, 78, 128, 255, 255]);
    const perImage = new Float32Array(bytes({ values: 'per-image' }));
    const mean = data.reduce((sum, x) => sum + x, 0) / 6;
    const std = Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6);
    perImage.forEach((value, i) => {
      expect(value).toBeCloseTo((data[i] - mean) / std, 6);
    });
  });

  it('channels first and blue first go where 8-bit ones go', () => {
    const eight: Raster = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    for (const values of ['none', 'caffe', 'imagenet'])
      for (const layout of ['channels-first', 'channels-last']) {
        const { normalise: knobs } = parseTestRecipe({ normalise: { dtype: 'float32', values, layout } });
        expect(normalise(deepOf(eight), knobs)).toEqual(normalise(eight, knobs));
      }
  });
});
