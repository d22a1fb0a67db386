import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo, Writer } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { cellColumn, pictureColumn, tensorColumn } from './arrow-columns';
import { openArrowFile } from './arrow-file';
import { pictureBytes, tensorBytes } from './image-bytes';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { createBatcher } from './row-batch';
import { columnsOf } from './table';

const knobs = z.strictObject({
  container: knob(z.enum(['file', 'stream']), 'file', {
    label: 'Container',
    help: 'file: Feather v2, read at any place (.arrow); stream: read from its beginning (.arrows).',
  }),
  image: knob(z.enum(['tensor', 'picture', 'none']), 'tensor', {
    label: 'Image',
    help: 'tensor: a column of tensors of one shape; picture: re-encoded, as binary; none: the table alone.',
  }),
});

type ArrowKnobs = z.output<typeof knobs>;

/**
 * Apache Arrow's own format, a shard as one table of record batches: the image, then the columns of the other tables,
 * typed. `label` is a dictionary of the class names; `augmentation` is JSON, since its steps have fields of their own.
 */
export const arrow: Format<ArrowKnobs> = {
  id: 'arrow',
  label: 'Arrow',
  extension: 'arrow',
  knobs,
  needs: ({ image }) => ({ tensor: image === 'tensor', picture: image === 'picture' }),
  refuses(info, { image }) {
    if (image !== 'tensor' || info.shape !== null) return null;
    return 'an Arrow tensor column cannot hold pictures of different sizes; set arrow.image to picture, or image.fit to cover, contain or stretch';
  },
  async open(files, info, { container, image }): Promise<Writer> {
    const library = await import('apache-arrow');
    const { shape, dtype } = info;
    const table = columnsOf(info, [imageName]);
    const columns = table.map((column, i) =>
      cellColumn(
        library,
        column,
        i,
        column.name === 'label' && info.classNames.length > 0 ? info.classNames : null,
      ),
    );
    const tensor = image === 'tensor' && shape !== null ? shape : null;
    if (tensor !== null) columns.unshift(tensorColumn(library, imageName, tensor, info));
    else if (image === 'picture') columns.unshift(pictureColumn(library, imageName));
    const imageOf =
      tensor !== null
        ? tensorBytes(tensor[0] * tensor[1] * tensor[2] * dtypeBytes[dtype])
        : image === 'picture'
          ? pictureBytes
          : null;
    const batcher = createBatcher(table, imageOf, batchLimit);
    const file = await files.create(info.name, endings[container]);
    const out = openArrowFile(library, file, columns, container);
    return {
      async write(rows) {
        for (const row of rows) {
          batcher.add(row);
          if (batcher.full()) await out.append(batcher.take());
        }
      },
      async close() {
        await out.append(batcher.take()); // an empty one too: it brings the class names
        await out.close();
      },
    };
  },
  python: pythonLines,
};

const imageName = 'image';

const endings: Readonly<Record<ArrowKnobs['container'], string>> = { file: 'arrow', stream: 'arrows' };

/** More holds more memory in writer and reader, less makes readers jump: about a hundred images of 224 pixels. */
const batchLimit = { rows: 4096, bytes: 16 * 2 ** 20 };

function pythonLines(paths: readonly string[], info: RowsInfo, { container, image }: ArrowKnobs): string {
  const sets = pathSets(paths, info.name);
  const nameOf = (set: PathSet) =>
    set.folder === '' ? 'table' : set.folder.replace(/\W+/g, '_').replace(/_$/, '');
  const read = (path: string) =>
    container === 'file'
      ? `pa.ipc.open_file(pa.memory_map(${path})).read_all()`
      : `pa.ipc.open_stream(pa.memory_map(${path})).read_all()`;
  const lines = sets.map((set) =>
    set.paths.length === 1
      ? `${nameOf(set)} = ${read(pythonString(set.paths[0]))}`
      : `${nameOf(set)} = pa.concat_tables([${read('path')} for path in ${pythonParts(set)}])`,
  );
  const first = sets.length > 0 ? nameOf(sets[0]) : 'table';
  const images =
    image === 'tensor'
      ? [`images = np.concatenate([chunk.to_numpy_ndarray() for chunk in ${first}["image"].chunks])`]
      : image === 'picture'
        ? [`images = [Image.open(io.BytesIO(picture)) for picture in ${first}["image"].to_pylist()]`]
        : [];
  return [
    ...(image === 'picture' ? ['import io'] : []),
    ...(sets.some((set) => set.paths.length > 1) ? ['from glob import glob'] : []),
    ...(image === 'tensor' ? ['import numpy as np'] : []),
    'import pyarrow as pa',
    ...(image === 'picture' ? ['from PIL import Image'] : []),
    '',
    ...lines,
    ...images,
  ].join('\n');
}
