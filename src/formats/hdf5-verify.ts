import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import { dtypeBytes, type Row } from '../core/row';
import { numberBytes } from './hdf5-features';
import { openReader } from './hdf5-read';
import { labelBytes, splitBytes } from './hdf5-writer';
import { sameBytes } from './read-back';
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
  try {
    const reader = await openReader(file);
    const mixed = shard.folder === '' && info.splits.length > 1;
    const texts = new Set(['filenames', ...textsOf(info)]);
    const wanted: Readonly<Record<string, (row: Row) => Uint8Array | undefined>> = {
      images: (row) => row.tensor?.bytes,
      labels: (row) => labelBytes([row]),
      filenames: (row) => new TextEncoder().encode(row.key),
      ...(mixed && { splits: (row: Row) => splitBytes([row]) }),
      ...featureBytes(info),
    };
    const vectors = new Map(vectorsOf(info).map((each) => [`features/${each.name}`, each]));
    for (const [name, bytesOf] of Object.entries(wanted)) {
      const dataset = await reader.dataset(name);
      const vector = vectors.get(name);
      const row = name === 'images' ? shape : vector === undefined ? [] : [vector.length];
      const dims = [written.count, ...row];
      if (dataset.dims.join() !== dims.join())
        return wrong(`has ${name} of shape [${dataset.dims}] instead of [${dims}]`);
      const type = name === 'images' ? dtype : vector?.dtype;
      if (type !== undefined && dataset.elementBytes !== dtypeBytes[type])
        return wrong(`has ${name} of another type than ${type}`);
      for (const { at, row } of written.sample) {
        const expected = bytesOf(row);
        assert(expected !== undefined, `hdf5 has nothing to compare for ${row.key}`);
        const got = texts.has(name) ? await dataset.text(at) : await dataset.row(at);
        if (!sameBytes(got, expected)) return wrong(`holds other ${name} for row ${at} (${row.key})`);
      }
    }
    return null;
  } catch (error) {
    // What is damaged may be damaged in any way: the reader throws RangeErrors of its own and of views alike.
    if (error instanceof RangeError) return wrong(`cannot be read as HDF5: ${error.message}`);
    throw error;
  }
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
