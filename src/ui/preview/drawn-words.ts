import type { Drawn } from '../../core/row';

/**
 * Says what was drawn for a step: `rotate −6.2°`, `brightness +12 %`, `posterise 5 bits`, `rand: solarise 178.5, rotate −9`.
 * Seeds, places and corners are many numbers that say nothing to people.
 */
export function drawnWords({ step, ...values }: Drawn): string {
  const name = shortNames[step] ?? step.replaceAll('-', ' ');
  const { width, height } = values;
  // A box in shares of the picture: how much of it is kept says more than where it lies.
  if (typeof width === 'number' && typeof height === 'number') return `${name} ${percent(width * height)}`;
  const chosen = operationsOf(values);
  if (chosen.length > 0) return `${name}: ${chosen.join(', ')}`;
  const words = Object.entries(values).flatMap(([key, value]) => {
    const word = wordOf(step, key, value);
    return word === null ? [] : [word];
  });
  return [name, ...words].join(' ');
}

const shortNames: Readonly<Record<string, string>> = {
  'flip-horizontal': 'flip ↔',
  'flip-vertical': 'flip ↕',
  'random-resized-crop': 'crop',
};

/** What a policy drew: `operation` and `magnitude`, numbered where there are several. */
function operationsOf(values: Omit<Drawn, 'step'>): readonly string[] {
  return Object.entries(values).flatMap(([key, operation]) => {
    const [, number] = /^operation(\d*)$/.exec(key) ?? [];
    if (number === undefined) return [];
    const magnitude = Number(values[`magnitude${number}`] ?? 0);
    const words = String(operation).replaceAll('-', ' ');
    return [magnitude === 0 ? words : `${words} ${plain(magnitude)}`];
  });
}

/** Names whose numbers go without them, in their own unit; null leaves the number out. */
const units: Readonly<Record<string, ((value: number) => string) | null>> = {
  seed: null,
  left: null,
  top: null,
  ratio: null,
  degrees: (value) => `${signed(value, 1)}°`,
  factor: (value) => `${signed((value - 1) * 100, 0)} %`,
  exponent: plain,
  sigma: (value) => `σ ${plain(value)}`,
  length: (value) => `${plain(value)} px`,
  bits: (value) => `${plain(value)} bits`,
  share: percent,
  area: percent,
  weight: percent,
};

/** Where perspective moves a corner. */
const corner = /^[xy]\d$/;
const arrows: Readonly<Record<string, string>> = { horizontal: '↔', vertical: '↕' };

function wordOf(step: string, name: string, value: string | number | boolean): string | null {
  if (corner.test(name)) return null;
  if (name === 'partner') return `with ${String(value)}`;
  if (typeof value !== 'number') return `${name} ${String(value)}`;
  const arrow = arrows[name];
  if (arrow !== undefined)
    return step === 'shear' ? `${arrow} ${signed(value, 1)}°` : `${arrow} ${signed(value * 100, 0)} %`;
  const unit = units[name];
  return unit === undefined ? `${name} ${plain(value)}` : (unit?.(value) ?? null);
}

function percent(share: number): string {
  return `${plain(share * 100, share < 0.1 ? 1 : 0)} %`;
}

/** At most so many decimals, none that are zero. */
function plain(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits))).replace('-', '−');
}

function signed(value: number, digits: number): string {
  const text = plain(value, digits);
  return text.startsWith('−') ? text : `+${text}`;
}
