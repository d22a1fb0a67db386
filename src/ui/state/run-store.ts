import { create } from 'zustand';
import { RecipeError } from '../../core/failure';
import type { Grants } from '../../core/plugin';
import type { Run, RunReport, RunSnapshot } from '../../core/report';
import { api, type OutdatedRun, type SavedRun } from '../api';
import { askFolder, pickFolder } from '../source/pick';
import { useRecipe } from './recipe-store';
import { messageOf, sourceOf, useSources } from './source-store';
import { useView } from './view-store';

interface RunState {
  readonly run: Run | null;
  readonly snapshot: RunSnapshot | null;
  readonly report: RunReport | null;
  /** Why the last run could not go on. */
  readonly stopped: string | null;
  /** Name of the folder that the run writes to; null for a zip. */
  readonly savedTo: string | null;
  /** Runs that the browser remembers; null until they are looked up. */
  readonly saved: readonly SavedRun[] | null;
  /** Runs in this browser that another version saved. */
  readonly outdated: readonly OutdatedRun[];
  start(): Promise<void>;
  resume(saved: SavedRun): Promise<void>;
  retry(): Promise<void>;
  refreshSaved(): Promise<void>;
  /** Hides saved runs at once and deletes them when the way back is no longer open. */
  forget(saved: SavedRun | OutdatedRun): void;
  /** Shows the report of a run of an earlier visit. */
  open(saved: SavedRun): void;
}

const busyPhases = new Set(['listing', 'running', 'paused', 'packaging']);
const doomed = new Map<string, ReturnType<typeof setTimeout>>();
/** As long as the notice with its undo stays on the page. */
export const undoMs = 8000;

/** The run on the page and the runs that the browser remembers. */
export const useRun = create<RunState>()((set, get) => {
  const follow = (run: Run, savedTo: string | null) => {
    set({ run, snapshot: run.snapshot(), report: null, stopped: null, savedTo });
    const stop = run.subscribe(() => {
      if (get().run === run) set({ snapshot: run.snapshot() });
    });
    run.done
      .then(
        (report) => {
          if (get().run !== run) return;
          set({ report, snapshot: run.snapshot() });
          useView.getState().show('results');
        },
        (error: unknown) => {
          if (get().run === run) set({ stopped: stopMessage(error), snapshot: run.snapshot() });
        },
      )
      .finally(() => {
        stop();
        void get().refreshSaved();
      });
  };
  const tell = (error: unknown) => useView.getState().notify(messageOf(error), { tone: 'bad' });
  return {
    run: null,
    snapshot: null,
    report: null,
    stopped: null,
    savedTo: null,
    saved: null,
    outdated: [],
    async start() {
      const { input, decisions } = useSources.getState();
      const { recipe, problems } = useRecipe.getState();
      if (input === null || problems.length > 0 || isBusy(get())) return;
      try {
        const output = recipe.output.target === 'directory' ? await pickFolder('readwrite') : undefined;
        if (output === null) return;
        const decided = decisions.size > 0 && { decisions: [...decisions] };
        const grants: Grants = { ...input.grants, ...decided, ...(output && { output }) };
        const whole = { ...recipe, source: sourceOf(input.type, input.knobs) };
        const options = { listing: input.listing, sourceName: input.name };
        follow(api.startRun(whole, grants, options), output?.name ?? null);
      } catch (error) {
        tell(error);
      }
    },
    async resume(saved) {
      if (isBusy(get())) return;
      try {
        const grants = await grantsFor(saved);
        if (grants) follow(api.resumeRun(saved.id, grants), grants.output?.name ?? null);
      } catch (error) {
        tell(error);
      }
    },
    async retry() {
      const { run, savedTo } = get();
      const { input } = useSources.getState();
      const saved = get().saved?.find(({ id }) => id === run?.id);
      if (run === null || isBusy(get())) return;
      try {
        const grants = saved ? await grantsFor(saved) : (input?.grants ?? {});
        if (grants) follow(api.retryFailed(run.id, grants), savedTo);
      } catch (error) {
        tell(error);
      }
    },
    async refreshSaved() {
      try {
        const { runs, outdated } = await api.listSavedRuns();
        const stays = ({ id }: { readonly id: string }) => !doomed.has(id);
        set({ saved: runs.filter(stays), outdated: outdated.filter(stays) });
      } catch (error) {
        set({ saved: [] });
        tell(error);
      }
    },
    forget(gone) {
      const stays = ({ id }: { readonly id: string }) => id !== gone.id;
      set({ saved: get().saved?.filter(stays) ?? null, outdated: get().outdated.filter(stays) });
      const timer = setTimeout(() => {
        void api
          .deleteSavedRun(gone.id)
          .catch(tell)
          .finally(() => doomed.delete(gone.id));
      }, undoMs);
      doomed.set(gone.id, timer);
      useView.getState().notify(`The run of ${gone.sourceName || 'images'} is deleted.`, {
        undo: () => {
          clearTimeout(timer);
          doomed.delete(gone.id);
          void get().refreshSaved();
        },
      });
    },
    open(saved) {
      const savedTo = saved.grants.output?.name ?? null;
      const run = finishedRun(saved);
      if (run) set({ run, report: saved.report, snapshot: run.snapshot(), stopped: null, savedTo });
    },
  };
});

