import { createGate } from '../base/flow';
import { RunError } from '../core/failure';
import type { Grants } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Run, RunPhase, RunSnapshot } from '../core/report';
import type { Session, StartOptions } from './conduct';
import { createMeter } from './meter';

/** Starts a run, or goes on with the unfinished one that has `options.id`. All that page and command line call. */
export function startRun(recipe: Recipe, grants: Grants, options: StartOptions = {}): Run {
  const id = options.id ?? crypto.randomUUID();
  const abort = new AbortController();
  const gate = createGate();
  const meter = createMeter();
  const listeners = new Set<() => void>();
  let snapshot: RunSnapshot = {
    phase: 'listing', total: 0, processed: 0, failed: 0, rows: 0, imagesPerSecond: 0,
    secondsLeft: null, shardsDone: 0, shards: 0, recentFailures: [],
  }; // biome-ignore format: zeros
  let told = false;
  const update = (changes: Partial<RunSnapshot>) => {
    snapshot = { ...snapshot, ...changes };
    if (told) return;
    told = true;
    // Once per macrotask however many images finished in it: subscribers draw.
    setTimeout(() => {
      told = false;
      for (const listener of listeners) listener();
    }, 50);
  };
  const session: Session = {
    id,
    recipe,
    grants,
    options,
    abort,
    gate,
    meter,
    update,
    snapshot: () => snapshot,
  };
  // Loaded when something is run: the page's first load does without it.
  const conducted = import('./conduct').then(({ conduct }) => conduct(session));
  const done = conducted.then(
    (report) => {
      update({ phase: 'done', secondsLeft: 0 });
      return report;
    },
    (error: unknown) => {
      const cancelled = abort.signal.aborted;
      update({ phase: cancelled ? 'cancelled' : 'failed', secondsLeft: null });
      throw cancelled ? new RunError('cancelled', tellCancelled(snapshot)) : error;
    },
  );
  done.catch(() => undefined); // whoever awaits `done` hears of it; nobody need to
  let before: RunPhase = 'running';
  return {
    id,
    snapshot: () => snapshot,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    pause() {
      if (snapshot.phase !== 'running' && snapshot.phase !== 'listing') return;
      before = snapshot.phase;
      gate.close();
      meter.pause();
      update({ phase: 'paused' });
    },
    resume() {
      if (snapshot.phase !== 'paused') return;
      gate.open();
      meter.resume();
      update({ phase: before });
    },
    cancel() {
      abort.abort(new RunError('cancelled', 'The run was cancelled.'));
    },
    done,
  };
}

function tellCancelled({ shardsDone }: RunSnapshot): string {
  return shardsDone === 0
    ? 'The run was cancelled before its first shard was finished, so nothing of it is kept: run again to begin anew.'
    : 'The run was cancelled. Finished shards are kept, and it can be resumed.';
}
