import type { RowsInfo } from '../core/plugin';
import { fileNameColumn } from '../core/table';
import { type Column, columnsOf } from './table';

/**
 * The columns after `file_name`. Only those that every row has, and a sidecar table's: Hugging Face takes a column's type
 * from each split's first rows and refuses splits that differ, as EXIF that only some photographs have would make them.
 */
export function metadataColumns(info: RowsInfo): readonly Column[] {
  const all = columnsOf({ ...info, exif: false, gps: false, personal: false });
  const columns = all.filter(({ name }) => name !== 'damaged');
  // The label comes second, where people look for it.
  const label = columns.filter(({ name }) => name === 'label');
  return [...label, ...columns.filter(({ name }) => name !== 'label' && name !== fileNameColumn)];
}
