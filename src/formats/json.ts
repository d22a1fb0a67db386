import { z } from 'zod';
import type { Format } from '../core/plugin';
import { pandasJsonOptions, pandasLines } from './python';
import { refuseName, tableKnobs } from './table';

const knobs = z.strictObject(tableKnobs);

/** One JSON array of objects a shard, an object on each line. Missing values are `null`. */
export const json: Format<z.output<typeof knobs>> = {
  id: 'json',
  label: 'JSON array',
  extension: 'json',
  knobs,
  needs: (knobs) => ({ tensor: knobs.image_array, picture: false }),
  refuses: (info) => refuseName(info, 'json'),
  async open(files, info, knobs) {
    const { openObjects } = await import('./objects');
    return openObjects(files, info, knobs.image_array, framing);
  },
  async verify(files, written, info, knobs) {
    const { verifyObjects } = await import('./objects');
    return verifyObjects(files, written, info, knobs.image_array, framing);
  },
  python: (paths, info) =>
    pandasLines(paths, info, (path) => `pd.read_json(${path}, ${pandasJsonOptions})`, 'lists'),
};

const framing = {
  extension: 'json',
  before: '[\n',
  between: ',\n',
  after: '\n]\n',
  ending: '',
};
