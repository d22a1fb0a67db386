import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Source } from '../core/plugin';
import type { ColumnKnobs } from './list-columns';

/** The source of links: the lists in `grants.lists`, which are no part of the recipe and may hold secrets. */
export const links = {
  id: 'links',
  label: 'Links',
  knobs: z.strictObject({
    url_column: knob(z.string(), '', {
      label: 'Column of links',
      help: 'Of a list that is a table; empty to find it by its name and its values.',
    }),
    label_column: knob(z.string(), '', {
      label: 'Column of labels',
      flag: 'list_label_column', // on the command line --label_column means it as well
      help: 'Empty to find it by its name, - for none: then labels come from the folders in the links.',
    }),
    md5_column: knob(z.string(), '', {
      label: 'Column of MD5',
      advanced: true,
      help: 'Hashes that the images must have; empty to find it by its name, - for none.',
    }),
    sha256_column: knob(z.string(), '', {
      label: 'Column of SHA-256',
      advanced: true,
      help: 'Hashes that the images must have; empty to find it by its name, - for none.',
    }),
  }),
  async *list(knobs, grants, signal) {
    // Most visits read no list.
    const { listLinks } = await import('./list-links');
    yield* listLinks(knobs, grants, signal);
  },
} satisfies Source<ColumnKnobs>;
