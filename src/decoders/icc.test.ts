import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { DeepRaster } from '../core/image';
import { toSrgb } from './icc';
import { ascii, be32, join } from './test-files';

const fixed = (x: number) => be32(Math.round(x * 65_536) >>> 0);
const xyz = (...values: number[]) => join(ascii('XYZ \0\0\0\0'), ...values.map(fixed));
const parametric = (kind: number, ...numbers: number[]) =>
  join(ascii('para\0\0\0\0'), [0, kind, 0, 0], ...numbers.map(fixed));
const gamma = (value: number) => join(ascii('curv\0\0\0\0'), be32(1), be32(Math.round(value * 256)).slice(2));
const table = (...entries: number[]) =>
  join(ascii('curv\0\0\0\0'), be32(entries.length), ...entries.map((entry) => be32(entry).slice(2)));

/** A profile of a colour space, a connection space and tags (ICC.1:2022, section 7). */
function drawProfile(space: string, pcs: string, tags: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const head = new Uint8Array(128);
  head.set(ascii(space.padEnd(4)), 16);
  head.set(ascii(pcs), 20);
  head.set(ascii('acsp'), 36);
  const entries = Object.entries(tags);
  let at = 132 + 12 * entries.length;
  const rows = entries.map(([name, data]) => {
    const row = join(ascii(name), be32(at), be32(data.length));
    at += data.length;
    return row;
  });
  return join(head, be32(entries.length), ...rows, ...entries.map(([, data]) => data));
}

const matrix = (columns: readonly (readonly number[])[], curve: Uint8Array) =>
  drawProfile('RGB', 'XYZ ', {
    rXYZ: xyz(...columns[0]), gXYZ: xyz(...columns[1]), bXYZ: xyz(...columns[2]),
    rTRC: curve, gTRC: curve, bTRC: curve,
  }); // biome-ignore format: a table

const srgbCurve = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
const p3 = matrix(
  [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]],
  srgbCurve,
); // biome-ignore format: a matrix
const adobe = matrix(
  [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]],
  gamma(2.19921875),
); // biome-ignore format: a matrix
const srgb = matrix(
  [[0x6fa2, 0x38f5, 0x0390], [0x6299, 0xb785, 0x18da], [0x24a0, 0x0f84, 0xb6cf]].map((column) => column.map((x) => x / 65_536)),
  srgbCurve,
); // biome-ignore format: a matrix

function raster(channels: 1 | 3 | 4, ...data: number[]): DeepRaster {
  return { width: data.length / channels, height: 1, channels, data: Float32Array.from(data) };
}
const colours = [200, 100, 50, 30, 220, 90, 10, 20, 240, 128, 128, 128, 255, 255, 255, 3, 2, 1, 90, 110, 100];

/** Within the rounding to 8 bits and lcms' own 8-bit arithmetic. */
function near(values: ArrayLike<number> | undefined, wanted: readonly number[]): void {
  expect(values?.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs((values?.[i] ?? Number.NaN) - value), `value ${i}: ${values?.[i]}`).toBeLessThan(0.75);
  });
}

