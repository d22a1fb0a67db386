import { z } from 'zod';
import { RunError } from '../core/failure';
import type { Target } from '../core/plugin';

const knobs = z.strictObject({});

/**
 * A folder that the person picked. A file's `close` puts it in place whole (File System Standard: a writable works on
 * a copy), so an older file of that name stays until then; where there was none, an empty one holds the place. Both are
 * cleared by the next run that writes to the same folder, should the browser be killed.
 */
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
    const { createDirectoryFolder } = await import('./directory-folder');
    return createDirectoryFolder(output);
  },
};

/** `queryPermission` is Chromium's; handles of the browser's own storage may lack it and are always allowed. */
async function queryWrite(handle: FileSystemDirectoryHandle): Promise<PermissionState> {
  const asked = handle as FileSystemDirectoryHandle & {
    queryPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
  };
  return (await asked.queryPermission?.({ mode: 'readwrite' })) ?? 'granted';
}
