import { z } from 'zod';
import type { Format, RowsInfo } from '../core/plugin';
import { classNamesFile } from './class-names';
import { pathSets, pythonParts, pythonString } from './python';
import { vectorStems } from './vectors';

const knobs = z.strictObject({});

/**
 * NumPy arrays: the tensors of a shard as one array, beside them `labels` (int64, -1 for none); where pictures are
 * mixed, `soft_labels` (float32, a weight for each class); and, where one set of files holds several splits, `splits`
 * (uint8: 0 train, 1 validation, 2 test). Vectors are `features`, a row each as scikit-learn wants them beside `labels`;
 * those of several extractors each `features_NAME`. Rows go straight through: a shard may be larger than memory.
 */
export const npy: Format<z.output<typeof knobs>> = {
  id: 'npy',
  label: 'NumPy arrays',
  extension: 'npy',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses(info) {
    if (info.shape === null)
      return 'npy cannot hold pictures of different sizes; set image.fit to cover, contain or stretch';
    const stems = vectorStems(info).map(({ stem }) => stem);
    if (['labels', 'soft_labels', 'splits', ...stems].includes(info.name.toLowerCase()))
      return `${info.name}.npy is the name of the array beside the images; choose another output.name`;
    return null;
  },
  async open(files, info, _knobs, shard) {
    const { openNpy } = await import('./npy-writer');
    return openNpy(files, info, shard);
  },
  async verify(files, written, info) {
    const { verifyNpy } = await import('./npy-writer');
    return verifyNpy(files, written, info);
  },
  companions: classNamesFile,
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const vectors = vectorStems(info).map(({ stem }) => stem);
  const sets = [info.name, 'labels', 'soft_labels', 'splits', ...vectors].flatMap((stem) =>
    pathSets(paths, stem).map((set) => ({ stem, ...set })),
  );
  const numbered = sets.some((set) => set.paths.length > 1);
  const lines = sets.map(({ stem, variable, paths, ...set }) => {
    const mapped = stem === info.name ? ', mmap_mode="r"' : '';
    if (paths.length === 1) return `${variable} = np.load(${pythonString(paths[0])}${mapped})`;
    const loaded = `[np.load(path${mapped}) for path in ${pythonParts({ variable, paths, ...set })}]`;
    return mapped === ''
      ? `${variable} = np.concatenate(${loaded})`
      : `${variable} = ${loaded}  # one array a part`;
  });
  return [
    'import json',
    ...(numbered ? ['from glob import glob'] : []),
    'import numpy as np',
    '',
    ...lines,
    'class_names = json.load(open("class_names.json", encoding="utf-8"))',
  ].join('\n');
}
