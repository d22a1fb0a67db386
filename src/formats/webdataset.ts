import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { classNamesFile } from './class-names';
import { pathSets, pythonParts, pythonString } from './python';

const knobs = z.strictObject({
  pixels: knob(z.enum(['picture', 'npy']), 'picture', {
    label: 'Pixels as',
    help: 'picture: re-encoded as jpg, png or webp; npy: the normalised tensor.',
  }),
});

type WebdatasetKnobs = z.output<typeof knobs>;

/**
 * WebDataset: a tar a shard, of samples whose members lie together: `KEY.jpg` (`.png`, `.webp`) or `KEY.npy`, `KEY.cls`
 * (the label's number, -1 for none; left out when there are no labels at all), `KEY.json` (the columns of the tables,
 * without those that are missing) and `KEY.features_NAME.npy` for each extractor's vector. A key is the shard's number and
 * the row's in it: without dots, and unique over the whole dataset.
 */
export const webdataset: Format<WebdatasetKnobs> = {
  id: 'webdataset',
  label: 'WebDataset',
  extension: 'tar',
  knobs,
  needs: ({ pixels }) => ({ tensor: pixels === 'npy', picture: pixels === 'picture' }),
  refuses: () => null,
  async open(files, info, knobs, shard) {
    const { openSamples } = await import('./webdataset-writer');
    return openSamples(files, info, knobs, shard);
  },
  async verify([file], written, info, knobs, shard) {
    const { verifySamples } = await import('./webdataset-writer');
    return verifySamples(file, written, info, knobs, shard);
  },
  companions: classNamesFile,
  fields: (_info, { pixels }) => (pixels === 'picture' ? [{ name: 'image', kind: 'image' }] : []),
  python: pythonLines,
};

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const entries = sets.map((set) => {
    const name = set.folder === '' ? 'train' : set.folder.slice(0, -1);
    return `${pythonString(name)}: ${set.paths.length > 1 ? pythonParts(set) : pythonString(set.paths[0])}`;
  });
  return [
    ...(numbered ? ['from glob import glob'] : []),
    'from datasets import load_dataset',
    '',
    `dataset = load_dataset("webdataset", data_files={${entries.join(', ')}})`,
    ...(info.classNames.length > 0
      ? ['', 'import json', 'class_names = json.load(open("class_names.json", encoding="utf-8"))']
      : []),
  ].join('\n');
}
