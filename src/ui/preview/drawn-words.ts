import type { Drawn } from '../../core/row';

/** Says what was drawn for a step: `rotate −6.2°`, `brightness +12 %`. A seed says nothing to people. */
export function drawnWords(drawn: Drawn): string {
  const { step, ...values } = drawn;
  const words = [shortNames[step] ?? step.replaceAll('-', ' ')];
  const { width, height } = values;
  if (typeof width === 'number' && typeof height === 'number') {
    // A box in shares of the picture: how much of it is kept says more than where it lies.
    return `${words[0]} ${Math.round(100 * width * height)} %`;
  }
  for (const [name, value] of Object.entries(values)) {
    if (name !== 'seed' && !corner.test(name)) words.push(wordOf(name, value));
  }
  return words.join(' ');
}

/** Where perspective moves a corner: eight numbers that nobody reads. */
const corner = /^[xy]\d$/;

const shortNames: Readonly<Record<string, string>> = {
  'flip-horizontal': 'flip ↔',
  'flip-vertical': 'flip ↕',
  'random-resized-crop': 'crop',
};

function wordOf(name: string, value: string | number | boolean): string {
  if (typeof value !== 'number') return `${name} ${String(value)}`;
  if (name === 'degrees') return `${signed(value, 1)}°`;
  if (name === 'factor') return `${signed((value - 1) * 100, 0)} %`;
  return `${name} ${signed(value, 2)}`;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : `+${text}`;
}
