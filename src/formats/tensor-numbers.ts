import { fromHalf } from '../base/half';
import type { Tensor } from '../core/row';

/** A tensor's values as numbers: 8-bit ones as they lie, halves as the singles that they equal. */
export function tensorNumbers(tensor: Pick<Tensor, 'bytes' | 'dtype'>): Uint8Array | Float32Array {
  const { bytes, dtype } = tensor;
  if (dtype === 'uint8') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = dtype === 'float16' ? 2 : 4;
  const numbers = new Float32Array(bytes.byteLength / size);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = size === 2 ? fromHalf(view.getUint16(i * 2, true)) : view.getFloat32(i * 4, true);
  }
  return numbers;
}
