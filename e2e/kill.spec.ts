import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, expect, type LaunchOptions, type Page, test } from '@playwright/test';
import { random } from '../src/base/random';
import { openBrowser } from '../src/cli/browser';
import { findChromium } from '../src/cli/chromium';
import { listen } from '../src/cli/site';
import { digests, figures, readFolder } from './fixtures/digest';
import { drawFolder } from './fixtures/draw';
import { holdPicture, holdShards } from './fixtures/hold';
import { browserOf, descendants, isBrowser, killAll, stillRunning } from './fixtures/processes';
import { unzip } from './fixtures/unzip';

const images = 200;
const shards = 20;
const kills = 10;
/** The last in the plan's order. */
const lastPicture = 'owl/picture 0197.png';
const recipe = `
image: { width: 48, height: 40 }
decode: { timeout_s: 3600 }
augment: { enabled: true, splits: [test] }
output: { formats: [npy, csv, images], shard_images: ${images / shards} }
`;

// Each starts many browsers. It bounds what hangs, and is far beyond what a busy machine takes.
test.describe.configure({ timeout: 600_000 });
test.skip(process.platform !== 'linux', 'finds the processes to kill through /proc');

let home = '';
let pets = '';
let config = '';
/** Commands under way, so that none outlives a test that failed. */
const running = new Set<number>();
test.beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'imagemill-kill-'));
  pets = join(home, 'pets');
  drawFolder(pets, images);
  truncateSync(join(pets, 'cat/picture 0093.png'), 900);
  config = join(home, 'config.yaml');
  writeFileSync(config, recipe);
});
test.afterEach(() => killAll([...running].flatMap((pid) => [pid, ...descendants(pid)])));
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

test('a command killed ten times gives the bytes of one that was not', async () => {
  const whole = join(home, 'unbroken');
  const output = join(home, 'killed');
  const unbroken = await command(whole).ended;
  expect(unbroken, unbroken.said).toMatchObject({ code: 3, signal: null });

  const draw = random('moments of the command line');
  for (let round = 0; round < kills; round++) {
    const victim = victims[round % victims.length];
    const before = committed(output);
    const wanted = Math.floor(draw.between(round, round + 1) * 0.85 * (shards / kills));
    const [early, late] = [draw.between(0, 1500), draw.between(0, 80)];
    // A little past the moment it waits: killed on its way there or held there, but never over.
    const attempt = command(output, { shards: Math.max(before, wanted) + 2 });
    const ended = () => attempt.child.exitCode !== null || attempt.child.signalCode !== null;
    if (wanted > before && round % 4 < 3) {
      await until(() => committed(output) >= wanted || ended());
      await pass(late);
    } else {
      // While the browser starts, the page loads or lists; before it gets much further.
      await until(() => descendants(attempt.pid).some(isBrowser) || ended());
      await Promise.race([pass(early), until(() => committed(output) > before || ended())]);
    }
    const below = descendants(attempt.pid);
    const told = `round ${round}, ${victim}, at ${before} shards and then at ${committed(output)}`;
    expect(attempt.child.exitCode, `${told}: ended before it was killed`).toBe(null);
    if (victim === 'interrupt') attempt.child.kill('SIGINT');
    else if (victim === 'browser') killAll(below.filter(isBrowser));
    else killAll([attempt.pid, ...(victim === 'tree' ? below : [])]);
    const { said, ...end } = await attempt.ended;
    if (victim === 'browser' || victim === 'interrupt') {
      expect(end, told + said).toEqual({ code: 1, signal: null });
      expect(said, told).toMatch(/the same command/i);
      expect(existsSync(join(output, '.imagemill-parts')), told).toBe(false);
    } else expect(end, told + said).toEqual({ code: null, signal: 'SIGKILL' });
    // Orphans end by themselves: nobody is there to talk to.
    await expect.poll(() => stillRunning(below), { message: told, timeout: 60_000 }).toEqual([]);
    expect(committed(output), told).toBeGreaterThanOrEqual(before);
  }
  const kept = committed(output);
  expect(kept).toBeGreaterThan(shards / 2);
  const last = await command(output).ended;
  expect(last, last.said).toMatchObject({ code: 3, signal: null });
  expect(last.said).toContain(`${kept} of ${shards} shards are there`);

  const [one, other] = [readFolder(whole), readFolder(output)];
  // The checkpoint stays for --retry_failed, and holds times.
  for (const files of [one, other]) expect(files.delete('.imagemill-checkpoint.json')).toBe(true);
  expect(one.size).toBeGreaterThan(images + 3 * shards);
  expect(digests(other)).toEqual(digests(one));
  expect(figures(other.get('metrics.json'))).toEqual(figures(one.get('metrics.json')));
});

