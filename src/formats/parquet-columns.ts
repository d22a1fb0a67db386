import type { ParquetWriter } from 'hyparquet-writer';
import type { RowsInfo } from '../core/plugin';
import { labelFeature, valueFeature } from './hugging-face';
import { type Cell, type Column, columnsOf } from './table';

type SchemaElement = ParquetWriter['schema'][number];

/** A column of a Parquet table beside the image. */
export interface ParquetColumn extends Column {
  readonly element: SchemaElement;
  /** What the datasets library makes of it. */
  readonly feature: object;
  /** The values as hyparquet-writer takes them. */
  data(cells: readonly Cell[]): (string | number | null)[] | BigInt64Array;
}

/**
 * The columns of the other tables, typed, with one difference: `label` is the id, which the datasets library shows as
 * a ClassLabel with its names, and the text is `label_text`. Steps are JSON, since each has fields of its own.
 */
export function parquetColumns(info: RowsInfo): readonly ParquetColumn[] {
  const { classNames } = info;
  return columnsOf(info, [imageName, labelText]).flatMap((column): ParquetColumn[] => {
    if (column.name === 'label') return [typed({ ...column, name: labelText })];
    if (column.name !== 'label_id') return [typed(column)];
    const label = typed({ ...column, name: 'label' });
    return [classNames.length === 0 ? label : { ...label, feature: labelFeature(classNames) }];
  });
}

/** Of the column with the image. */
export const imageName = 'image';

const labelText = 'label_text';

function typed(column: Column): ParquetColumn {
  const { name, kind } = column;
  const feature = valueFeature(column);
  // All may be missing, though few are: datasets passes over the feature of a column that is required.
  if (kind === 'integer') {
    return {
      ...column,
      feature,
      element: { name, type: 'INT64', repetition_type: 'OPTIONAL' },
      data: (cells) => BigInt64Array.from(cells, (cell) => BigInt(cell as number)), // an integer's cells are numbers
    };
  }
  if (kind === 'number') {
    return {
      ...column,
      feature,
      element: { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' },
      data: (cells) => cells.map((cell) => (typeof cell === 'number' ? cell : null)),
    };
  }
  return {
    ...column,
    feature,
    element: {
      name,
      type: 'BYTE_ARRAY',
      converted_type: 'UTF8',
      logical_type: { type: 'STRING' },
      repetition_type: 'OPTIONAL',
    },
    data: (cells) =>
      cells.map((cell) => (typeof cell === 'string' || cell === null ? cell : JSON.stringify(cell))),
  };
}
