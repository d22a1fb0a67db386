import { describe, expect, it } from 'vitest';
import type { Pixels } from '../core/image';
import { orient } from './orient';
import { type SampleLayout, type Samples, scaleSamples } from './scale-samples';
import { stretch } from './stretch';

const deep = { deep: true, range: 'type' } as const;
const stored = { deep: true, range: 'stored' } as const;
const eight = { deep: false, range: 'type' } as const;

function scaled(samples: Samples, channels: SampleLayout['channels'], request: Parameters<typeof scaleSamples>[2], white?: number) {
  const layout = { width: samples.length / channels, height: 1, channels, ...(white && { white }) };
  return scaleSamples(samples, layout, request);
} // biome-ignore format: one line

const valuesOf = ({ data }: Pixels) => [...data];

describe('range: type', () => {
  it('makes the full scale of each type white', () => {
    const pairs: readonly (readonly [Samples, number])[] = [
      [Uint16Array.of(0, 65_535, 257, 1), 1 / 257],
      [Uint32Array.of(0, 4_294_967_295, 16_843_009, 1), 1 / 16_843_009],
      [Int16Array.of(0, 32_767, -32_767, 1), 255 / 32_767],
      [Int32Array.of(0, 2_147_483_647, -2_147_483_647, 1), 255 / 2_147_483_647],
      [Int8Array.of(0, 127, -127, 1), 255 / 127],
      [Float32Array.of(0, 1, 2.5, -0.5), 255],
      [Float64Array.of(0, 1, 2.5, -0.5), 255],
    ];
    for (const [samples, scale] of pairs) {
      const wanted = [...samples].map((x) => Math.fround(x * scale));
      expect(valuesOf(scaled(samples, 1, deep))).toEqual(wanted.map((x) => expect.closeTo(x, 4)));
    }
    expect(valuesOf(scaled(Uint16Array.of(1023, 341), 1, deep, 1023))).toEqual([255, 85]);
  });

  it('gives every 16-bit value its nearest 8-bit one, and as a float its own', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const { data } = scaled(all, 1, eight);
    for (let i = 0; i < all.length; i++) if (data[4 * i] !== Math.round(i / 257)) throw new Error(`${i}: ${data[4 * i]}`);
    expect(new Set(scaled(all, 1, deep).data).size).toBe(65_536);
  }); // biome-ignore format: one line

  it('makes NaN black, and an infinity black or white', () => {
    const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5);
    expect(valuesOf(scaled(odd, 1, deep))).toEqual([0, 255, 0, 127.5]);
    expect(valuesOf(scaled(odd, 1, eight)).filter((_, i) => i % 4 === 0)).toEqual([0, 255, 0, 128]);
  });

  it('clips 8-bit values, and keeps deep ones that lie beyond', () => {
    expect(valuesOf(scaled(Float32Array.of(-1, 2), 1, eight)).filter((_, i) => i % 4 === 0)).toEqual([
      0, 255,
    ]);
    expect(valuesOf(scaled(Float32Array.of(-1, 2), 1, deep))).toEqual([-255, 510]);
  });

  it('spreads grey with alpha to RGBA, and fills alpha where there is none', () => {
    const pixels = scaled(Uint16Array.of(257, 65_535, 514, 0), 2, deep);
    expect(pixels.channels).toBe(4);
    expect(valuesOf(pixels)).toEqual([1, 1, 1, 255, 2, 2, 2, 0]);
    expect(valuesOf(scaled(Uint16Array.of(257, 65_535), 2, eight))).toEqual([1, 1, 1, 255]);
    expect(valuesOf(scaled(Uint16Array.of(257, 514, 771), 3, eight))).toEqual([1, 2, 3, 255]);
    expect(scaled(Uint16Array.of(257, 514, 771), 3, deep).channels).toBe(3);
  });
});

