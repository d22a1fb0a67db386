/** Pixels in CIELAB: lightness 0 to 100, a (green to red) and b (blue to yellow) about -100 to 100. */
export interface Lab {
  readonly lightness: Float32Array;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * Converts 8-bit sRGB to CIELAB under D65 (IEC 61966-2-1; CIE 15), with the cube root from a table, whose error of a fifth of a
 * thousandth is far below what 8 bits tell apart.
 */
export function toLab(red: Channel, green: Channel, blue: Channel): Lab {
  const count = red.length;
  const lab = { lightness: new Float32Array(count), a: new Float32Array(count), b: new Float32Array(count) };
  for (let i = 0; i < count; i++) {
    const r = linear[red[i]];
    const g = linear[green[i]];
    const b = linear[blue[i]];
    const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    lab.lightness[i] = 116 * y - 16;
    lab.a[i] = 500 * (x - y);
    lab.b[i] = 200 * (y - z);
  }
  return lab;
}

type Channel = Uint8Array | Uint8ClampedArray;

/** Light by sRGB's value. */
const linear = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** CIELAB's response to light of 0 to 1, between the entries of the table on a straight line. */
function curve(light: number): number {
  const place = Math.min(1, light) * (curveTable.length - 2);
  const entry = Math.floor(place);
  return curveTable[entry] + (place - entry) * (curveTable[entry + 1] - curveTable[entry]);
}

const curveTable = Float64Array.from({ length: 4098 }, (_, i) => {
  const light = i / 4096;
  return light > (6 / 29) ** 3 ? Math.cbrt(light) : light / (3 * (6 / 29) ** 2) + 4 / 29;
});