describe('toSrgb', () => {
  it('converts 8-bit pixels as it does deep ones, and leaves alpha alone', () => {
    const rgba = Uint8ClampedArray.of(200, 100, 50, 7, 30, 220, 90, 255, 128, 128, 128, 0);
    const given = { width: 3, height: 1, channels: 4, data: rgba } as const;
    const deep = toSrgb(raster(4, ...rgba), p3, 'RGB');
    expect(toSrgb(given, p3, 'RGB')).toEqual({ ...given, data: Uint8ClampedArray.from(deep?.data ?? []) });
    expect(given.data[0]).toBe(200);
  });

  it('gives what lcms gives for Display P3 and Adobe RGB', () => {
    // ImageCms.profileToProfile(…, renderingIntent=RELATIVE_COLORIMETRIC) of Pillow 12.3.0, with these profiles
    near(toSrgb(raster(3, ...colours), p3, 'RGB')?.data, [215, 93, 31, 0, 224, 67, 7, 20, 250, 128, 128, 128, 255, 255, 255, 3, 2, 1, 85, 111, 99]); // biome-ignore format: a row
    near(toSrgb(raster(3, ...colours), adobe, 'RGB')?.data, [227, 100, 42, 0, 221, 77, 0, 12, 245, 129, 129, 129, 255, 255, 255, 0, 0, 0, 79, 110, 100]); // biome-ignore format: a row
  });

  it('rounds 8-bit pixels, and leaves their alpha alone', () => {
    const data = Uint8Array.of(200, 100, 50, 9, 30, 220, 90, 255);
    const result = toSrgb({ width: 2, height: 1, channels: 4, data }, p3, 'RGB');
    expect([...(result?.data ?? [])]).toEqual([215, 93, 31, 9, 0, 224, 67, 255]);
    expect([...data]).toEqual([200, 100, 50, 9, 30, 220, 90, 255]);
  });

  it('gives what lcms gives for grey, in XYZ and in Lab', () => {
    const grey = [0, 20, 128, 200, 255];
    const plain = drawProfile('GRAY', 'XYZ ', { kTRC: gamma(1.8) });
    near(toSrgb(raster(1, ...grey), plain, 'GRAY')?.data, [0, 26, 146, 210, 255]);
    const lab = drawProfile('GRAY', 'Lab ', { kTRC: gamma(1) });
    near(toSrgb(raster(1, ...grey), lab, 'GRAY')?.data, [0, 23, 119, 194, 255]);
    expect([...(toSrgb(raster(4, 20, 20, 20, 77), plain, 'GRAY')?.data ?? [])].at(-1)).toBe(77);
  });

  it('changes nothing of sRGB itself by more than a hundredth of a 16-bit step, nor its argument', () => {
    const data = Array.from({ length: 3000 }, (_, i) => ((i * 22_469) % 65_536) / 257);
    const given = raster(3, ...data);
    const result = toSrgb(given, srgb, 'RGB');
    expect(result?.data).not.toBe(given.data);
    const far = data.map((x, i) => Math.abs(x - (result?.data[i] ?? Number.NaN)));
    expect(Math.max(...far)).toBeLessThan(0.004);
    expect([...given.data]).toEqual(data.map(Math.fround));
  });

  it('knows every kind of curve', () => {
    const of = (curve: Uint8Array) => toSrgb(raster(1, 127.5), drawProfile('GRAY', 'XYZ ', { kTRC: curve }), 'GRAY')?.data[0]; // biome-ignore format: one line
    const encode = (linear: number) => 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
    const wanted: readonly (readonly [Uint8Array, number])[] = [
      [table(), 0.5],
      [gamma(2), 0.25],
      [table(0, 65_535), 0.5],
      [table(0, 6554, 65_535), 0.1],
      [parametric(0, 3), 0.125],
      [parametric(1, 2, 2, -0.5), 0.25],
      [parametric(2, 2, 1, 0.1, 0.2), 0.56],
      [parametric(3, 2, 1, 0.1, 0.3, 0.6), 0.15],
      [parametric(4, 2, 1, 0.1, 0.3, 0.4, 0.05, 0.1), 0.41],
    ];
    for (const [curve, linear] of wanted) expect(of(curve)).toBeCloseTo(encode(linear), 1);
  }); // biome-ignore format: rows

  it('clips what lies outside, and NaN to black', () => {
    const result = toSrgb(raster(3, -50, 300, Number.NaN, 0, 255, 0), p3, 'RGB');
    for (const value of result?.data ?? [Number.NaN]) expect(value >= 0 && value <= 255).toBe(true);
  });

  it('leaves other spaces, kinds and damaged profiles alone', () => {
    expect(toSrgb(raster(3, ...colours), drawProfile('CMYK', 'Lab ', {}), 'RGB')).toBeNull();
    expect(toSrgb(raster(1, 1), p3, 'GRAY')).toBeNull();
    expect(toSrgb(raster(3, 1, 2, 3), drawProfile('RGB', 'Lab ', { A2B0: new Uint8Array(40) }), 'RGB')).toBeNull();
    for (let length = 0; length < p3.length; length++) expect(toSrgb(raster(3, 1, 2, 3), p3.slice(0, length), 'RGB')).toBeNull();
    for (let key = 0; key < 150; key++) {
      const numbers = random('spoilt profile', key);
      const bytes = p3.slice();
      for (let i = 0; i < 3; i++) bytes[Math.floor(numbers.next() * bytes.length)] = numbers.next() * 256;
      const result = toSrgb(raster(3, 10, 100, 200), bytes, 'RGB');
      for (const value of result?.data ?? []) expect(value >= 0 && value <= 255).toBe(true);
    }
  }); // biome-ignore format: lines
});
