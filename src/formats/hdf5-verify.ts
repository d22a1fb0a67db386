import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { CommittedFile, Fault, RowsInfo, WrittenRows } from '../core/plugin';
import { dtypeBytes, type Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { openReader } from './hdf5-read';
import { labelBytes, splitBytes } from './hdf5-writer';
import { sameBytes } from './read-back';

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
    const wanted: Readonly<Record<string, (row: Row) => Uint8Array | undefined>> = {
      images: (row) => row.tensor?.bytes,
      labels: (row) => labelBytes([row]),
      filenames: (row) => new TextEncoder().encode(row.key),
      ...(info.softLabels && {
        soft_labels: ({ softLabels }: Row) => denseSoftLabels(softLabels, info.classNames.length),
      }),
      ...(mixed && { splits: (row: Row) => splitBytes([row]) }),
    };
    for (const [name, bytesOf] of Object.entries(wanted)) {
      const dataset = await reader.dataset(name);
      const items: Readonly<Record<string, readonly number[]>> = {
        images: shape,
        soft_labels: [info.classNames.length],
      };
      const dims = [written.count, ...(items[name] ?? [])];
      if (dataset.dims.join() !== dims.join())
        return wrong(`has ${name} of shape [${dataset.dims}] instead of [${dims}]`);
      const bytes = name === 'images' ? dtypeBytes[dtype] : dataset.elementBytes;
      if (dataset.elementBytes !== bytes) return wrong(`has ${name} of another type than ${dtype}`);
      for (const { at, row } of written.sample) {
        const expected = bytesOf(row);
        assert(expected !== undefined, `hdf5 has nothing to compare for ${row.key}`);
        const got = name === 'filenames' ? await dataset.text(at) : await dataset.row(at);
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