describe('range: stored', () => {
  it('keeps the numbers of the file, NaN too, and scales alpha alone', () => {
    const depth = Uint16Array.of(0, 1234, 65_535);
    expect(valuesOf(scaled(depth, 1, stored))).toEqual([0, 1234, 65_535]);
    const odd = Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, 1e30);
    expect(valuesOf(scaled(odd, 1, stored))).toEqual([...odd]);
    expect(valuesOf(scaled(Uint16Array.of(5, 6, 7, 32_896), 4, stored))).toEqual([5, 6, 7, 128]);
  });
});

describe('stretched ranges', () => {
  const drawn = Float32Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) * 1.5 - 300);
  const raster = () => ({ width: 1000, height: 1, channels: 1 as const, data: drawn.slice() });

  it('percentile interpolates between ranks as NumPy does', () => {
    // np.percentile(-300 + 1.5 * arange(1000), [1, 99]) = -285.015, 1183.515
    const result = valuesOf(stretch(raster(), 'percentile', true));
    const [low, high] = [-285.015, 1183.515];
    result.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.min(255, Math.max(0, ((drawn[i] - low) * 255) / (high - low))), 3);
    });
  });

  it('min-max takes the least and the greatest, negative ones too', () => {
    const result = valuesOf(stretch(raster(), 'min-max', true));
    expect(Math.min(...result)).toBe(0);
    expect(Math.max(...result)).toBe(255);
    expect(result[drawn.indexOf(0)]).toBeCloseTo((300 * 255) / 1498.5, 4);
  });

  it('takes the channels together and passes over what cannot be seen, NaN and infinities', () => {
    const data = Float32Array.of(
      10,
      20,
      30,
      255,
      999,
      -999,
      5,
      0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      20,
      9,
    );
    const result = stretch({ width: 3, height: 1, channels: 4, data }, 'min-max', true);
    expect(valuesOf(result)).toEqual([0, 127.5, 255, 255, 255, 0, 0, 0, 0, 255, 127.5, 9]);
  });

  it('stretches 8-bit images too, to 8 bits or to floats', () => {
    const data = Uint8ClampedArray.of(50, 60, 70, 255, 50, 60, 100, 200);
    const picture = { width: 2, height: 1, channels: 4 as const, data };
    expect(valuesOf(stretch(picture, 'min-max', false))).toEqual([0, 51, 102, 255, 0, 51, 255, 200]);
    const floats = stretch({ ...picture, data: Uint8ClampedArray.of(50, 53, 90, 255) }, 'min-max', true);
    expect(valuesOf(floats)).toEqual([0, Math.fround(3 * (255 / 40)), 255, 255]);
  });

  it('rounds a deep image to 8 bits where no more are wanted', () => {
    const result = stretch({ width: 3, height: 1, channels: 1, data: Float32Array.of(-1, 0, 0.5) }, 'min-max', false);
    expect(valuesOf(result)).toEqual([0, 0, 0, 255, 170, 170, 170, 255, 255, 255, 255, 255]);
  }); // biome-ignore format: one line

  it('makes an image of one value black, and one without a value', () => {
    for (const range of ['percentile', 'min-max'] as const)
      for (const value of [7, Number.NaN]) {
        const flat = { width: 2, height: 1, channels: 1, data: Float32Array.of(value, value) } as const;
        expect(valuesOf(stretch(flat, range, true))).toEqual([0, 0]);
      }
  });
});

describe('orient', () => {
  it('turns deep pixels of every channel count as it turns bytes', () => {
    const [width, height] = [70, 67];
    const count = width * height;
    const bytes = Uint8ClampedArray.from({ length: count * 4 }, (_, i) => (i * i + 3 * i) % 251);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const wanted = orient({ width, height, channels: 4, data: bytes }, orientation);
      for (const channels of [1, 3, 4] as const) {
        const data = Float32Array.from({ length: count * channels }, (_, i) => bytes[Math.floor(i / channels) * 4 + (i % channels)]); // biome-ignore format: one line
        const turned = orient({ width, height, channels, data }, orientation);
        expect(turned).toMatchObject({ width: wanted.width, height: wanted.height, channels });
        const seen = wanted.data.filter((_, i) => i % 4 < channels);
        expect(Buffer.compare(Buffer.from(turned.data), Buffer.from(seen))).toBe(0);
      }
    }
  });
});