test('a command that finds its checkpoint damaged starts over', async () => {
  const output = join(home, 'damaged');
  const attempt = command(output, { shards: 4 });
  await until(() => committed(output) >= 2 || attempt.child.exitCode !== null);
  attempt.child.kill('SIGINT');
  expect(await attempt.ended).toMatchObject({ code: 1 });
  truncateSync(join(output, '.imagemill-checkpoint.json'), 1000);
  const again = await command(output).ended;
  expect(again, again.said).toMatchObject({ code: 3 });
  expect(again.said).toContain('The checkpoint beside the output is damaged, so this run starts over.');
  expect(committed(output)).toBe(shards);
});

test('a browser that dies while its page opens is noticed at once', async () => {
  test.setTimeout(100_000); // less than the time that a page is given to open
  const others = new Set(descendants(process.pid)); // this test's own runner has a browser, too
  // A page that opens no door, and with whose first request the browser dies.
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<p>No door', () =>
      killAll(descendants(process.pid).filter((pid) => isBrowser(pid) && !others.has(pid))),
    );
  });
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  await expect(openBrowser(findChromium() ?? '', origin, () => undefined)).rejects.toThrow(
    /^Chromium stopped: /,
  );
  server.closeAllConnections();
  server.close();
});

test('a page killed ten times gives the bytes of one that was not', async ({
  launchOptions,
  baseURL,
  page,
}) => {
  await enter(page);
  await page.getByRole('button', { name: 'Load', exact: true }).waitFor();
  await pickFolder(page);
  await loadRecipe(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const whole = await finish(page);

  const profile = join(home, 'profile');
  const open = (hold: 'held' | 'free') => openProfile(profile, launchOptions, baseURL, hold);
  const draw = random('moments of the page');
  const seen: number[] = [];
  for (let round = 0; round < kills; round++) {
    const { context, page: own } = await open('held');
    if (round === 0) {
      await pickFolder(own);
      await loadRecipe(own);
      await own.getByRole('button', { name: 'Run', exact: true }).click();
    } else {
      seen.push(await resume(own, round % 2 === 0 ? 'before' : 'when asked'));
    }
    const before = seen[seen.length - 1] ?? 0;
    const percent = draw.between(round, round + 1) * 0.85 * (100 / kills) + 1;
    const [early, late] = [draw.between(0, 600), draw.between(0, 80)];
    if (percent > (before / shards) * 100 || round === 0) {
      await reach(own, percent);
      await pass(late);
    } else await Promise.race([pass(early), reach(own, ((before + 2) / shards) * 100)]);
    await killBrowser(profile, context);
  }
  const { context, page: own } = await open('free');
  seen.push(await resume(own, 'when asked'));
  const killed = await finish(own);
  await context.close();

  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen[seen.length - 1]).toBeGreaterThan(shards / 2);
  // Every shard that the checkpoint counted was still there with its files.
  const log = String(killed.get('logs/pipeline.log'));
  expect([...log.matchAll(/resumed: (\d+) of/g)].map(([, count]) => Number(count)).slice(-1)).toEqual(
    seen.slice(-1),
  );
  expect(whole.size).toBeGreaterThan(images + 3 * shards);
  expect(digests(killed)).toEqual(digests(whole));
  expect(figures(killed.get('metrics.json'))).toEqual(figures(whole.get('metrics.json')));
});