/** Says whether a run is under way. */
export const isBusy = ({ snapshot }: Pick<RunState, 'snapshot'>): boolean =>
  snapshot !== null && busyPhases.has(snapshot.phase);

function stopMessage(error: unknown): string {
  if (error instanceof RecipeError) return `The recipe was refused. ${error.message}`;
  return messageOf(error);
}

/** Finds the grants for a saved run: the kept handles, asked for anew, else the sources on the page. */
async function grantsFor(saved: SavedRun): Promise<Grants | null> {
  const { folder, output } = saved.grants;
  if (output && !(await allowed(output, 'readwrite'))) {
    throw new Error(`Writing to ${output.name} was not allowed. Resume again and allow it.`);
  }
  const kept = output ? { output } : {};
  if (saved.recipe.source.type === 'sample') return kept;
  if (folder && (await allowed(folder, 'read'))) return { ...kept, folder };
  const { input } = useSources.getState();
  if (input && input.name === saved.sourceName) return { ...input.grants, ...kept };
  if (saved.recipe.source.type === 'folder') {
    const again = await askFolder();
    return again && { ...again.grants, ...kept };
  }
  throw new Error(`Add ${saved.sourceName || 'the same images'} as a source again, then resume.`);
}

/** Permission on handles is asked anew in each visit; these two methods are not in TypeScript's library yet. */
interface AskableHandle {
  queryPermission?(options: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
}

async function allowed(handle: FileSystemHandle, mode: 'read' | 'readwrite'): Promise<boolean> {
  const askable = handle as AskableHandle; // the interface above says what is missing from the library's type
  if ((await askable.queryPermission?.({ mode })) === 'granted') return true;
  return (await askable.requestPermission?.({ mode })) !== 'denied';
}

/** A finished run of an earlier visit, in the shape of one of this visit. */
function finishedRun({ id, report }: SavedRun): Run | null {
  if (report === null) return null;
  const processed = report.metrics.images_processed;
  const snapshot: RunSnapshot = {
    phase: 'done',
    total: processed + report.failures.length,
    processed,
    failed: report.failures.length,
    rows: report.rows,
    imagesPerSecond: report.imagesPerSecond,
    secondsLeft: 0,
    shardsDone: 1,
    shards: 1,
    recentFailures: report.failures.slice(-200),
  };
  const nothing = () => undefined;
  return {
    id,
    snapshot: () => snapshot,
    subscribe: () => nothing,
    pause: nothing,
    resume: nothing,
    cancel: nothing,
    done: Promise.resolve(report),
  };
}
