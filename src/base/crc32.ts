/** Computes the CRC-32 of `bytes[start..end)` (polynomial EDB88320, as in PNG's annex D), eight bytes a step. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const t = tables();
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc =
      t[0x700 | (crc & 0xff)] ^
      t[0x600 | ((crc >>> 8) & 0xff)] ^
      t[0x500 | ((crc >>> 16) & 0xff)] ^
      t[0x400 | (crc >>> 24)] ^
      t[0x300 | bytes[at + 4]] ^
      t[0x200 | bytes[at + 5]] ^
      t[0x100 | bytes[at + 6]] ^
      t[bytes[at + 7]];
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}

let cached: Int32Array | null = null;

/** Eight tables of 256: table k advances a byte's effect by k further bytes. Made at the first use: 8 KB. */
function tables(): Int32Array {
  if (cached !== null) return cached;
  const t = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[n] = c;
  }
  for (let i = 256; i < t.length; i++) t[i] = (t[i - 256] >>> 8) ^ t[t[i - 256] & 0xff];
  cached = t;
  return t;
}

/**
 * Gives the CRC-32 of `a` followed by `b` from the checksums of both and the length of `b` in bytes: `a`'s is carried
 * over by multiplying with x^(8·length) modulo the polynomial (as zlib's `crc32_combine`).
 */
export function combineCrc32(a: number, b: number, length: number): number {
  let power = x8;
  let shift = one;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return (multiply(shift, a) ^ b) >>> 0;
}

/** The polynomials 1 and x^8, reflected: the highest bit is the lowest power. */
const one = 0x80000000;
const x8 = 0x00800000;

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 0; bit < 32; bit++) {
    if ((a >>> (31 - bit)) & 1) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ 0xedb88320 : shifted >>> 1;
  }
  return product;
}
