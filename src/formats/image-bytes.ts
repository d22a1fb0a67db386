import { assert } from '../base/assert';
import type { Row } from '../core/row';

/** Gives each row's re-encoded picture. */
export function pictureBytes(row: Row): Uint8Array {
  assert(row.picture !== null, `no picture came for ${row.key}`);
  return row.picture.bytes;
}

/** Gives each row's tensor, all of which have `bytes` bytes. */
export function tensorBytes(bytes: number): (row: Row) => Uint8Array {
  return ({ tensor, key }) => {
    assert(tensor?.bytes.length === bytes, `a tensor of another size came for ${key}`);
    return tensor.bytes;
  };
}
