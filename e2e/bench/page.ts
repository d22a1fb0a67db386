import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Page, chromium as playwright } from '@playwright/test';
import { createSite, listen } from '../../src/cli/site';
import { repeat } from './pictures';
import { less, type Row } from './row';
import type { Bench } from './speed';

/** Measures the real page: the script of its first load, and the longest task of its thread from picking to the end. */
export async function measurePage(
  pictures: readonly string[],
  { chromium, folder, say }: Bench,
): Promise<readonly Row[]> {
  const count = 600;
  repeat(pictures, count, join(folder, 'page'));
  const server = createServer(createSite(fileURLToPath(new URL('../../dist/', import.meta.url))));
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  // A context that is not persistent keeps its storage in memory, and little of it.
  const context = await playwright.launchPersistentContext(join(folder, 'profile'), {
    executablePath: chromium,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    viewport: { width: 1440, height: 900 },
  });
  try {
    const page = await context.newPage();
    const bytes = await firstLoad(page, origin);
    say(`first load: ${(bytes / 1000).toFixed(1)} kB of script, gzipped`);
    const { listing, running } = await longTasks(page, join(folder, 'page/photos'), count);
    say(`longest tasks: ${listing} ms while listing, ${running} ms while running`);
    return [
      less('first-load-script', 'kB gzipped', bytes / 1000, 'the bound', 200),
      less('longest-task-running', 'ms', running, 'the bound', 50),
      less('longest-task-listing', 'ms', listing, 'the bound', 50),
    ];
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
  }
}

async function firstLoad(page: Page, origin: string): Promise<number> {
  const scripts: Promise<number>[] = [];
  page.on('response', (response) => {
    if (!/\.js$/.test(new URL(response.url()).pathname)) return;
    scripts.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  await page.goto(origin, { waitUntil: 'networkidle' });
  const sizes = await Promise.all(scripts);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The browser itself names tasks over 50 ms; 0 means there was none. */
async function longTasks(
  page: Page,
  folder: string,
  count: number,
): Promise<{ readonly listing: number; readonly running: number }> {
  await page.evaluate(() => {
    const seen: { start: number; ms: number }[] = [];
    Object.assign(window, { longTasks: seen });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) seen.push({ start: startTime, ms: duration });
    }).observe({ type: 'longtask' });
    Reflect.deleteProperty(window, 'showDirectoryPicker'); // it cannot be clicked; the input can
  });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(folder);
  await page.getByRole('banner').getByText(`${count} images`).waitFor();
  const began = await page.evaluate(() => performance.now());
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('tabpanel', { name: 'Results' }).getByText('success').waitFor({ timeout: 60_000 });
  return page.evaluate((start) => {
    // Set by this very function's caller a moment ago.
    const { longTasks: seen } = window as unknown as { longTasks: { start: number; ms: number }[] };
    const longest = (tasks: { ms: number }[]) => Math.max(0, ...tasks.map(({ ms }) => Math.round(ms)));
    return {
      listing: longest(seen.filter((task) => task.start < start)),
      running: longest(seen.filter((task) => task.start >= start)),
    };
  }, began);
}