test('what a killed run left in the browser is shown and can be deleted', async ({
  launchOptions,
  baseURL,
}) => {
  const profile = join(home, 'abandoned');
  const first = await openProfile(profile, launchOptions, baseURL, 'held');
  await pickFolder(first.page);
  await loadRecipe(first.page);
  await first.page.getByRole('button', { name: 'Run', exact: true }).click();
  await reach(first.page, 30);
  await killBrowser(profile, first.context);

  const { context, page } = await openProfile(profile, launchOptions, baseURL, 'free');
  await expect(page.getByRole('region', { name: 'Unfinished runs' })).toContainText(
    /20 shards stopped after \d.*pets.*\d\s[KM]B kept in the browser/,
  );
  await page.getByRole('tab', { name: 'Results' }).click();
  const kept = page.getByRole('region', { name: 'Runs kept in this browser' });
  await expect(kept).toContainText(/[1-9][\d.]*\s[KM]B of storage/);
  await expect(kept).toContainText(/pets.* of 20 shards/);
  await kept.getByRole('button', { name: 'Delete the run of pets' }).click();
  await expect(kept).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Unfinished runs' })).toHaveCount(0);
  // The way back is open for some seconds first.
  await expect.poll(() => page.evaluate(leftInStorage), { timeout: 60_000 }).toEqual([]);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Choose a folder' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Unfinished runs' })).toHaveCount(0);
  await context.close();
});

/** What is killed: Chromium alone, the command with all below it, the command alone; or nothing but a Ctrl-C. */
const victims = ['browser', 'tree', 'interrupt', 'browser', 'command'] as const;

interface Attempt {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly said: string;
  }>;
}

/** Runs the command; with `hold` it cannot get further than that many shards. */
function command(output: string, hold?: { readonly shards: number }): Attempt {
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, '--config', config, '--input', pets, '--output', output], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(hold && { env: holdShards(hold.shards) }),
  });
  const { pid = 0 } = child;
  running.add(pid);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended: Attempt['ended'] = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(pid);
      resolve({ code, signal, said });
    });
  });
  return { child, pid, ended };
}

/** How many shards the checkpoint beside the output counts. */
function committed(output: string): number {
  const file = join(output, '.imagemill-checkpoint.json');
  if (!existsSync(file)) return 0;
  return (JSON.parse(readFileSync(file, 'utf8')) as { committed: unknown[] }).committed.length;
}

async function openProfile(
  profile: string,
  options: LaunchOptions,
  baseURL: string | undefined,
  hold: 'held' | 'free',
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    ...(baseURL !== undefined && { baseURL }),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  if (hold === 'held') await holdPicture(page, lastPicture);
  await enter(page);
  return { context, page };
}

async function enter(page: Page): Promise<void> {
  // Pickers cannot be clicked headless: without them the page takes the input and the download.
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'showDirectoryPicker');
    Reflect.deleteProperty(window, 'showSaveFilePicker');
  });
  await page.goto('/');
}

async function pickFolder(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(pets);
  await expect(page.getByRole('banner')).toContainText(`${images} images`);
}

async function loadRecipe(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await (await chooser).setFiles(config);
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toContainText(`${shards} shards`);
}

/** Accepts the offer to go on and gives the folder once more; tells the number of shards that the offer speaks of. */
async function resume(page: Page, pick: 'before' | 'when asked'): Promise<number> {
  if (pick === 'before') await pickFolder(page);
  const offer = page.getByRole('region', { name: 'Unfinished runs' });
  await expect(offer).toContainText(`A run of ${shards} shards stopped after`);
  const told = /stopped after (\d+)/.exec((await offer.textContent()) ?? '');
  const chooser = pick === 'before' ? null : page.waitForEvent('filechooser');
  await offer.getByRole('button', { name: 'Resume' }).click();
  await (await chooser)?.setFiles(pets);
  return Number(told?.[1]);
}

/** Waits until the run bar shows this many per cent. */
async function reach(page: Page, percent: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0) >= wanted,
    percent,
    { polling: 10 },
  );
}

/** Waits for the end and gives the files of the zip. */
async function finish(page: Page): Promise<Map<string, Buffer>> {
  await expect(page.getByRole('tabpanel', { name: 'Results' })).toContainText('partial failure', {
    timeout: 90_000,
  });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /Download zip/ }).click();
  return unzip(readFileSync(await (await download).path()));
}

async function killBrowser(profile: string, context: BrowserContext): Promise<void> {
  const browser = browserOf(profile);
  if (browser === null) throw new Error(`no browser runs with ${profile}`);
  const all = [browser, ...descendants(browser)];
  const closed = context.waitForEvent('close');
  killAll(all);
  await closed;
  await expect.poll(() => stillRunning(all)).toEqual([]);
}

/** The runs that have files in the browser's own storage; runs in the page. */
async function leftInStorage(): Promise<string[]> {
  const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
  const names: string[] = [];
  for await (const name of runs.keys()) names.push(name);
  return names;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await pass(10);
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
