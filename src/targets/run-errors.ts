import { RunError } from '../core/failure';

/** Turns what the platform threw while `doing` something (`writing images.npy`) into the run's error, with the way out. */
export async function toRunError(error: unknown, doing: string, bytes: number): Promise<RunError> {
  if (error instanceof RunError) return error;
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  switch (name) {
    case 'QuotaExceededError':
      return new RunError('target-full', `No room left while ${doing}${await roomText(bytes)}`);
    case 'NotAllowedError':
    case 'SecurityError':
      return new RunError(
        'permission',
        `The browser no longer allows ${doing}. Choose the folder again and go on with the run.`,
      );
    case 'NotFoundError':
      return new RunError(
        'target',
        `The folder went away while ${doing}. Put it back, or choose another and start again.`,
      );
    case 'NoModificationAllowedError':
      return new RunError(
        'target',
        `Another program or tab holds the file open while ${doing}. Close it there and go on with the run.`,
      );
    default:
      return new RunError('target', `${doing} failed: ${message}`);
  }
}

/** Runs a step against the platform; what it throws becomes a RunError. */
export async function orRunError<T>(doing: string, bytes: number, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw await toRunError(error, doing, bytes);
  }
}

/** A size for people. */
function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

async function roomText(bytes: number): Promise<string> {
  const { quota, usage } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  const browser =
    quota === undefined || usage === undefined
      ? ''
      : ` The browser's own storage has ${megabytes(Math.max(0, quota - usage))} free of ${megabytes(quota)}.`;
  return ` at ${megabytes(bytes)} of it.${browser} Make room, then go on with the run: what is committed stays.`;
}
