import type { Field } from './derive';

/** Says a knob's value in a few letters: `15°`, `50 %`, `0.2`. */
export function figureOf({ unit, control, name }: Field, value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  if (unit === '°') return `±${value}°`;
  if (unit) return `${value} ${unit}`;
  const share = control.kind === 'number' && control.max === 1;
  if (!share) return String(value);
  const percent = `${Math.round(value * 100)} %`;
  if (name === 'amount') return `±${percent}`;
  return name === 'smallest' ? `from ${percent}` : percent;
}
