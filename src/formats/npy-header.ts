import { assert } from '../base/assert';
import type { Dtype } from '../core/row';

/** The element types that are written, as numpy names them. */
export type NpyDescr = '|u1' | '<i8' | '<f2' | '<f4' | `<U${number}`;

/** A tensor's type in numpy's words, and the bytes of one value. */
export const npyDescrs: Readonly<Record<Dtype, { readonly descr: NpyDescr; readonly bytes: number }>> = {
  uint8: { descr: '|u1', bytes: 1 },
  float16: { descr: '<f2', bytes: 2 },
  float32: { descr: '<f4', bytes: 4 },
};

/**
 * The header of an `.npy` file of version 1.0, byte for byte as numpy 2 writes it (numpy `lib/_format_impl.py`:
 * `_write_array_header`, `_wrap_header`): its length is a multiple of 64 and leaves room for a first axis of 21
 * digits, so the count can be corrected in place.
 */
export function npyHeader(descr: NpyDescr, shape: readonly [number, ...number[]]): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const room = ' '.repeat(firstAxisDigits - String(shape[0]).length);
  const length = prefixLength + dictionary.length + room.length + 1;
  const text = `${dictionary}${room}${' '.repeat(alignment - (length % alignment))}\n`;
  assert(text.length < 65_536, 'npy header too long for version 1.0');
  const header = new Uint8Array(prefixLength + text.length);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  new TextEncoder().encodeInto(text, header.subarray(prefixLength));
  return header;
}

/** Where the dictionary begins: after the magic string, the version and the length, which never change. */
export const prefixLength = 10;

const alignment = 64;

/** numpy's `GROWTH_AXIS_MAX_DIGITS`. */
const firstAxisDigits = 21;
