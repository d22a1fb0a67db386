import { isDeep, type Pixels } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { fourCharacters, hasText, u16be, u32be } from './bytes';

/** Converts pixels to sRGB where the request wants it and {@link toSrgb} can, and else leaves them as they are stored. */
export function inSrgb<P extends Pixels>(
  raster: P,
  profile: Uint8Array | null,
  space: 'GRAY' | 'RGB',
  { colour }: Pick<DecodeRequest, 'colour'>,
): P {
  if (profile === null || colour !== 'srgb') return raster;
  return toSrgb(raster, profile, space) ?? raster;
}

/**
 * Converts pixels from a profile's colours to sRGB, or gives null when the profile is of a kind that is not for it
 * (tables in place of a matrix, CMYK), damaged, or of another space than the pixels. Deep ones are on the scale of 8 bits
 * and stay unrounded, 8-bit ones are rounded to the nearest; what lies outside sRGB is clipped to 0 to 255, as browsers and lcms do. Alpha is left alone. The argument is unchanged.
 *
 * Matrix and curve profiles (`rXYZ`, `rTRC` …) and grey ones (`kTRC`) by ICC.1:2022, sections 8.3 and F.3, media-relative
 * to the D50 connection space; curves of the types `curv` and `para`.
 */
export function toSrgb<P extends Pixels>(raster: P, profile: Uint8Array, space: 'GRAY' | 'RGB'): P | null {
  if (profile.length < 132 || !hasText(profile, 36, 'acsp')) return null;
  if (fourCharacters(profile, 16).trim() !== space) return null;
  return space === 'GRAY' ? fromGrey(raster, profile) : fromMatrix(raster, profile);
}

function fromGrey<P extends Pixels>(raster: P, profile: Uint8Array): P | null {
  const curve = curveOf(profile, 'kTRC');
  if (curve === null) return null;
  const inLab = fourCharacters(profile, 20) === 'Lab ';
  const linear = decodingTable(inLab ? (x) => luminanceOf(curve(x)) : curve);
  const data = copyOf(raster);
  for (let i = 0; i < data.length; i++)
    if (raster.channels !== 4 || (i & 3) !== 3) data[i] = encoded(lookUp(linear, data[i] * 257));
  return { ...raster, data };
}

/** Storing into a clamped array rounds. */
const copyOf = (raster: Pixels) =>
  isDeep(raster) ? raster.data.slice() : new Uint8ClampedArray(raster.data);

/** CIE 1976 lightness, as 0 to 1, to relative luminance. */
function luminanceOf(lightness: number): number {
  const f = (lightness * 100 + 16) / 116;
  return f > 6 / 29 ? f ** 3 : (lightness * 100 * 27) / 24_389;
}

function fromMatrix<P extends Pixels>(raster: P, profile: Uint8Array): P | null {
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((tag) => curveOf(profile, tag));
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => xyzOf(profile, tag));
  const [red, green, blue] = curves;
  const [x, y, z] = columns;
  if (!red || !green || !blue || !x || !y || !z || raster.channels === 1) return null;
  // Most profiles have one curve for all three channels, and a table takes milliseconds.
  const sameCurves = ['gTRC', 'bTRC'].every((tag) => isSame(findTag(profile, 'rTRC'), findTag(profile, tag)));
  const r = decodingTable(red);
  const [g, b] = sameCurves ? [r, r] : [decodingTable(green), decodingTable(blue)];
  const m = multiply(invert(srgbColumns), [x, y, z]);
  const { channels } = raster;
  const data = copyOf(raster);
  for (let at = 0; at < data.length; at += channels) {
    const u = lookUp(r, data[at] * 257);
    const v = lookUp(g, data[at + 1] * 257);
    const w = lookUp(b, data[at + 2] * 257);
    data[at] = encoded(m[0][0] * u + m[1][0] * v + m[2][0] * w);
    data[at + 1] = encoded(m[0][1] * u + m[1][1] * v + m[2][1] * w);
    data[at + 2] = encoded(m[0][2] * u + m[1][2] * v + m[2][2] * w);
  }
  return { ...raster, data };
}

const isSame = (a: Uint8Array | null, b: Uint8Array | null) =>
  a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);

type Column = readonly [number, number, number];
type Columns = readonly [Column, Column, Column];

/** sRGB's primaries adapted to D50, as its profiles hold them: in units of 2^-16. */
const srgbColumns: Columns = [
  [0x6fa2 / 65_536, 0x38f5 / 65_536, 0x0390 / 65_536],
  [0x6299 / 65_536, 0xb785 / 65_536, 0x18da / 65_536],
  [0x24a0 / 65_536, 0x0f84 / 65_536, 0xb6cf / 65_536],
];

