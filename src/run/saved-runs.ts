import { deferred } from '../base/flow';
import { RunError } from '../core/failure';
import type { Grants } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Run, RunReport } from '../core/report';
import { removeStaged, stagedBytes } from '../targets/zip';
import { type Checkpoint, pageCheckpoints } from './checkpoint';
import type { StartOptions } from './conduct';
import { startRun } from './start';

/** A run that the browser remembers. */
export interface SavedRun {
  readonly id: string;
  readonly startedMs: number;
  readonly sourceName: string;
  readonly recipe: Recipe;
  readonly shards: number;
  readonly shardsDone: number;
  readonly images: number;
  /** What it takes of the browser's storage. */
  readonly stagedBytes: number;
  readonly state: 'unfinished' | 'finished';
  readonly failures: number;
  /** Kept handles; reading from them asks for permission anew. */
  readonly grants: Pick<Grants, 'folder' | 'output'>;
  readonly report: RunReport | null;
}

/** Lists the runs that the browser remembers, the newest first. */
export async function listSavedRuns(): Promise<SavedRun[]> {
  const runs = await pageCheckpoints().list();
  const saved = runs.map(
    async (run): Promise<SavedRun> => ({
      id: run.id,
      startedMs: run.startedMs,
      sourceName: run.sourceName,
      recipe: run.recipe,
      shards: run.shards,
      shardsDone: run.committed.length,
      images: run.committed.reduce((sum, shard) => sum + shard.tally.images, 0),
      stagedBytes: await stagedBytes(run.id),
      state: run.state,
      failures: run.committed.reduce((sum, shard) => sum + shard.tally.failures.length, 0),
      grants: run.grants ?? {},
      report: run.report ?? null,
    }),
  );
  return (await Promise.all(saved)).sort((a, b) => b.startedMs - a.startedMs);
}

/** Goes on with an unfinished run at its first uncommitted shard, over the inputs that it began with. */
export function resumeRun(id: string, grants: Grants): Run {
  return continueRun(id, grants, {});
}

/** Tries the failed images of a finished run again; only shards of images that now decode are redone. */
export function retryFailed(id: string, grants: Grants): Run {
  return continueRun(id, grants, { retryFailed: true });
}

/** Forgets a run and frees what it staged in the browser's storage. What it wrote to a picked folder stays. */
export async function deleteSavedRun(id: string): Promise<void> {
  await removeStaged(id);
  await pageCheckpoints().remove(id);
}

/** A run whose recipe must be loaded before it can start: a {@link Run} that stands in front of it. */
function continueRun(id: string, grants: Grants, options: StartOptions): Run {
  const listeners = new Set<() => void>();
  const started = deferred<Run>();
  let run: Run | null = null;
  let wish: 'none' | 'cancel' | 'pause' = 'none';
  const tell = () => {
    for (const listener of listeners) listener();
  };
  loadCheckpoint(id).then((checkpoint) => {
    const kept = { ...checkpoint.grants, ...grants };
    run = startRun(checkpoint.recipe, kept, { ...options, id, sourceName: checkpoint.sourceName });
    run.subscribe(tell);
    if (wish === 'cancel') run.cancel();
    if (wish === 'pause') run.pause();
    started.resolve(run);
  }, started.reject);
  const done = started.promise.then((begun) => begun.done);
  done.catch(() => undefined);
  return {
    id,
    snapshot: () => run?.snapshot() ?? emptySnapshot,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    pause() {
      wish = 'pause';
      run?.pause();
    },
    resume() {
      wish = 'none';
      run?.resume();
    },
    cancel() {
      wish = 'cancel';
      run?.cancel();
    },
    done,
  };
}

const emptySnapshot = {
  phase: 'listing', total: 0, processed: 0, failed: 0, rows: 0, imagesPerSecond: 0,
  secondsLeft: null, shardsDone: 0, shards: 0, recentFailures: [],
} as const; // biome-ignore format: zeros

async function loadCheckpoint(id: string): Promise<Checkpoint> {
  const checkpoint = await pageCheckpoints().load(id);
  if (checkpoint === null)
    throw new RunError('inputs-changed', 'This run is no longer remembered. Start a new one.');
  return checkpoint;
}
