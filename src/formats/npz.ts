import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { vectorsOf } from './vectors';

const knobs = z.strictObject({
  compression: knob(z.enum(['none', 'deflate']), 'none', {
    label: 'Compression',
    help: 'none, as numpy.savez; deflate, as numpy.savez_compressed: a little smaller, and many times slower.',
  }),
});

/**
 * One NumPy archive a shard: `images`, `labels` (int64, -1 for none), `soft_labels` (float32, a weight for each class)
 * where pictures are mixed, `splits` (uint8: 0 train, 1 validation, 2 test) where one file holds several splits,
 * `filenames` and `class_names` (Unicode text), and `features_NAME` for each extractor's vectors. Images go straight
 * through, so a shard may be larger than memory; of a row only its labels, split, name and vectors are held until the end.
 */
export const npz: Format<z.output<typeof knobs>> = {
  id: 'npz',
  label: 'NumPy archive',
  extension: 'npz',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses(info) {
    if (info.shape !== null) return null;
    return 'npz cannot hold pictures of different sizes; set image.fit to cover, contain or stretch';
  },
  async open(files, info, { compression }, shard) {
    const { openNpz } = await import('./npz-writer');
    return openNpz(files, info, compression === 'deflate', shard);
  },
  async verify([file], written, info, _knobs, shard) {
    const { verifyNpz } = await import('./npz-verify');
    return verifyNpz(file, written, info, shard);
  },
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const nameOf = (set: PathSet) =>
    set.folder === '' ? 'dataset' : set.folder.replace(/\W+/g, '_').replace(/_$/, '');
  const vectors = vectorsOf(info).map(({ column }) => column);
  const soft = info.softLabels ? ['soft_labels'] : [];
  const parts = info.splits.length > 1 ? ['splits'] : [];
  const arrays = ['images', 'labels', ...soft, 'filenames', ...parts, ...vectors];
  const lines = sets.map((set) => {
    if (set.paths.length === 1) return `${nameOf(set)} = np.load(${pythonString(set.paths[0])})`;
    const kept = set.folder === '' ? arrays : arrays.filter((array) => array !== 'splits');
    return [
      `parts = [np.load(path) for path in ${pythonParts(set)}]`,
      `${nameOf(set)} = {name: np.concatenate([part[name] for part in parts]) for name in [${kept.map(pythonString).join(', ')}]}`,
    ].join('\n');
  });
  const first = sets.length > 0 ? nameOf(sets[0]) : 'dataset';
  return [
    ...(numbered ? ['from glob import glob'] : []),
    'import numpy as np',
    '',
    ...lines,
    `images, labels = ${first}["images"], ${first}["labels"]`,
    ...vectors.map((column) => `${column} = ${first}["${column}"]`),
    ...(sets.length > 0
      ? [`class_names = np.load(${pythonString(sets[0].paths[0])})["class_names"].tolist()`]
      : []),
  ].join('\n');
}
