import type {
  HeadlessInspection,
  HeadlessInspectJob,
  HeadlessJob,
  HeadlessOutcome,
  HeadlessRefusal,
  HeadlessStart,
} from './core/door';
import { RecipeError, RunError } from './core/failure';
import { fileRef } from './core/image';
import type { Grants } from './core/plugin';
import { parseRecipe } from './core/recipe';
import type { Run } from './core/report';
import type { Checkpoint } from './run/checkpoint';
import { hashRecipe } from './run/continuation';
import { workerCount } from './run/engine';
import { type Inspector, openInspector } from './run/inspect';
import { schema } from './run/registry';
import { serverCheckpoint } from './run/server-checkpoint';
import { startRun } from './run/start';

/** Opens the door for the command line and e2e: a file input, and `window.imagemill`, which speaks JSON. */
export function openHeadlessDoor(): void {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', multiple: true, hidden: true });
  document.body.append(input);
  let run: Run | null = null;
  const inspect = createInspection((index) => input.files?.[index]);
  window.imagemill = {
    async start(job) {
      try {
        const begun = await begin(job, input.files ?? []);
        run = begun.run;
        return begun.start;
      } catch (error) {
        return refusal(error);
      }
    },
    snapshot: () => run?.snapshot() ?? null,
    pause: () => run?.pause(),
    resume: () => run?.resume(),
    cancel: () => run?.cancel(),
    async wait(): Promise<HeadlessOutcome> {
      if (run === null) return { ok: false, message: 'No run was started.' };
      try {
        return { ok: true, report: await run.done };
      } catch (error) {
        return refusal(error);
      }
    },
    inspect,
  };
}

/** Keeps one inspector for each recipe: its workers are warm when the next file comes. */
function createInspection(
  fileAt: (index: number) => File | undefined,
): (job: HeadlessInspectJob) => Promise<HeadlessInspection> {
  const inspectors = new Map<string, Inspector>();
  return async ({ recipe: unchecked, index, key, workers }) => {
    try {
      const recipe = parseRecipe(unchecked, schema);
      const file = fileAt(index);
      if (file === undefined) return { ok: false, message: `The page's input has no file ${index}.` };
      const name = JSON.stringify(recipe);
      const inspector = inspectors.get(name) ?? openInspector(recipe, workers ?? workerCount());
      inspectors.set(name, inspector);
      return { ok: true, inspection: await inspector.inspect(fileRef(key, file)) };
    } catch (error) {
      return refusal(error);
    }
  };
}

async function begin(
  job: HeadlessJob,
  files: Iterable<File>,
): Promise<{ readonly run: Run; readonly start: HeadlessStart }> {
  const recipe = parseRecipe(job.recipe, schema);
  // An input keeps its files when it is set to none: those without a key are of an earlier job.
  const own = Array.from(files).slice(0, job.keys.length);
  const picked = own.map((file, i) => ({ key: job.keys[i], file }));
  const given =
    recipe.source.type === 'links' ? { lists: listsOf(picked, job.links ?? []) } : { files: picked };
  const grants = {
    ...given,
    ...(job.server && { server: job.server }),
    ...(job.bucket && { bucket: job.bucket }),
    ...(job.throughNode && job.server && { proxy: job.server }),
  };
  const options = {
    sourceName: job.sourceName,
    ...(job.workers !== undefined && { workers: job.workers }),
    ...(job.throughNode && job.server && { proxy: job.server }),
  };
  if (job.server === undefined)
    return { run: startRun(recipe, grants, options), start: { ok: true, resumed: null, replaced: false } };
  const checkpoints = serverCheckpoint(job.server);
  const earlier = await checkpoints.latest();
  const same = earlier !== null && earlier.recipeHash === (await hashRecipe(recipe)) ? earlier : null;
  const goesOn = same !== null && continues(same, job.continuation);
  if (job.continuation === 'retry-failed' && !goesOn)
    throw new RunError(
      'nothing-to-do',
      earlier === null
        ? 'No run is remembered beside the output, so there are no failed images to retry.'
        : 'The run beside the output had other settings. Repeat its command with --retry-failed, or leave that out.',
    );
  return {
    run: startRun(recipe, grants, {
      ...options,
      checkpoints,
      ...(goesOn && { id: same.id }),
      ...(job.continuation === 'retry-failed' && { retryFailed: true }),
    }),
    start: {
      ok: true,
      resumed: goesOn ? { shardsDone: same.committed.length, shards: same.shards } : null,
      replaced: earlier?.state === 'unfinished' && !goesOn && job.continuation === 'resume',
    },
  };
}

function listsOf(
  files: readonly { readonly key: string; readonly file: File }[],
  links: readonly string[],
): NonNullable<Grants['lists']> {
  const lists = files.map(({ key, file }) => ({ name: key, file }));
  return links.length === 0 ? lists : [...lists, { name: '--input', file: new Blob([links.join('\n')]) }];
}

/** A finished run is begun anew unless its failures are retried: whoever repeats a command wants its work done. */
function continues(earlier: Checkpoint, continuation: HeadlessJob['continuation']): boolean {
  return continuation === 'retry-failed' || (continuation === 'resume' && earlier.state === 'unfinished');
}

function refusal(error: unknown): HeadlessRefusal {
  if (error instanceof RecipeError) return { ok: false, message: error.message, problems: error.problems };
  if (error instanceof RunError) return { ok: false, message: error.message, code: error.code };
  return { ok: false, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