function invert([[a, d, g], [b, e, h], [c, f, i]]: Columns): Columns {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / determinant, (f * g - d * i) / determinant, (d * h - e * g) / determinant],
    [(c * h - b * i) / determinant, (a * i - c * g) / determinant, (b * g - a * h) / determinant],
    [(b * f - c * e) / determinant, (c * d - a * f) / determinant, (a * e - b * d) / determinant],
  ];
}

/** `by` times each column of `columns`. */
function multiply(by: Columns, columns: Columns): Columns {
  const times = ([x, y, z]: Column): Column => [
    by[0][0] * x + by[1][0] * y + by[2][0] * z,
    by[0][1] * x + by[1][1] * y + by[2][1] * z,
    by[0][2] * x + by[1][2] * y + by[2][2] * z,
  ];
  return [times(columns[0]), times(columns[1]), times(columns[2])];
}

/** Entries of a table less one: a 16-bit value is an entry of its own, what lies between is interpolated. */
const lastEntry = 65_535;

function tableOf(formula: (x: number) => number): Float32Array {
  return Float32Array.from({ length: lastEntry + 1 }, (_, i) => formula(i / lastEntry));
}

const decodingTable = (curve: Curve) => tableOf((x) => Math.min(1, Math.max(0, curve(x))));

/** Interpolates; what lies outside, and NaN, is taken as the nearest end, and as 0. */
function lookUp(table: Float32Array, position: number): number {
  if (!(position > 0)) return table[0];
  if (position >= lastEntry) return table[lastEntry];
  const below = Math.trunc(position);
  return table[below] + (table[below + 1] - table[below]) * (position - below);
}

/** A linear value of 0 to 1 by sRGB's curve (IEC 61966-2-1) on the scale of 8 bits. */
function encoded(linear: number): number {
  encoding ??= tableOf((x) => 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
  return lookUp(encoding, linear * lastEntry);
}

let encoding: Float32Array | null = null;

type Curve = (x: number) => number;

/** Where a tag's data lie, or null when it is missing or leaves the profile. */
function findTag(profile: Uint8Array, name: string): Uint8Array | null {
  const count = Math.min(u32be(profile, 128), Math.floor((profile.length - 132) / 12));
  for (let i = 0; i < count; i++) {
    const at = 132 + i * 12;
    if (fourCharacters(profile, at) !== name) continue;
    const start = u32be(profile, at + 4);
    const length = u32be(profile, at + 8);
    return start + length <= profile.length && length >= 12 ? profile.subarray(start, start + length) : null;
  }
  return null;
}

/** An s15Fixed16Number (ICC.1, 4.6). */
const fixed = (bytes: Uint8Array, at: number) => (u32be(bytes, at) | 0) / 65_536;

function xyzOf(profile: Uint8Array, name: string): Column | null {
  const tag = findTag(profile, name);
  if (tag === null || tag.length < 20 || fourCharacters(tag, 0) !== 'XYZ ') return null;
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

function curveOf(profile: Uint8Array, name: string): Curve | null {
  const tag = findTag(profile, name);
  if (tag === null) return null;
  const type = fourCharacters(tag, 0);
  if (type === 'curv') return sampledCurve(tag);
  return type === 'para' ? parametricCurve(tag) : null;
}

/** `curveType` (10.6): nothing is the identity, one number a gamma, more are a table. */
function sampledCurve(tag: Uint8Array): Curve | null {
  const count = u32be(tag, 8);
  if (count === 0) return (x) => x;
  if (tag.length < 12 + 2 * count) return null;
  if (count === 1) {
    const gamma = u16be(tag, 12) / 256;
    return (x) => x ** gamma;
  }
  const last = count - 1;
  return (x) => {
    const below = Math.min(last - 1, Math.floor(x * last));
    const low = u16be(tag, 12 + 2 * below);
    return (low + (u16be(tag, 14 + 2 * below) - low) * (x * last - below)) / 65_535;
  };
}

/** `parametricCurveType` (10.18), functions 0 to 4. */
function parametricCurve(tag: Uint8Array): Curve | null {
  const kind = u16be(tag, 8);
  const length = [1, 3, 4, 5, 7][kind];
  if (length === undefined || tag.length < 12 + 4 * length) return null;
  const [g, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length }, (_, i) =>
    fixed(tag, 12 + 4 * i),
  );
  const power = (x: number) => Math.max(0, a * x + b) ** g;
  switch (kind) {
    case 0:
      return power;
    case 1:
      return (x) => (a * x + b >= 0 ? power(x) : 0);
    case 2:
      return (x) => (a * x + b >= 0 ? power(x) + c : c);
    case 3:
      return (x) => (x >= d ? power(x) : c * x);
    default:
      return (x) => (x >= d ? power(x) + e : c * x + f);
  }
}
