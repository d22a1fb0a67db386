/**
 * Compares two strings by Unicode code points, as Python's `sorted` does. JavaScript's own `<` compares UTF-16
 * units, which puts characters beyond U+FFFF before U+E000 to U+FFFF; locale and natural orders differ by machine.
 */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return fix(x) - fix(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the basic plane, so that units compare as the code points they belong to. */
function fix(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
