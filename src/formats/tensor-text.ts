import { assert } from '../base/assert';
import type { Dtype, Tensor } from '../core/row';
import { tensorNumbers } from './tensor-numbers';

/**
 * Writes a tensor as nested JSON lists in its own shape, a row of its second axis at a time so that no picture
 * makes a string too long. Every value reads back, at its own type, as the very number it was; NaN and the
 * infinities, which JSON does not have, are `null`.
 */
export function* tensorText(tensor: Tensor): Generator<string, void, undefined> {
  const [planes, rows, values] = tensor.shape;
  const numbers = tensorNumbers(tensor);
  assert(numbers.length === planes * rows * values, `tensor of ${numbers.length} values in ${tensor.shape}`);
  const print = printers[tensor.dtype];
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      let line = '';
      const start = (plane * rows + row) * values;
      for (let i = start; i < start + values; i++)
        line += i === start ? print(numbers[i]) : `,${print(numbers[i])}`;
      const opening = row === 0 ? (plane === 0 ? '[[[' : ',[[') : ',[';
      const closing = row === rows - 1 ? (plane === planes - 1 ? ']]]' : ']]') : ']';
      yield opening + line + closing;
    }
  }
}

/**
 * Prints one value of a vector, as JSON has numbers, so that it reads back as the very same. Vectors' values hardly ever come
 * again, so nothing is remembered, and nine digits are not tried for fewer.
 */
export function printNumber(value: number, dtype: 'float16' | 'float32'): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0';
  return Number.isFinite(value) ? plain(Number(value.toPrecision(dtype === 'float16' ? 5 : 9))) : 'null';
}

const printers: Readonly<Record<Dtype, (value: number) => string>> = {
  uint8: String,
  float16: remembered((value) => {
    // 11 significant bits are told apart by 5 decimal digits: 1 + ceil(11 log10 2).
    return plain(Number(value.toPrecision(5)));
  }),
  float32: remembered((value) => {
    // 24 significant bits always need at most 9 digits, often fewer.
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return plain(short);
    }
    return plain(Number(value.toPrecision(9)));
  }),
};

/** Integers beyond 64 bits are written as floats, or pandas refuses them. */
const plain = (value: number) => (Math.abs(value) < 1e15 ? String(value) : value.toExponential());

/** Normalised 8-bit pictures hold few different values, so printing one is mostly a look-up. */
function remembered(print: (value: number) => string): (value: number) => string {
  const known = new Map<number, string>();
  return (value) => {
    if (value === 0) return Object.is(value, -0) ? '-0.0' : '0';
    const before = known.get(value);
    if (before !== undefined) return before;
    const text = Number.isFinite(value) ? print(value) : 'null';
    if (known.size >= mostRemembered) known.clear();
    known.set(value, text);
    return text;
  };
}

/** A few megabytes; fewer and pictures normalised one by one forget each other's values too soon. */
const mostRemembered = 65_536;
