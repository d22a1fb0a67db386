import { deferred } from '../base/flow';
import { RunError } from '../core/failure';
import type { Grants } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Run, RunReport } from '../core/report';
import { removeStaged, stagedBytes } from '../targets/zip';
import { type Checkpoint, checkpointVersion, pageCheckpoints } from './checkpoint';
import type { StartOptions } from './conduct';
import { startRun } from './start';

/** A run that another version of the product saved, which this one cannot open: it can be deleted. */
export interface OutdatedRun {
  readonly id: string;
  /** Null when that version did not say. */
  readonly startedMs: number | null;
  readonly sourceName: string;
  /** What it takes of the browser's storage. */
  readonly stagedBytes: number;
}

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

/** Lists the runs that the browser remembers, the newest first, and apart from them those of other versions. */
export async function listSavedRuns(): Promise<{
  readonly runs: readonly SavedRun[];
  readonly outdated: readonly OutdatedRun[];
}> {
  const all = await pageCheckpoints().list();
  const current = all.flatMap((run) => (isCurrent(run) ? [run] : []));
  const old = all.filter((run) => !isCurrent(run));
  const saved = current.map(
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
  const outdated = old.map(
    async ({ id, startedMs = null, sourceName = '' }): Promise<OutdatedRun> => ({
      id,
      startedMs,
      sourceName,
      stagedBytes: await stagedBytes(id),
    }),
  );
  return {
    runs: (await Promise.all(saved)).sort((a, b) => b.startedMs - a.startedMs),
    outdated: await Promise.all(outdated),
  };
}

type Listed = Awaited<ReturnType<ReturnType<typeof pageCheckpoints>['list']>>[number];

const isCurrent = (run: Listed): run is Omit<Checkpoint, 'inputs'> => run.version === checkpointVersion;

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
    throw new RunError(
      'inputs-changed',
      'This run is no longer remembered, or another version of Imagemill began it. Start a new one.',
    );
  return checkpoint;
}
