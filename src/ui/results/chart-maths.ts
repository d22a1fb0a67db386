/** Rounds up to 1, 1.5, 2, 3, 5 or 7.5 times a power of ten, for the top of an axis; 1 for nothing. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 5, 7.5, 10].find((each) => value <= each * power * (1 + 1e-9)) ?? 10;
  return step * power;
}

/** The path of a line through values at equal distances; 0 lies at the bottom, `top` at the top. */
export function linePath(values: readonly number[], top: number, width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, i) => {
      const y = height - (Math.min(value, top) / top) * height;
      return `${i === 0 ? 'M' : 'L'}${round(i * step)} ${round(y)}`;
    })
    .join('');
}

const round = (value: number) => Math.round(value * 10) / 10;
