import { assert } from '../base/assert';
import type { RowsInfo, VectorColumn } from '../core/plugin';
import { dtypeBytes, type Row } from '../core/row';

/** A column of vectors as formats write it. */
export interface Vectors extends VectorColumn {
  /** Its name among a table's columns: `features_descriptor`. */
  readonly column: string;
  /** A row's values, little-endian. */
  bytes(row: Row): Uint8Array;
}

/** The columns of vectors, in their order; of other features the tables' own columns tell. */
export function vectorsOf({ features }: RowsInfo): readonly Vectors[] {
  return features.flatMap((feature, i): Vectors[] => {
    if (feature.kind !== 'vector') return [];
    const bytes = feature.length * dtypeBytes[feature.dtype];
    return [
      {
        ...feature,
        column: `features_${feature.name}`,
        bytes({ features, key }) {
          const value = features[i];
          assert(
            value instanceof Uint8Array && value.length === bytes,
            `no vector of ${feature.name} came for ${key}`,
          );
          return value;
        },
      },
    ];
  });
}

/** Lines that make NumPy arrays of a pandas table's vectors, behind those that read it as `table`; `parse` where they are text. */
export function pandasVectors(info: RowsInfo, table: string, parse: boolean): readonly string[] {
  return vectorsOf(info).map(({ column, dtype }) => {
    const cells = `${table}["${column}"]${parse ? '.map(json.loads)' : ''}`;
    return `${column} = np.array(${cells}.tolist(), "${dtype}")`;
  });
}
