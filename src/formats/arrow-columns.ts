import type * as Arrow from 'apache-arrow';
import type { RowsInfo } from '../core/plugin';
import type { Dtype } from '../core/row';
import type { ArrowLibrary } from './arrow-schema';
import { cellField, tensorField, valueType, vectorField } from './arrow-schema';
import type { RowBatch } from './row-batch';
import type { Cell, Column } from './table';
import type { Vectors } from './vectors';

/** A column of an Arrow table. */
export interface ArrowColumn {
  readonly field: Arrow.Field;
  data(batch: RowBatch): Arrow.Data;
}

/** A table's column; the texts of `classNames` become a dictionary in that order, the same in every batch. */
export function cellColumn(
  arrow: ArrowLibrary,
  column: Column,
  index: number,
  classNames: readonly string[] | null,
): ArrowColumn {
  if (classNames !== null) return classColumn(arrow, column, index, classNames);
  const field = cellField(arrow, column);
  const { kind } = column;
  return {
    field,
    data({ cells }) {
      const values = cells[index];
      if (kind === 'integer') {
        const data = BigInt64Array.from(values, (value) => BigInt(value as number)); // an integer's cells are numbers
        return arrow.makeData({ type: new arrow.Int64(), length: values.length, data });
      }
      if (kind === 'number') {
        const data = Float64Array.from(values, (value) => (typeof value === 'number' ? value : 0));
        return arrow.makeData({ type: new arrow.Float64(), data, ...validity(values) });
      }
      return textData(
        arrow,
        values.map((value) => (kind === 'json' ? JSON.stringify(value) : value)),
      );
    },
  };
}

/** A column of tensors that share one shape. */
export function tensorColumn(
  arrow: ArrowLibrary,
  name: string,
  shape: readonly [number, number, number],
  info: RowsInfo,
): ArrowColumn {
  const field = tensorField(arrow, name, shape, info);
  return {
    field,
    data: ({ rows, images }) => listData(arrow, field.type, info.dtype, rows, images),
  };
}

/** A column of vectors, the batch's `index`-th. */
export function vectorColumn(arrow: ArrowLibrary, vectors: Vectors, index: number): ArrowColumn {
  const field = vectorField(arrow, vectors);
  return {
    field,
    data: ({ rows, vectors: columns }) =>
      listData(arrow, field.type, vectors.dtype, rows, columns[index] ?? new Uint8Array(0)),
  };
}

/** Lists of one length whose values lie end to end. */
function listData(
  arrow: ArrowLibrary,
  listType: Arrow.FixedSizeList,
  dtype: Dtype,
  rows: number,
  bytes: Uint8Array,
): Arrow.Data<Arrow.FixedSizeList> {
  const type = valueType(arrow, dtype);
  const values = new type.ArrayType(bytes.buffer, bytes.byteOffset, bytes.byteLength / bytesOf(type));
  // One of three types with their own arrays: the library cannot tell which goes with which.
  const child = arrow.makeData({ type, length: values.length, data: values } as never);
  return arrow.makeData({ type: listType, length: rows, child });
}

const bytesOf = ({ ArrayType }: { readonly ArrayType: { readonly BYTES_PER_ELEMENT: number } }) =>
  ArrayType.BYTES_PER_ELEMENT;

/** A column of re-encoded pictures. */
export function pictureColumn(arrow: ArrowLibrary, name: string): ArrowColumn {
  return {
    field: new arrow.Field(name, new arrow.Binary(), false),
    data: ({ ends, images, rows }) =>
      arrow.makeData({
        type: new arrow.Binary(),
        length: rows,
        valueOffsets: Int32Array.from([0, ...ends]),
        data: images,
      }),
  };
}

function classColumn(
  arrow: ArrowLibrary,
  { name }: Column,
  index: number,
  classNames: readonly string[],
): ArrowColumn {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 0, false);
  const dictionary = arrow.makeVector(textData(arrow, classNames));
  const ids = new Map(classNames.map((className, id) => [className, id]));
  return {
    field: new arrow.Field(name, type, true),
    data({ cells }) {
      const values = cells[index];
      const data = Int32Array.from(values, (value) => ids.get(value as string) ?? 0); // a label's cells are texts
      return arrow.makeData({ type, data, dictionary, ...validity(values) });
    },
  };
}

function textData(arrow: ArrowLibrary, values: readonly Cell[]): Arrow.Data<Arrow.Utf8> {
  const encoder = new TextEncoder();
  const texts = values.map((value) => encoder.encode(typeof value === 'string' ? value : ''));
  const valueOffsets = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => {
    valueOffsets[i + 1] = valueOffsets[i] + text.length;
  });
  const data = new Uint8Array(valueOffsets[texts.length]);
  texts.forEach((text, i) => {
    data.set(text, valueOffsets[i]);
  });
  return arrow.makeData({ type: new arrow.Utf8(), valueOffsets, data, ...validity(values) });
}

/** Which values are there, as Arrow's bitmap, lowest bit first. */
function validity(values: readonly Cell[]) {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) nullCount++;
    else nullBitmap[i >> 3] |= 1 << (i & 7);
  });
  return { length: values.length, nullCount, nullBitmap };
}
