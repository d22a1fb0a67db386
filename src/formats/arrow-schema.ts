import type * as Arrow from 'apache-arrow';
import type { RowsInfo } from '../core/plugin';
import type { Dtype } from '../core/row';
import type { Column } from './table';
import type { Vectors } from './vectors';

/** The library, which is loaded when something is written. */
export type ArrowLibrary = typeof Arrow;

/**
 * The field of a tensor column: an `arrow.fixed_shape_tensor` (Arrow columnar format, canonical extension types), which
 * is a fixed-size list that knows its shape.
 */
export function tensorField(
  arrow: ArrowLibrary,
  name: string,
  shape: readonly [number, number, number],
  { dtype, layout }: Pick<RowsInfo, 'dtype' | 'layout'>,
): Arrow.Field<Arrow.FixedSizeList> {
  const item = new arrow.Field('item', valueType(arrow, dtype), true);
  const names =
    layout === 'channels-last' ? ['height', 'width', 'channels'] : ['channels', 'height', 'width'];
  const metadata = new Map([
    ['ARROW:extension:name', 'arrow.fixed_shape_tensor'],
    ['ARROW:extension:metadata', JSON.stringify({ shape, dim_names: names })],
  ]);
  const type = new arrow.FixedSizeList(shape[0] * shape[1] * shape[2], item);
  return new arrow.Field(name, type, false, metadata);
}

/** The field of a column of vectors: a fixed-size list, which every reader of Arrow knows. */
export function vectorField(
  arrow: ArrowLibrary,
  { column, length, dtype }: Pick<Vectors, 'column' | 'length' | 'dtype'>,
): Arrow.Field<Arrow.FixedSizeList> {
  const item = new arrow.Field('item', valueType(arrow, dtype), true);
  return new arrow.Field(column, new arrow.FixedSizeList(length, item), false);
}

/** The type of one value of a tensor. */
export function valueType(arrow: ArrowLibrary, dtype: Dtype): Arrow.Uint8 | Arrow.Float16 | Arrow.Float32 {
  if (dtype === 'uint8') return new arrow.Uint8();
  return dtype === 'float16' ? new arrow.Float16() : new arrow.Float32();
}

/** The field of a table's column: text and JSON may be missing, and so may numbers. */
export function cellField(arrow: ArrowLibrary, { name, kind }: Pick<Column, 'name' | 'kind'>): Arrow.Field {
  if (kind === 'integer') return new arrow.Field(name, new arrow.Int64(), false);
  if (kind === 'number') return new arrow.Field(name, new arrow.Float64(), true);
  return new arrow.Field(name, new arrow.Utf8(), kind === 'text');
}
