import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser as PlaywrightBrowser } from 'playwright-core';
import type {
  HeadlessInspection,
  HeadlessInspectJob,
  HeadlessJob,
  HeadlessOutcome,
  HeadlessStart,
} from '../core/door';
import type { RunSnapshot } from '../core/report';
import { openTab, type Tab, TabLost } from './tab';

/** The page in a Chromium of its own, as the command line drives it. */
export interface Browser {
  /** Hands the page these files, by their paths. */
  setFiles(paths: readonly string[]): Promise<void>;
  start(job: HeadlessJob): Promise<HeadlessStart>;
  snapshot(): Promise<RunSnapshot | null>;
  cancel(): Promise<void>;
  wait(): Promise<HeadlessOutcome>;
  inspect(job: HeadlessInspectJob): Promise<HeadlessInspection>;
  close(): Promise<void>;
}

/** The browser is gone, or never came. */
export class BrowserLost extends Error {
  override readonly name = 'BrowserLost';
}

/**
 * Starts a headless Chromium in a profile of its own, gone with it, and opens the page under `/?headless`.
 * @param warn Told when Chromium's sandbox cannot be had.
 * @param engine What the recipe asks for: unless it is `cpu`, Chromium is let at the GPU.
 * @throws BrowserLost when it does not start or stops; so do all methods.
 */
export async function openBrowser(
  executablePath: string,
  origin: string,
  warn: (line: string) => void,
  engine: string = 'cpu',
): Promise<Browser> {
  let browser: PlaywrightBrowser;
  try {
    browser = await launch(executablePath, warn, engine);
  } catch (error) {
    throw new BrowserLost(
      `Chromium at ${executablePath} did not start: ${firstLine(error)}. IMAGEMILL_CHROMIUM may name another.`,
    );
  }
  const close = () => browser.close().catch(() => undefined); // it may have died by itself
  try {
    const tab = await orLost(openTab(browser, `${origin}/?headless`));
    await untilOpen(tab);
    return {
      setFiles: (paths) => orLost(tab.setFiles(paths)),
      start: (job) => orLost(tab.evaluate(`imagemill.start(${JSON.stringify(job)})`)),
      snapshot: () => orLost(tab.evaluate('imagemill.snapshot()')),
      cancel: () => orLost(tab.evaluate('imagemill.cancel()')),
      wait: () => orLost(tab.evaluate('imagemill.wait()')),
      inspect: (job) => orLost(tab.evaluate(`imagemill.inspect(${JSON.stringify(job)})`)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch(
  executablePath: string,
  warn: (line: string) => void,
  engine: string,
): Promise<PlaywrightBrowser> {
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath,
      chromiumSandbox,
      args: [...flags, ...gpuFlags(engine)],
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

/**
 * Headless Chromium on Linux keeps WebGPU from pages, and its GPU needs Vulkan there. Vulkan changes how all else is drawn, so it
 * takes a recipe that wants the GPU.
 */
function gpuFlags(engine: string): readonly string[] {
  if (engine === 'cpu') return [];
  const vulkan = engine === 'webgpu' && process.platform === 'linux' ? ['--enable-features=Vulkan'] : [];
  return ['--enable-unsafe-webgpu', ...vulkan];
}

/** A busy machine takes many seconds to open a page; two minutes mean that it never will. */
const openWithinMs = 120_000;

async function untilOpen(tab: Tab): Promise<void> {
  const until = performance.now() + openWithinMs;
  while (performance.now() < until) {
    if (await orLost(tab.evaluate<boolean>('"imagemill" in window').catch(noDocument))) return;
    await delay(20);
  }
  throw new BrowserLost('Chromium started, and the page did not open in it.');
}

/** Between two documents there is nothing to ask. */
function noDocument(error: unknown): false {
  if (error instanceof TabLost) throw error;
  return false;
}

async function orLost<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BrowserLost(`Chromium stopped: ${firstLine(error)}`);
  }
}

/** Playwright's messages end in its own call log, which tells a person nothing. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0].replace(/^[\w.]+: /, '');
}
