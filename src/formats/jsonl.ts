import { z } from 'zod';
import type { Format } from '../core/plugin';
import { pandasJsonOptions, pandasLines } from './python';
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
  async open(files, info, knobs) {
    const { openObjects } = await import('./objects');
    return openObjects(files, info, knobs.image_array, framing);
  },
  async verify(files, written, info, knobs) {
    const { verifyObjects } = await import('./objects');
    return verifyObjects(files, written, info, knobs.image_array, framing);
  },
  // An augmentation, and soft labels, are lists of objects, for which the card has no type.
  fields: (info) =>
    fieldsOf(
      info,
      columnsOf(info).filter(({ kind }) => kind !== 'json'),
      true,
    ),
  python: (paths, info) =>
    pandasLines(paths, info, (path) => `pd.read_json(${path}, lines=True, ${pandasJsonOptions})`, 'lists'),
};

const framing = {
  extension: 'jsonl',
  before: '',
  between: '',
  after: '',
  ending: '\n',
};
