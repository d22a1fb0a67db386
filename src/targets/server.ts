import { z } from 'zod';
import { RunError } from '../core/failure';
import type { Target } from '../core/plugin';

const knobs = z.strictObject({});

/**
 * The command line's folder, behind its own server on this machine. Under `/_target/`, each request with the run's token:
 * `PUT file?path&at` writes to a `.part` file (`at=0` begins it), `POST commit?path` (with `&at` it
 * writes its body first) renames it and answers with its FileRecord, `POST files` does so for several at once, `POST discard?path`, `GET files?path` lists the paths below a folder, `GET file?path` (of which `&start&end` ask for a part), `HEAD file?path` for its
 * size, `DELETE file?path`. A refusal is JSON `{ code, message }`.
 */
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
    const { createServerFolder } = await import('./server-folder');
    return createServerFolder(grants.server);
  },
};
