import type { Pixels } from '../core/image';
import { fourCharacters, u16be, u32be } from './bytes';
import { findTag, hasTables, isInLab, isProfile, type ProfileSpace } from './icc-tags';
import {
  type Column,
  type Columns,
  type Curve,
  greyToSrgb,
  invert,
  lightToSrgb,
  multiply,
  tableOf,
} from './linear-light';

/**
 * Converts pixels from a profile's colours to sRGB as {@link lightToSrgb} does, or gives null when the profile is of a kind
 * that is not for it (tables in place of a matrix, CMYK), damaged, or of another space than the pixels.
 *
 * Matrix and curve profiles (`rXYZ`, `rTRC` …) and grey ones (`kTRC`) by ICC.1:2022, sections 8.3 and F.3, media-relative
 * to the D50 connection space; curves of the types `curv` and `para`.
 */
export function toSrgb<P extends Pixels>(raster: P, profile: Uint8Array, space: ProfileSpace): P | null {
  if (!isProfile(profile, space) || hasTables(profile, space)) return null;
  return space === 'GRAY' ? fromGrey(raster, profile) : fromMatrix(raster, profile);
}

function fromGrey<P extends Pixels>(raster: P, profile: Uint8Array): P | null {
  const curve = curveOf(profile, 'kTRC');
  if (curve === null) return null;
  const linear = decodingTable(isInLab(profile) ? (x) => luminanceOf(curve(x)) : curve);
  return greyToSrgb(raster, linear);
}

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
  return lightToSrgb(raster, { tables: [r, g, b], matrix: multiply(invert(srgbColumns), [x, y, z]) });
}

const decodingTable = (curve: Curve) => tableOf((x) => Math.min(1, Math.max(0, curve(x))));

const isSame = (a: Uint8Array | null, b: Uint8Array | null) =>
  a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);

/** sRGB's primaries adapted to D50, as its profiles hold them: in units of 2^-16. */
const srgbColumns: Columns = [
  [0x6fa2 / 65_536, 0x38f5 / 65_536, 0x0390 / 65_536],
  [0x6299 / 65_536, 0xb785 / 65_536, 0x18da / 65_536],
  [0x24a0 / 65_536, 0x0f84 / 65_536, 0xb6cf / 65_536],
];

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
