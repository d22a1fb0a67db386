import { z } from 'zod';
import { RunError } from '../core/failure';
import type { Target } from '../core/plugin';

const knobs = z.strictObject({});

/** The command line's folder, behind its own server on this machine: how it is spoken to stands in `server-folder.ts`. */
export const server: Target<z.output<typeof knobs>> = {
  id: 'server',
  label: 'Folder of the command line',
  knobs,
  async open(_knobs, grants) {
    if (grants.server === undefined)
      throw new RunError(
        'permission',
        'The server target belongs to the command line; choose zip or directory.',
      );
    return (await import('./server-folder')).createFolder(grants.server);
  },
};
