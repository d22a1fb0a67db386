import { RunError } from '../core/failure';
import type { Grants } from '../core/plugin';
import { type Checkpoint, type CheckpointStore, checkpointVersion } from './checkpoint';

/** The one checkpoint that the command line keeps in a file beside the output. */
export interface ServerCheckpoint extends CheckpointStore {
  /** The checkpoint that is there, whatever its id; null when there is none, or none of this version. */
  latest(): Promise<Checkpoint | null>;
}

/** Opens the command line's checkpoint behind its server. */
export function serverCheckpoint({ url, token }: NonNullable<Grants['server']>): ServerCheckpoint {
  const ask = async (method: string, body?: string) => {
    const response = await fetch(new URL('/_checkpoint', url), {
      method,
      cache: 'no-store',
      headers: { 'x-imagemill-token': token },
      ...(body !== undefined && { body }),
    });
    if (response.ok || response.status === 404) return response;
    // Our own server on this machine: what it answers is its own refusal.
    const { code, message } = (await response.json()) as {
      code: 'target-full' | 'permission' | 'target';
      message: string;
    };
    throw new RunError(code, message);
  };
  const latest = async () => {
    const response = await ask('GET');
    if (response.status === 404) return null;
    const saved = (await response.json()) as Checkpoint; // if it says that this version's `save` wrote it
    return saved.version === checkpointVersion ? saved : null;
  };
  return {
    latest,
    async load(id) {
      const checkpoint = await latest();
      return checkpoint?.id === id ? checkpoint : null;
    },
    async save(checkpoint) {
      await ask('PUT', JSON.stringify(checkpoint));
    },
    async remove() {
      await ask('DELETE');
    },
  };
}
