import type { ShaderFunction } from '../core/gpu';

let made: Uint32Array | null = null;

/**
 * Hue and saturation of every colour in the 8 bits that they have, as bytes, since cutting to 8 bits makes more of float32's rounding
 * than a shader may. First hues: by which channel is greatest (0 red, 1 green, 2 blue), by how far it is from the least (1 to 255),
 * and by how far the two others are apart, each in the wheel's order. Then saturations: by the greatest and by that distance.
 */
export function hueTables(
  placeOnWheel: (r: number, g: number, b: number, most: number, range: number) => number,
): Uint32Array {
  if (made !== null) return made;
  const bytes = new Uint8Array(hueBytes + 256 * 256);
  for (let greatest = 0, at = 0; greatest < 3; greatest++)
    for (let range = 1; range <= 255; range++)
      for (let apart = -range; apart <= range; apart++, at++) {
        // Of the two others one is the least, 0; which, the sign says.
        const next = Math.max(0, apart);
        const afterNext = Math.max(0, -apart);
        const colour = [0, 0, 0];
        colour[greatest] = range;
        colour[(greatest + 1) % 3] = next;
        colour[(greatest + 2) % 3] = afterNext;
        bytes[at] = Math.trunc(placeOnWheel(colour[0], colour[1], colour[2], range, range) * 255);
      }
  for (let most = 1; most <= 255; most++)
    for (let range = 0; range <= most; range++)
      bytes[hueBytes + most * 256 + range] = Math.trunc((range / most) * 255);
  made = new Uint32Array(bytes.buffer);
  return made;
}

/** Of one greatest channel: 2·range + 1 for each range. */
const huesOfOne = 255 * 257;
/** Rounded up to whole words. */
const hueBytes = Math.ceil((3 * huesOfOne) / 4) * 4;

/** `hueTurned` in `hue.ts` on 8 bits. Its number is the turn, its data are {@link hueTables}. */
export const hueShader: ShaderFunction = {
  name: 'hue_turned',
  wgsl: /* wgsl */ `
fn hue_turned(colour: vec3i, at: vec2i, n: u32, data: u32) -> vec3i {
  let most = max(colour.r, max(colour.g, colour.b));
  let range = most - min(colour.r, min(colour.g, colour.b));
  if (range == 0) { return colour; }
  var greatest = 0;
  var apart = colour.g - colour.b;
  if (colour.r != most) {
    greatest = 1;
    apart = colour.b - colour.r;
    if (colour.g != most) {
      greatest = 2;
      apart = colour.r - colour.g;
    }
  }
  let before = byte_of(data, u32(greatest * ${huesOfOne} + range * range - 1 + range + apart));
  let around = (before + whole(n)) % 256;
  let sector = around * 6 / 255;
  let rest = f32(around * 6 - sector * 255) / 255.0;
  let strength = f32(byte_of(data, u32(${hueBytes} + most * 256 + range))) / 255.0;
  let top = f32(most);
  let low = i32(floor(top * (1.0 - strength) + 0.5));
  let falling = i32(floor(top * (1.0 - strength * rest) + 0.5));
  let rising = i32(floor(top * (1.0 - strength * (1.0 - rest)) + 0.5));
  if (strength == 0.0) { return vec3i(most); }
  switch sector % 6 {
    case 0: { return vec3i(most, rising, low); }
    case 1: { return vec3i(falling, most, low); }
    case 2: { return vec3i(low, most, rising); }
    case 3: { return vec3i(low, falling, most); }
    case 4: { return vec3i(rising, low, most); }
    default: { return vec3i(most, low, falling); }
  }
}`,
};
