#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../package.json';
import { parseArguments, UsageError } from './arguments';
import { BrowserLost } from './browser';
import { ensureChromium } from './chromium';
import { helpText } from './help';
import { readJob } from './job';
import { deriveFlags, type RecipeSchema } from './knobs';
import { FolderBusy } from './output-folder';
import { createProgress, type Terminal } from './progress';
import { type ExitCode, runJob } from './run-job';
import { distFolder } from './site';

const terminal: Terminal = {
  write: (text) => process.stderr.write(text),
  isTty: process.stderr.isTTY === true,
  get columns() {
    return process.stderr.columns ?? 80;
  },
};

async function main(argv: readonly string[]): Promise<ExitCode> {
  // The build's own output, with the notes that build.mjs adds.
  const schema = JSON.parse(readFileSync(join(distFolder, 'recipe.schema.json'), 'utf8')) as RecipeSchema;
  const flags = deriveFlags(schema);
  try {
    const args = parseArguments(argv, flags);
    if (args.own.help) {
      process.stdout.write(helpText(schema, flags));
      return 0;
    }
    if (args.own.version) {
      process.stdout.write(`${version}\n`);
      return 0;
    }
    const job = await readJob(args, workingFolder(), schema);
    const progress = createProgress(terminal, job.quiet);
    for (const line of job.inputs?.leftOut.slice(0, 20) ?? []) progress.say(`left out: ${line}`);
    if (job.inputs === null) progress.say('Without --input, the built-in sample dataset is used.');
    const stop = onInterrupt();
    const code = await runJob(job, {
      executablePath: ensureChromium(progress.say),
      site: distFolder,
      schema,
      progress,
      stop,
    });
    if (code === 0 || code === 3) process.stdout.write(`${job.destination.shown}\n`);
    return code;
  } catch (error) {
    return report(error);
  }
}

/** npm changes into the package's folder; the person's own is the one that relative paths mean. */
function workingFolder(): string {
  const { npm_lifecycle_event: script, INIT_CWD: own } = process.env;
  return script === 'pipeline' && own ? own : process.cwd();
}

/** Aborts at the first Ctrl-C or termination, and ends the process at a later one. */
function onInterrupt(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    const now = performance.now();
    if (!stop.signal.aborted) {
      firstAt = now;
      stop.abort();
    } else if (now - firstAt > repeatMs) process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return stop.signal;
}

/** One Ctrl-C under npm arrives twice, from the terminal and from npm; a person's second comes later. */
const repeatMs = 500;

function report(error: unknown): ExitCode {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof BrowserLost) {
    process.stderr.write(
      `${error.message}\nWhat is finished is kept: run the same command again to go on.\n`,
    );
    return 1;
  }
  if (error instanceof FolderBusy) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

/** A reader that is gone (`| head`) is no failure of the run; a full disk behind standard output is told, and is one. */
function onClosedOutput(): { readonly failed: boolean } {
  const output = { failed: false };
  process.stderr.on('error', () => undefined); // nobody is left to tell
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    output.failed = true;
    process.exitCode = 1;
    process.stderr.write(`Standard output cannot be written (${error.code}). Send it somewhere else.\n`);
  });
  return output;
}

const output = onClosedOutput();
const code = await main(process.argv.slice(2));
if (!output.failed) process.exitCode = code;
