import { isDeep, type Pixels } from '../core/image';

/** A formula from 0 to 1. */
export type Curve = (x: number) => number;

/** Three numbers of a matrix' column. */
export type Column = readonly [number, number, number];

/** A matrix of three by three. */
export type Columns = readonly [Column, Column, Column];

/** How a colour space's numbers become linear light in sRGB's primaries. */
export interface LinearLight {
  /** Of red, green and blue: {@link tableOf} what 0 to 1 stand for. */
  readonly tables: readonly [Float32Array, Float32Array, Float32Array];
  /** From the space's linear red, green and blue to sRGB's. */
  readonly matrix: Columns;
  /** What all three are multiplied by before the matrix, by their own values; 1 where it is left out. */
  readonly gain?: (red: number, green: number, blue: number) => number;
}

/**
 * Converts pixels of three or four channels to sRGB: by tables to linear light, by a matrix, by sRGB's curve. Deep ones are on the
 * scale of 8 bits and stay unrounded, 8-bit ones are rounded to the nearest; what lies outside sRGB is clipped to 0 to 255, as browsers and lcms
 * do. Alpha is left alone. The argument is unchanged.
 */
export function lightToSrgb<P extends Pixels>(raster: P, { tables, matrix: m, gain }: LinearLight): P {
  const [r, g, b] = tables;
  const { channels } = raster;
  const data = copyOf(raster);
  for (let at = 0; at < data.length; at += channels) {
    let u = lookUp(r, data[at] * 257);
    let v = lookUp(g, data[at + 1] * 257);
    let w = lookUp(b, data[at + 2] * 257);
    if (gain !== undefined) {
      const factor = gain(u, v, w);
      u *= factor;
      v *= factor;
      w *= factor;
    }
    data[at] = encoded(m[0][0] * u + m[1][0] * v + m[2][0] * w);
    data[at + 1] = encoded(m[0][1] * u + m[1][1] * v + m[2][1] * w);
    data[at + 2] = encoded(m[0][2] * u + m[1][2] * v + m[2][2] * w);
  }
  return { ...raster, data };
}

/** The same of greys, whose one table says what they stand for: each channel but alpha by itself. */
export function greyToSrgb<P extends Pixels>(raster: P, table: Float32Array): P {
  const data = copyOf(raster);
  for (let i = 0; i < data.length; i++)
    if (raster.channels !== 4 || (i & 3) !== 3) data[i] = encoded(lookUp(table, data[i] * 257));
  return { ...raster, data };
}

/** Storing into a clamped array rounds. */
const copyOf = (raster: Pixels) =>
  isDeep(raster) ? raster.data.slice() : new Uint8ClampedArray(raster.data);

/** Entries of a table less one: a 16-bit value is an entry of its own, what lies between is interpolated. */
const lastEntry = 65_535;

/** A formula's values from 0 to 1. */
export function tableOf(formula: Curve): Float32Array {
  return Float32Array.from({ length: lastEntry + 1 }, (_, i) => formula(i / lastEntry));
}

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

/** Undoes a matrix. */
export function invert([[a, d, g], [b, e, h], [c, f, i]]: Columns): Columns {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / determinant, (f * g - d * i) / determinant, (d * h - e * g) / determinant],
    [(c * h - b * i) / determinant, (a * i - c * g) / determinant, (b * g - a * h) / determinant],
    [(b * f - c * e) / determinant, (c * d - a * f) / determinant, (a * e - b * d) / determinant],
  ];
}

/** `by` times each column of `columns`. */
export function multiply(by: Columns, columns: Columns): Columns {
  return [times(by, columns[0]), times(by, columns[1]), times(by, columns[2])];
}

/** A matrix times a column. */
export function times(by: Columns, [x, y, z]: Column): Column {
  return [
    by[0][0] * x + by[1][0] * y + by[2][0] * z,
    by[0][1] * x + by[1][1] * y + by[2][1] * z,
    by[0][2] * x + by[1][2] * y + by[2][2] * z,
  ];
}
