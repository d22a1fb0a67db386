import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { parquetColumns } from './parquet-columns';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { fieldsOf } from './table';

const knobs = z.strictObject({
  image: knob(z.enum(['picture', 'list', 'tensor', 'none']), 'picture', {
    label: 'Image',
    help: 'picture: re-encoded, as Hugging Face has images; list: its values; tensor: the same as an Arrow tensor, which pyarrow knows and Hugging Face does not; none.',
  }),
  compression: knob(z.enum(['snappy', 'zstd', 'none']), 'snappy', {
    label: 'Compression',
    help: 'Of the columns. Pictures are compressed already, and tensors only where it saves a twentieth.',
  }),
});

type ParquetKnobs = z.output<typeof knobs>;

/**
 * Apache Parquet, a shard as one table: the image, then the typed columns of the other tables, with the metadata from
 * which Hugging Face's datasets library takes the features Image and ClassLabel.
 */
export const parquet: Format<ParquetKnobs> = {
  id: 'parquet',
  label: 'Parquet',
  extension: 'parquet',
  knobs,
  needs: ({ image }) => ({ tensor: image === 'list' || image === 'tensor', picture: image === 'picture' }),
  refuses(info, { image }) {
    if (info.shape !== null || image === 'picture' || image === 'none') return null;
    return 'a Parquet column of tensors cannot hold pictures of different sizes; set parquet.image to picture, or image.fit to cover, contain or stretch';
  },
  async open(files, info, knobs) {
    const { openParquetShard } = await import('./parquet-writer');
    return openParquetShard(files, info, knobs);
  },
  async verify([file], written, info, knobs) {
    const { verifyParquet } = await import('./parquet-verify');
    return verifyParquet(file, written, info, knobs);
  },
  // Of the image Croissant's readers would want to know how it is packed: the columns beside it speak for themselves.
  fields: (info) => fieldsOf(info, parquetColumns(info), true),
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo, { image }: ParquetKnobs): string {
  const sets = pathSets(paths, info.name);
  const list = (set: PathSet) => (set.paths.length > 1 ? pythonParts(set) : pythonString(set.paths[0]));
  const glob = sets.some((set) => set.paths.length > 1) ? ['from glob import glob'] : [];
  if (image === 'tensor') {
    return [
      ...glob,
      'import numpy as np',
      'import pyarrow.parquet as pq',
      '',
      ...sets.flatMap((set) => {
        const name = set.folder === '' ? '' : `${set.folder.replace(/\W+/g, '_').replace(/_$/, '')}_`;
        return [
          `${name}table = pq.read_table(${list(set)})`,
          `${name}images = np.concatenate([chunk.to_numpy_ndarray() for chunk in ${name}table["image"].chunks])`,
        ];
      }),
    ].join('\n');
  }
  const nameOf = (set: PathSet) => (set.folder === '' ? 'train' : set.folder.replace(/\/$/, ''));
  const first = sets.length > 0 ? nameOf(sets[0]) : 'train';
  return [
    ...glob,
    'from datasets import load_dataset',
    '',
    'dataset = load_dataset("parquet", data_files={',
    ...sets.map((set) => `    ${pythonString(nameOf(set))}: ${list(set)},`),
    '})',
    ...(image === 'none' ? [] : [`row = dataset[${pythonString(first)}][0]`]),
    ...(image === 'picture' ? ['image, label = row["image"], row["label"]'] : []),
    ...(image === 'list'
      ? [
          '',
          'import numpy as np',
          `image = np.array(row["image"], "${info.dtype}").reshape(${(info.shape ?? []).join(', ')})`,
        ]
      : []),
  ].join('\n');
}
