import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo, Writer } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { pictureBytes, tensorBytes } from './image-bytes';
import { parquetColumns } from './parquet-columns';
import { openParquet } from './parquet-file';
import { loadCompression, loadParquet } from './parquet-library';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { createBatcher } from './row-batch';

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
  async open(files, info, { image, compression }): Promise<Writer> {
    const library = await loadParquet();
    const packing = await loadCompression(compression, library);
    const columns = parquetColumns(info);
    const shape = image === 'list' || image === 'tensor' ? info.shape : null;
    const imageOf =
      shape !== null
        ? tensorBytes(shape[0] * shape[1] * shape[2] * dtypeBytes[info.dtype])
        : image === 'picture'
          ? pictureBytes
          : null;
    const paths: string[] = [];
    const batcher = createBatcher(columns, imageOf, rowGroupLimit);
    const out = await openParquet(
      library,
      await files.create(info.name, 'parquet'),
      columns,
      info,
      image,
      packing,
    );
    const flush = () => out.append(batcher.take(), paths.splice(0));
    return {
      async write(rows) {
        for (const row of rows) {
          batcher.add(row);
          paths.push(row.key);
          if (batcher.full()) await flush();
        }
      },
      async close() {
        await flush();
        await out.close();
      },
    };
  },
  python: pythonLines,
};

/**
 * More holds more memory in writer and reader (Hugging Face asks for at most 100 MB), less makes readers that want one
 * column jump about the file.
 */
const rowGroupLimit = { rows: 1000, bytes: 32 * 2 ** 20 };

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
