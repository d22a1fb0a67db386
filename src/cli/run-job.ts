import { randomBytes } from 'node:crypto';
import { rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { HeadlessJob, HeadlessOutcome, HeadlessRefusal } from '../core/door';
import { megabytes } from '../core/failure';
import type { RunReport } from '../core/report';
import { UsageError } from './arguments';
import { type Browser, openBrowser } from './browser';
import type { Destination } from './destination';
import type { Job } from './job';
import { deriveFlags, type RecipeSchema } from './knobs';
import { type OutputFolder, openOutputFolder } from './output-folder';
import { createOutputServer, describeRefusal } from './output-server';
import { type Progress, summaryLines } from './progress';
import { createSite, listen } from './site';
import { archiveBytes, type FinishedRun, writeZip } from './zip-output';

/** What a job needs from around it. */
export interface Surroundings {
  readonly executablePath: string;
  /** The built page. */
  readonly site: string;
  readonly schema: RecipeSchema;
  readonly progress: Progress;
  /** Aborts when the person wants the run to stop. */
  readonly stop: AbortSignal;
}

/** 0 success, 3 partial failure, 1 failure, 2 wrong use. */
export type ExitCode = 0 | 1 | 2 | 3;

/** How often the page is asked how far it is, in milliseconds: seldom enough to cost nothing, often enough to look live. */
const askEveryMs = 250;

/**
 * Runs a job in a Chromium over a server of its own on this machine's loopback, and tells of it.
 * @throws UsageError, FolderBusy, BrowserLost
 */
export async function runJob(job: Job, around: Surroundings): Promise<ExitCode> {
  const { destination } = job;
  const existed = (await stat(destination.folder).catch(() => null)) !== null;
  const folder = await openFolder(destination);
  try {
    await lookOverCheckpoint(folder, destination, around.progress);
    const outcome = await inBrowser(job, folder, around);
    if (!outcome.ok) return await refused(outcome, job, folder, around);
    return await finish(outcome.report, job, folder, around);
  } finally {
    around.progress.end();
    await folder.close();
    // A folder that was made for nothing goes again; one that holds something stays, which rmdir sees to.
    if (!existed) await rmdir(destination.folder).catch(() => undefined);
  }
}

async function openFolder({ folder, zip }: Destination): Promise<OutputFolder> {
  try {
    return await openOutputFolder(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      const { message } = describeRefusal(error, null, zip === null ? folder : dirname(zip));
      throw new UsageError(message);
    }
    throw error;
  }
}

/**
 * Drops a damaged checkpoint: every command would stumble over it, and without it the run is done anew and gives the same
 * bytes. One of a finished run whose archive could not be made is opened again, for what is left to do.
 */
async function lookOverCheckpoint(
  folder: OutputFolder,
  { zip }: Destination,
  { say }: Progress,
): Promise<void> {
  const json = await folder.readCheckpoint();
  if (json === null) return;
  let checkpoint: { readonly state?: unknown };
  try {
    checkpoint = JSON.parse(json) as typeof checkpoint; // what else it holds is kept as it is
  } catch {
    say('The checkpoint beside the output is damaged, so this run starts over.');
    await folder.writeCheckpoint(null);
    return;
  }
  // With the archive in its place these files would be gone.
  if (zip !== null && checkpoint.state === 'finished')
    await folder.writeCheckpoint(JSON.stringify({ ...checkpoint, state: 'unfinished' }));
}

async function inBrowser(job: Job, folder: OutputFolder, around: Surroundings): Promise<HeadlessOutcome> {
  const { progress, stop } = around;
  const token = randomBytes(24).toString('base64url');
  const server = createOutputServer(createSite(around.site), folder, token);
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  try {
    const browser = await openBrowser(
      around.executablePath,
      origin,
      progress.say,
      String(job.recipe.engine ?? 'auto'),
    );
    try {
      return await drive(browser, job, { url: origin, token }, progress, stop);
    } finally {
      await browser.close();
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function drive(
  browser: Browser,
  job: Job,
  server: NonNullable<HeadlessJob['server']>,
  progress: Progress,
  stop: AbortSignal,
): Promise<HeadlessOutcome> {
  const { inputs, bucket, workers, continuation } = job;
  if (inputs) await browser.setFiles(inputs.paths);
  if (stop.aborted) return cancelled;
  const started = await browser.start({
    recipe: job.recipe,
    server,
    keys: inputs?.keys ?? [],
    links: inputs?.links ?? [],
    throughNode: job.throughNode,
    sourceName: inputs?.name ?? bucket?.url ?? 'sample',
    continuation,
    ...(workers !== null && { workers }),
    ...(bucket?.query && { bucket: { query: bucket.query } }),
  });
  if (!started.ok) return started;
  if (started.resumed)
    progress.say(
      `Going on with the run that was begun here: ${started.resumed.shardsDone} of ${started.resumed.shards} shards are there. (--fresh starts over.)`,
    );
  if (started.replaced)
    progress.say('An unfinished run with other settings was found beside the output; this one starts over.');
  const cancel = () => {
    progress.say('Stopping …');
    browser.cancel().catch(() => undefined); // if the browser is gone, waiting for it says so
  };
  if (stop.aborted) cancel();
  else stop.addEventListener('abort', cancel, { once: true });
  const timer = setInterval(() => {
    // A browser that is gone is told of by `wait`.
    browser.snapshot().then(
      (snapshot) => snapshot && !stop.aborted && progress.show(snapshot),
      () => undefined,
    );
  }, askEveryMs);
  try {
    const outcome = await browser.wait();
    clearInterval(timer);
    const last = await browser.snapshot();
    if (last && outcome.ok) progress.show(last);
    return outcome;
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', cancel);
  }
}

const cancelled: HeadlessRefusal = { ok: false, code: 'cancelled', message: 'The run was cancelled.' };

async function finish(
  report: RunReport,
  { destination }: Job,
  folder: OutputFolder,
  { progress }: Surroundings,
): Promise<ExitCode> {
  const { pipeline_status: status } = report.metrics;
  if (destination.zip !== null) {
    const checkpoint = await folder.readCheckpoint();
    if (checkpoint === null)
      throw new Error(`The checkpoint in ${folder.root} is gone, so nothing was zipped.`);
    const refused = await putTogether(destination.zip, folder.root, JSON.parse(checkpoint));
    if (refused !== null) {
      progress.say(refused);
      return 1;
    }
    await rm(folder.root, { recursive: true, force: true });
  } else if (status === 'success') {
    await folder.writeCheckpoint(null); // it is kept only for what may still be retried
  }
  for (const line of summaryLines(report, destination.shown)) progress.say(line);
  return status === 'success' ? 0 : status === 'partial failure' ? 3 : 1;
}

/** Makes the archive, or says in words why the disk did not take it. */
async function putTogether(archive: string, folder: string, run: FinishedRun): Promise<string | null> {
  try {
    await writeZip(archive, folder, run);
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const { message } = describeRefusal(error, basename(archive), dirname(archive));
    return `${message} The archive has ${megabytes(archiveBytes(run))}; until it is there, the finished files are kept in ${folder}.`;
  }
}

async function refused(
  { message, problems, code }: HeadlessRefusal,
  { destination }: Job,
  folder: OutputFolder,
  { progress, schema }: Surroundings,
): Promise<ExitCode> {
  if (problems) {
    const flags = deriveFlags(schema);
    for (const problem of problems) {
      const path = problem.path.replace(/\[.*$/, '').split('.');
      const flag = flags.find(
        (candidate) => candidate.step === null && candidate.path.join('.') === path.join('.'),
      );
      const written = flag ? `--${flag.name}` : problem.path || 'The recipe';
      progress.say(
        `${written}: ${problem.message}${flag && problem.path !== flag.name ? ` (${problem.path})` : ''}`,
      );
    }
    return 2;
  }
  const { shards, done } = await whatIsKept(folder);
  if (done === 0) await folder.writeCheckpoint(null);
  if (code === 'cancelled') {
    progress.say(
      done > 0
        ? `Stopped. ${done} of ${shards} shards are finished and kept in ${destination.zip ? folder.root : destination.shown}; the same command goes on from there.`
        : 'Stopped before the first shard was finished, so nothing was written. The same command begins again; a smaller --shard_images keeps more.',
    );
    return 1;
  }
  const way = code === 'inputs-changed' ? ' On the command line, --fresh starts a new run.' : '';
  progress.say(
    code === undefined ? `Imagemill failed, and this is its own fault: ${message}` : `${message}${way}`,
  );
  return 1;
}

async function whatIsKept(folder: OutputFolder): Promise<{ readonly shards: number; readonly done: number }> {
  const json = await folder.readCheckpoint();
  // Our own file, written by the page just before.
  const checkpoint =
    json === null ? null : (JSON.parse(json) as { shards: number; committed: readonly unknown[] });
  return { shards: checkpoint?.shards ?? 0, done: checkpoint?.committed.length ?? 0 };
}
