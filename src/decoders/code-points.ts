import type { Pixels } from '../core/image';
import {
  type Column,
  type Columns,
  type Curve,
  greyToSrgb,
  invert,
  lightToSrgb,
  multiply,
  tableOf,
  times,
} from './linear-light';

/** What colours mean, by numbers: ITU-T H.273 (ISO/IEC 23091-2), as PNG's cICP and HEIF's nclx give them. */
export interface CodePoints {
  /** Table 2. */
  readonly primaries: number;
  /** Table 3. */
  readonly transfer: number;
}

/** What a file says its colours are: an ICC profile's bytes, or code points. Null says nothing, and they are sRGB. */
export type Colours = Uint8Array | CodePoints | null;

/** True for colours that are sRGB already, or of which nothing is known: there is nothing to convert. */
function areSrgb({ primaries, transfer }: CodePoints): boolean {
  const unknown = !chromaticities.has(primaries) && primaries !== unspecified;
  if (unknown || (transfer !== unspecified && !curves.has(transfer))) return true;
  const plainCurve = transfer === srgb || transfer === unspecified;
  return plainCurve && (primaries === bt709 || primaries === unspecified);
}

/**
 * Converts pixels of one, three or four channels to sRGB as {@link lightToSrgb} does; what is unspecified is taken as sRGB's.
 *
 * High dynamic range is cut to sRGB's: its reference white, 203 cd/m² (ITU-R BT.2408), becomes 255, and what is brighter is clipped. PQ
 * says the light itself; HLG is shown as on a display of 1000 cd/m² (BT.2100, table 5, system gamma 1.2). No tone curve is applied, so
 * everything up to that white keeps its value, and no browser's taste decides.
 */
export function codePointsToSrgb<P extends Pixels>(raster: P, points: CodePoints): P {
  if (areSrgb(points)) return raster;
  const { primaries, transfer } = points;
  const curve = curves.get(transfer) ?? srgbCurve;
  const hybrid = transfer === hlg;
  if (raster.channels === 1) {
    return greyToSrgb(raster, tableOf(hybrid ? (x) => curve(x) * hlgGain(curve(x)) : curve));
  }
  const table = tableOf(curve);
  const space = toXyz(chromaticities.get(primaries) ?? srgbChromaticities);
  const [red, green, blue] = space.map(([, y]) => y);
  return lightToSrgb(raster, {
    tables: [table, table, table],
    matrix: multiply(invert(toXyz(srgbChromaticities)), space),
    ...(hybrid && { gain: (r, g, b) => hlgGain(red * r + green * g + blue * b) }),
  });
}

const [bt709, unspecified, srgb, hlg] = [1, 2, 13, 18];

/** cd/m² of the white that sRGB's is. */
const referenceWhite = 203;

/** How displays show video (BT.1886), in place of how cameras take it. */
const displayCurve: Curve = (x) => x ** 2.4;

const srgbCurve: Curve = (x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

/** SMPTE ST 2084: 0 to 10,000 cd/m². */
const pqCurve: Curve = (x) => {
  const power = x ** (32 / 2523);
  return (
    (10_000 / referenceWhite) *
    (Math.max(0, power - 107 / 128) / (2413 / 128 - (2392 / 128) * power)) ** (8192 / 1305)
  );
};

/** ARIB STD-B67: 0 to 1 of the scene. */
const hlgCurve: Curve = (x) =>
  x <= 0.5 ? (x * x) / 3 : (Math.exp((x - 0.55991073) / 0.17883277) + 0.28466892) / 12;

/** What the scene's light is multiplied by to be a display's, by its luminance. */
const hlgGain = (luminance: number) => (1000 / referenceWhite) * Math.max(0, luminance) ** 0.2;

/** From 0 to 1 to light, of which 1 is white, by the transfer's number. */
const curves: ReadonlyMap<number, Curve> = new Map<number, Curve>([
  [1, displayCurve],
  [4, (x) => x ** 2.2],
  [5, (x) => x ** 2.8],
  [6, displayCurve],
  [8, (x) => x],
  [srgb, srgbCurve],
  [14, displayCurve],
  [15, displayCurve],
  [16, pqCurve],
  [17, (x) => (x ** 2.6 * 52.37) / 48],
  [hlg, hlgCurve],
]);

/** x and y of red, green, blue and white. */
type Chromaticities = readonly [number, number, number, number, number, number, number, number];

const srgbChromaticities: Chromaticities = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329];

/** By the primaries' number. */
const chromaticities: ReadonlyMap<number, Chromaticities> = new Map<number, Chromaticities>([
  [bt709, srgbChromaticities],
  [4, [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.31, 0.316]],
  [5, [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, 0.3127, 0.329]],
  [6, [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.329]],
  [7, [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.329]],
  [8, [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.31, 0.316]],
  [9, [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329]],
  [11, [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351]],
  [12, [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329]],
  [22, [0.63, 0.34, 0.295, 0.605, 0.155, 0.077, 0.3127, 0.329]],
]);

/** The matrix from linear red, green and blue to CIE XYZ with sRGB's white, which Bradford's matrix adapts another one to. */
function toXyz([rx, ry, gx, gy, bx, by, wx, wy]: Chromaticities): Columns {
  const full: Columns = [ofChromaticity(rx, ry), ofChromaticity(gx, gy), ofChromaticity(bx, by)];
  const white = ofChromaticity(wx, wy);
  const [r, g, b] = times(invert(full), white);
  const columns = multiply(full, [
    [r, 0, 0],
    [0, g, 0],
    [0, 0, b],
  ]);
  const [, , , , , , x, y] = srgbChromaticities;
  return wx === x && wy === y ? columns : multiply(adaptation(white, ofChromaticity(x, y)), columns);
}

/** CIE XYZ of luminance 1. */
const ofChromaticity = (x: number, y: number): Column => [x / y, 1, (1 - x - y) / y];

const bradford: Columns = [
  [0.8951, -0.7502, 0.0389],
  [0.2664, 1.7135, -0.0685],
  [-0.1614, 0.0367, 1.0296],
];

function adaptation(from: Column, to: Column): Columns {
  const [a, b, c] = times(bradford, from);
  const [d, e, f] = times(bradford, to);
  const scaled = multiply(
    [
      [d / a, 0, 0],
      [0, e / b, 0],
      [0, 0, f / c],
    ],
    bradford,
  );
  return multiply(invert(bradford), scaled);
}
