import { megabytes, RunError } from '../core/failure';

/** Where a target keeps its files, which decides what a person can do when that fails. */
export type Place = 'folder' | 'browser';

/** Runs a step against the platform while `doing` something (`writing images.npy`); what it throws becomes a RunError. */
export async function orRunError<T>(place: Place, doing: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof RunError ? error : await toRunError(error, place, doing);
  }
}

async function toRunError(error: unknown, place: Place, doing: string): Promise<RunError> {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  switch (name) {
    case 'QuotaExceededError':
      return new RunError('target-full', `No room left while ${doing}. ${await roomText(place)}`);
    case 'NotAllowedError':
    case 'SecurityError':
      return new RunError(
        'permission',
        place === 'folder'
          ? `The browser no longer allows ${doing}. Choose the folder again and go on with the run.`
          : `The browser does not allow ${doing} in its own storage. Use a normal window, or save to a folder.`,
      );
    case 'NotFoundError':
      return new RunError(
        'target',
        place === 'folder'
          ? `The folder went away while ${doing}. Put it back and go on with the run, or start again in another.`
          : `The browser cleared its storage while ${doing}. Start the run again.`,
      );
    case 'NoModificationAllowedError':
      return new RunError(
        'target',
        `Another tab or program holds the file open while ${doing}. Close it there and go on with the run.`,
      );
    default:
      return new RunError('target', `Something went wrong while ${doing}: ${message}`);
  }
}

const kept = 'then go on with the run: what is finished stays.';

/** Browsers tell the use and a limit of their own storage; the disk may be full before it. Of a folder's disk nothing is known. */
async function roomText(place: Place): Promise<string> {
  if (place === 'folder')
    return `Make room on the disk of the folder, whose free space browsers do not tell, ${kept}`;
  const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
  const used =
    usage === undefined || quota === undefined
      ? ''
      : ` at ${megabytes(usage)}, with ${megabytes(Math.max(0, quota - usage))} left by its own count`;
  return `The browser's storage is full${used}: delete the files of older runs or make room on the disk, ${kept}`;
}
