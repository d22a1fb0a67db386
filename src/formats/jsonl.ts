import { z } from 'zod';
import type { Format } from '../core/plugin';
import { openObjects, pandasJsonOptions, verifyObjects } from './objects';
import { pandasLines } from './python';
import { columnsOf, fieldsOf, refuseName, tableKnobs } from './table';

const knobs = z.strictObject(tableKnobs);

/** One JSON object a line (JSON Lines). Missing values are `null`. */
export const jsonl: Format<z.output<typeof knobs>> = {
  id: 'jsonl',
  label: 'JSON Lines',
  extension: 'jsonl',
  knobs,
  needs: (knobs) => ({ tensor: knobs.image_array, picture: false }),
  refuses: (info) => refuseName(info, 'jsonl'),
  open: (files, info, knobs) => openObjects(files, info, knobs.image_array, framing),
  verify: (files, written, info, knobs) => verifyObjects(files, written, info, knobs.image_array, framing),
  // An augmentation is a list of objects, for which the card has no type.
  fields: (info) => fieldsOf(columnsOf(info).filter(({ kind }) => kind !== 'json')),
  python: (paths, info) =>
    pandasLines(paths, info, (path) => `pd.read_json(${path}, lines=True, ${pandasJsonOptions})`),
};

const framing = {
  extension: 'jsonl',
  before: '',
  between: '',
  after: '',
  ending: '\n',
};
