import { z } from 'zod';
import { RunError } from '../core/failure';
import type { Target } from '../core/plugin';

const knobs = z.strictObject({});

/** A folder that the person picked. */
export const directory: Target<z.output<typeof knobs>> = {
  id: 'directory',
  label: 'Folder',
  knobs,
  async open(_knobs, grants) {
    const { output } = grants;
    if (output === undefined)
      throw new RunError('permission', 'No folder was chosen to write to; choose one and start again.');
    const allowed = await queryWrite(output);
    if (allowed !== 'granted') {
      throw new RunError(
        'permission',
        `The browser does not allow writing to the folder ${JSON.stringify(output.name)}. Choose it again and go on with the run.`,
      );
    }
    return (await import('./directory-folder')).createFolder(output);
  },
};

/** `queryPermission` is Chromium's; handles of the browser's own storage may lack it and are always allowed. */
async function queryWrite(handle: FileSystemDirectoryHandle): Promise<PermissionState> {
  const asked = handle as FileSystemDirectoryHandle & {
    queryPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
  };
  return (await asked.queryPermission?.({ mode: 'readwrite' })) ?? 'granted';
}
