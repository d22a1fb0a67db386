import type { Row } from '../core/row';
import { tensorNumbers } from './tensor-numbers';
import { printNumber } from './tensor-text';
import type { Vectors } from './vectors';

/** A row's vector as a JSON list, whose numbers read back, at their own type, as what they were; NaN is `null`. */
export function vectorText(vectors: Vectors, row: Row): string {
  const { dtype } = vectors;
  let text = '';
  for (const value of tensorNumbers({ dtype, bytes: vectors.bytes(row) }))
    text += `${text === '' ? '[' : ','}${printNumber(value, dtype)}`;
  return `${text}]`;
}
