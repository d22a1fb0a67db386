/** Rounds to the nearest whole number, ties to even, as Python's `round` and C's `rint`. */
export function roundToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
