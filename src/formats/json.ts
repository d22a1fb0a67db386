import { z } from 'zod';
import type { Format } from '../core/plugin';
import { openObjects, pandasJsonOptions, verifyObjects } from './objects';
import { pandasLines } from './python';
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
  open: (files, info, knobs) => openObjects(files, info, knobs.image_array, framing),
  verify: (files, written, info, knobs) => verifyObjects(files, written, info, knobs.image_array, framing),
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
