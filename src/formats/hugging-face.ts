import type { RowsInfo } from '../core/plugin';
import type { Column } from './table';

/**
 * The `huggingface` metadata of a table's schema, from which the datasets library takes its features (datasets
 * `features/features.py`, `arrow_schema`): what each column is, by name, in their order.
 */
export function huggingFaceMetadata(features: Readonly<Record<string, object>>): string {
  return JSON.stringify({ info: { features } });
}

/** An encoded picture. */
export const imageFeature = { _type: 'Image' };

/** Ids of the class names, -1 for none. */
export const labelFeature = (names: readonly string[]) => ({ names, _type: 'ClassLabel' });

/** A tensor as a list of `length` values. */
export const listFeature = (dtype: RowsInfo['dtype'], length: number) => ({
  feature: { dtype, _type: 'Value' },
  length,
  _type: 'List',
});

/** A column of a table. */
export function valueFeature({ kind }: Column) {
  const dtype = kind === 'integer' ? 'int64' : kind === 'number' ? 'float64' : 'string';
  return { dtype, _type: 'Value' };
}
