import { api } from '../api';
import { saveBlob } from '../parts/save-text';
import { messageOf } from '../state/source-store';
import { useView } from '../state/view-store';

/** Saves one of the run's files as a download; says when it is no longer there. */
export async function saveOutput(runId: string, path: string): Promise<void> {
  const { notify } = useView.getState();
  try {
    const blob = await (await api.loadSaving()).readOutput(runId, path);
    if (blob) saveBlob(baseName(path), blob);
    else notify(`${path} is no longer there. Run again to make it.`, { tone: 'bad' });
  } catch (error) {
    notify(`${path} could not be read: ${messageOf(error)}`, { tone: 'bad' });
  }
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
