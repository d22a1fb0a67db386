import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import { type Dtype, dtypeBytes, type Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { numberBytes } from './hdf5-features';
import { openReader } from './hdf5-read';
import { labelBytes, splitBytes } from './hdf5-writer';
import { orDamaged, sameBytes } from './read-back';
import { vectorsOf } from './vectors';

/** Reads one shard's file back: every dataset's shape and type, and the sampled rows. */
export async function verifyHdf5(
  file: CommittedFile,
  written: WrittenRows,
  info: RowsInfo,
  shard: Shard,
): Promise<Fault | null> {
  const { shape, dtype } = info;
  assert(shape !== null, 'hdf5 verified for pictures of different sizes');
  const wrong = (problem: string) => ({ path: file.path, problem });
  return orDamaged(file, 'HDF5', RangeError, async (file) => {
    const reader = await openReader(file);
    const mixed = shard.folder === '' && info.splits.length > 1;
    const texts = new Set(['filenames', ...textsOf(info)]);
    const wanted: Readonly<Record<string, (row: Row) => Uint8Array | undefined>> = {
      images: (row) => row.tensor?.bytes,
      labels: (row) => labelBytes([row]),
      filenames: (row) => new TextEncoder().encode(row.key),
      ...(info.softLabels && {
        soft_labels: ({ softLabels }: Row) => denseSoftLabels(softLabels, info.classNames.length),
      }),
      ...(mixed && { splits: (row: Row) => splitBytes([row]) }),
      ...featureBytes(info),
    };
    const arrays = new Map<string, { readonly row: readonly number[]; readonly dtype: Dtype }>([
      ['images', { row: shape, dtype }],
      ['soft_labels', { row: [info.classNames.length], dtype: 'float32' }],
    ]);
    for (const { name, length, dtype } of vectorsOf(info))
      arrays.set(`features/${name}`, { row: [length], dtype });
    for (const [name, bytesOf] of Object.entries(wanted)) {
      const dataset = await reader.dataset(name);
      const array = arrays.get(name);
      const dims = [written.count, ...(array?.row ?? [])];
      if (dataset.dims.join() !== dims.join())
        return wrong(`has ${name} of shape [${dataset.dims}] instead of [${dims}]`);
      if (array !== undefined && dataset.elementBytes !== dtypeBytes[array.dtype])
        return wrong(`has ${name} of another type than ${array.dtype}`);
      for (const { at, row } of written.sample) {
        const expected = bytesOf(row);
        assert(expected !== undefined, `hdf5 has nothing to compare for ${row.key}`);
        const got = texts.has(name) ? await dataset.text(at) : await dataset.row(at);
        if (!sameBytes(got, expected)) return wrong(`holds other ${name} for row ${at} (${row.key})`);
      }
    }
    return null;
  });
}

/** What each dataset of the group `features` holds of a row. */
function featureBytes(info: RowsInfo): Readonly<Record<string, (row: Row) => Uint8Array>> {
  const vectors = vectorsOf(info);
  return Object.fromEntries(
    info.features.map(({ kind, name }, i) => {
      const bytes = (row: Row): Uint8Array => {
        if (kind === 'text') return new TextEncoder().encode(String(row.features[i] ?? ''));
        return numberBytes(row.features[i]);
      };
      const vector = vectors.find((each) => each.name === name);
      return [`features/${name}`, kind === 'vector' && vector ? vector.bytes : bytes];
    }),
  );
}

const textsOf = ({ features }: RowsInfo) =>
  features.flatMap(({ kind, name }) => (kind === 'text' ? [`features/${name}`] : []));
