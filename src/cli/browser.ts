import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { HeadlessJob, HeadlessOutcome, HeadlessStart } from '../core/door';
import type { RunSnapshot } from '../core/report';

/** The page in a Chromium of its own, as the command line drives it. */
export interface Browser {
  /** Hands the page these files, by their paths. */
  setFiles(paths: readonly string[]): Promise<void>;
  start(job: HeadlessJob): Promise<HeadlessStart>;
  snapshot(): Promise<RunSnapshot | null>;
  cancel(): Promise<void>;
  wait(): Promise<HeadlessOutcome>;
  close(): Promise<void>;
}

/** The browser is gone, or never came. */
export class BrowserLost extends Error {
  override readonly name = 'BrowserLost';
}

/**
 * Starts a headless Chromium in a profile of its own and opens the page under `/?headless`.
 * @param warn Told when Chromium's sandbox cannot be had.
 * @throws BrowserLost when it does not start or stops; so do all methods.
 */
export async function openBrowser(
  executablePath: string,
  origin: string,
  warn: (line: string) => void,
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'imagemill-'));
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  let context: BrowserContext;
  try {
    context = await launch(executablePath, profile, warn);
  } catch (error) {
    await removeProfile();
    throw new BrowserLost(`Chromium at ${executablePath} did not start: ${firstLine(error)}`);
  }
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close().catch(() => undefined); // it may have died by itself
    await removeProfile();
  };
  try {
    return { ...(await openPage(page, origin)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch(
  executablePath: string,
  profile: string,
  warn: (line: string) => void,
): Promise<BrowserContext> {
  const start = (chromiumSandbox: boolean) =>
    chromium.launchPersistentContext(profile, {
      executablePath,
      chromiumSandbox,
      args: [...flags],
      headless: true,
      timeout: startTimeoutMs,
      // Ctrl-C is ours: the run is cancelled, and what is finished is kept.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  if (process.getuid?.() === 0) return start(false); // Chromium has no sandbox for root
  try {
    return await start(true);
  } catch (error) {
    if (!/sandbox/i.test(String(error))) throw error;
    warn(
      'Chromium cannot use its sandbox on this system, so it runs without. Open only images that you trust.',
    );
    return start(false);
  }
}

/**
 * Playwright does not notice when Chromium dies while its first page opens, and waits for all of its timeout, three minutes
 * unless told otherwise. Less would fail on a busy machine, where a start takes seconds.
 */
const startTimeoutMs = 30_000;

/** Nothing goes out by itself: no updates, no reports, no experiments. */
const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-quic',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
  '--no-pings',
] as const;

async function openPage(page: Page, origin: string): Promise<Omit<Browser, 'close'>> {
  let problem = '';
  page.on('pageerror', (error) => {
    problem = error.message;
  });
  page.on('crash', () => {
    problem = 'its page ran out of memory or crashed';
  });
  // Playwright's messages end in its own call log, which tells a person nothing.
  const orLost = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new BrowserLost(`Chromium stopped: ${problem || firstLine(error)}`);
    }
  };
  await orLost(page.goto(`${origin}/?headless`));
  await orLost(page.waitForFunction(() => window.imagemill !== undefined, null, { timeout: 30_000 }));
  return {
    setFiles: (paths) => orLost(page.setInputFiles('input[type=file]', [...paths], { timeout: 0 })),
    start: (job) => orLost(page.evaluate((given) => window.imagemill!.start(given), job)),
    snapshot: () => orLost(page.evaluate(() => window.imagemill!.snapshot())),
    cancel: () => orLost(page.evaluate(() => window.imagemill!.cancel())),
    wait: () => orLost(page.evaluate(() => window.imagemill!.wait())),
  };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0].replace(/^[\w.]+: /, '');
}
