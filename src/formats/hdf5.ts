import { z } from 'zod';
import { knob } from '../core/knobs';
import type { FeatureColumn, Format, RowsInfo } from '../core/plugin';
import { pathSets, pythonParts, pythonString } from './python';

const knobs = z.strictObject({
  compression: knob(z.enum(['none', 'deflate']), 'none', {
    label: 'Compression',
    help: 'none: chunks as they are, fastest to write and to slice; deflate: smaller, and slower.',
  }),
});

type Hdf5Knobs = z.output<typeof knobs>;

/**
 * One HDF5 file a shard (superblock 2, read by every library since HDF5 1.8 of 2008): `images`, `labels` (int64, -1 for
 * none), `soft_labels` (float32, a weight for each class) where pictures are mixed, `splits` (uint8: 0 train, 1 validation,
 * 2 test) where a file holds several, `filenames`, `class_names`, the group `features` with a dataset for each column of the
 * extractors, and attributes: `recipe` on the root; `normalise`, `channels`, `layout`, `mean` and `std` on the
 * images; `class_names` on the labels, as long as an attribute can hold them; `split_names` on the splits. Rows stream
 * through: chunks are written as they fill, their index and all headers at the end.
 */
export const hdf5: Format<Hdf5Knobs> = {
  id: 'hdf5',
  label: 'HDF5',
  extension: 'h5',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses: (info) =>
    info.shape === null
      ? 'hdf5 cannot hold pictures of different sizes in one array; set image.fit to cover, contain or stretch'
      : null,
  async open(files, info, { compression }, shard) {
    const { openHdf5 } = await import('./hdf5-writer');
    return openHdf5(files, info, compression === 'deflate', shard);
  },
  async verify([file], written, info, _knobs, shard) {
    const { verifyHdf5 } = await import('./hdf5-verify');
    return verifyHdf5(file, written, info, shard);
  },
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const lines = sets.flatMap((set) => {
    const name = set.folder === '' ? '' : `${set.folder.replace(/\W+/g, '_').replace(/_$/, '')}_`;
    if (set.paths.length > 1)
      return [`${name}files = [h5py.File(path) for path in ${pythonParts(set)}]  # one a part`];
    return [
      `${name}file = h5py.File(${pythonString(set.paths[0])})`,
      `${name}images, ${name}labels = ${name}file["images"], ${name}file["labels"][:]  # images[0:8] reads eight`,
      ...(info.softLabels ? [`${name}soft_labels = ${name}file["soft_labels"][:]`] : []),
      `${name}filenames = ${name}file["filenames"].asstr()[:]`,
      ...info.features.map((column) => `${name}${variable(column)} = ${name}file${pythonFeature(column)}`),
    ];
  });
  const first = `${sets[0]?.folder.replace(/\W+/g, '_') ?? ''}${sets[0]?.paths.length === 1 ? 'file' : 'files[0]'}`;
  return [
    ...(numbered ? ['from glob import glob'] : []),
    'import h5py',
    '',
    ...lines,
    `class_names = list(${first}["class_names"].asstr()[:])`,
  ].join('\n');
}

const variable = ({ kind, name }: FeatureColumn) => (kind === 'vector' ? `features_${name}` : name);

const pythonFeature = ({ kind, name }: FeatureColumn) =>
  `[${pythonString(`features/${name}`)}]${kind === 'text' ? '.asstr()' : ''}[:]`;
