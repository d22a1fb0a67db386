const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Gives the 16 bits of the half-precision float nearest to the float32 nearest to `value`; ties go to even (IEEE 754). */
export function toHalf(value: number): number {
  single[0] = value;
  const bits = singleBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff - 127 + 15) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign; // less than half of the smallest half
  if (exponent <= 0) return sign | roundShift(fraction | 0x800000, 14 - exponent);
  // A carry out of the fraction goes into the exponent, which is what rounding up means.
  return sign | roundShift((exponent << 23) | fraction, 13);
}

/** Shifts right, rounding to nearest, ties to even. */
function roundShift(bits: number, count: number): number {
  const kept = bits >>> count;
  const lost = bits & ((1 << count) - 1);
  const middle = 1 << (count - 1);
  return lost > middle || (lost === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

/** Gives the value of 16 bits of half precision. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
