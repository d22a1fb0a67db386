import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { vectorsOf } from './vectors';

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
 * typed, then vectors as lists of one length. `label` is a dictionary of the class names; `augmentation` is JSON, since its
 * steps have fields of their own.
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
  async open(files, info, knobs) {
    const { openArrow } = await import('./arrow-writer');
    return openArrow(files, info, knobs);
  },
  async verify([file], written, info, knobs) {
    const { verifyArrow } = await import('./arrow-verify');
    return verifyArrow(file, written, info, knobs);
  },
  python: pythonLines,
};

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
  // A column of lists of one length, flat, is the matrix.
  const features = vectorsOf(info).map(
    ({ column }) => `${column} = np.stack(${first}["${column}"].to_numpy())`,
  );
  return [
    ...(image === 'picture' ? ['import io'] : []),
    ...(sets.some((set) => set.paths.length > 1) ? ['from glob import glob'] : []),
    ...(image === 'tensor' || features.length > 0 ? ['import numpy as np'] : []),
    'import pyarrow as pa',
    ...(image === 'picture' ? ['from PIL import Image'] : []),
    '',
    ...lines,
    ...images,
    ...features,
  ].join('\n');
}
