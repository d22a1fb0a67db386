import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { drawFolder } from './fixtures/draw';
import { openSample } from './fixtures/open-sample';
import { unzip } from './fixtures/unzip';

let folder = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-e2e-'));
  drawFolder(join(folder, 'pets'), 300);
  truncateSync(join(folder, 'pets/cat/picture 0003.png'), 900);
  writeFileSync(join(folder, 'pets/dog/picture 0001.jpg'), '<!doctype html><title>403</title>');
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything the page asks for, so that a test can say that nothing left the origin. */
const foreign: string[] = [];
const complaints: string[] = [];
test.beforeEach(async ({ page, context, baseURL }) => {
  foreign.length = 0;
  complaints.length = 0;
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== baseURL) foreign.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  // Pickers cannot be clicked headless: without them the page takes the input and the download.
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'showDirectoryPicker');
    Reflect.deleteProperty(window, 'showSaveFilePicker');
  });
});
test.afterEach(() => {
  expect(foreign, 'requests to other origins').toEqual([]);
  expect(complaints, 'errors in the console').toEqual([]);
});

async function pickFolder(page: Page): Promise<void> {
  await page.goto('/');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(join(folder, 'pets'));
  await expect(page.getByRole('grid', { name: 'Images' })).toBeVisible();
}

/** Holds what is sent to workers until the function that it gives is called: a fast machine is done before it is paused. */
async function holdWorkers(page: Page): Promise<() => Promise<void>> {
  const held = await page.evaluateHandle(() => {
    const { postMessage } = Worker.prototype;
    const waiting: (() => void)[] = [];
    Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
      waiting.push(() => Reflect.apply(postMessage, this, message));
    };
    return {
      letGo() {
        Worker.prototype.postMessage = postMessage;
        for (const send of waiting) send();
      },
    };
  });
  return () => held.evaluate(({ letGo }) => letGo());
}

test('a folder becomes a dataset: look, change, run, pause, resume, download', async ({ page }) => {
  await pickFolder(page);
  await expect(page.getByRole('banner')).toContainText('301 images');
  await expect(page.getByRole('button', { name: /^cat 100/ })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: /cat\/picture 0000\.png.*160 × 120/ })).toBeVisible();

  await page.getByRole('gridcell', { name: /cat\/picture 0000\.png/ }).click();
  await page.getByRole('tab', { name: 'Preview' }).click();
  const preview = page.getByRole('tabpanel', { name: 'Preview' });
  await expect(preview).toContainText('224, 224, 3');
  await page.getByRole('spinbutton', { name: 'Width' }).fill('96');
  await page.getByRole('spinbutton', { name: 'Height' }).fill('64');
  await expect(preview).toContainText('64, 96, 3');

  const letGo = await holdWorkers(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await letGo();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('region', { name: 'Run' })).toContainText('299 images', { timeout: 30_000 });

  await page.getByRole('tab', { name: /Problems/ }).click();
  const problems = page.getByRole('tabpanel', { name: /Problems/ });
  await expect(problems).toContainText('cat/picture 0003.png');
  await expect(problems).toContainText('dog/picture 0001.jpg');
  await expect(problems).toContainText('HTML page');

  await page.getByRole('tab', { name: 'Results' }).click();
  const results = page.getByRole('tabpanel', { name: 'Results' });
  await expect(results).toContainText('partial failure');
  await expect(results).toContainText('np.load("images.npy"');
  await expect(results.getByRole('region', { name: 'Privacy' })).toContainText(/None of 299 images carries/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /Download zip/ }).click();
  const files = unzip(readFileSync(await (await download).path()));
  expect([...files.keys()].sort()).toEqual([
    'class_names.json', 'failures.csv', 'images.csv', 'images.npy', 'labels.npy',
    'logs/pipeline.log', 'metrics.json', 'splits.npy',
  ]); // biome-ignore format: a list
  expect(files.get('images.npy')?.length).toBe(128 + 299 * 64 * 96 * 3);
  expect(JSON.parse(String(files.get('class_names.json')))).toEqual(['cat', 'dog', 'owl']);
  expect(JSON.parse(String(files.get('metrics.json')))).toMatchObject({
    images_processed: 299,
    corrupted_images: 2,
    privacy: { gps: 0, serial: 0, owner: 0, faces: 0 },
  });
  expect(String(files.get('images.csv')).trimEnd().split(/\r?\n/)).toHaveLength(300);

  // The same folder and recipe from the command line: the same bytes.
  const output = join(folder, 'command-line');
  const flags = ['--width', '96', '--height', '64', '--formats', 'npy,csv'];
  const done = spawnSync(process.execPath, [
    'dist/cli/main.js',
    '--input',
    join(folder, 'pets'),
    '--output',
    output,
    ...flags,
  ]);
  expect(done.status, String(done.stderr)).toBe(3);
  for (const [path, bytes] of files) {
    if (path !== 'metrics.json' && path !== 'logs/pipeline.log')
      expect(readFileSync(join(output, path)).equals(bytes), path).toBe(true);
  }
});

test('the sample dataset runs with the keyboard alone', async ({ page }) => {
  await page.goto('/');
  const press = async (name: string | RegExp, role: 'button' | 'tab' = 'button') => {
    const wanted = page.getByRole(role, { name, exact: true });
    for (let i = 0; i < 80; i++) {
      if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) break;
      await page.keyboard.press('Tab');
    }
    await expect(wanted).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await expect(page.getByRole('button', { name: 'Try the sample dataset' })).toBeVisible();
  await press('Try the sample dataset');
  await expect(page.getByRole('banner')).toContainText('60 images');
  await press('Run');
  await expect(page.getByRole('region', { name: 'Run' })).toContainText('59 images', { timeout: 30_000 });
  await press('1 skipped');
  await expect(page.getByRole('tab', { name: /Problems/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Shift+Tab');
});

for (const theme of ['light', 'dark'] as const) {
  test(`every screen passes axe, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const check = async (screen: string) => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze();
      const told = violations.map(
        ({ id, nodes }) => `${screen}: ${id}: ${nodes.map((node) => node.html).join(' ')}`,
      );
      expect(told).toEqual([]);
    };
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Choose a folder' })).toBeVisible();
    await check('empty');
    await openSample(page);
    await check('images');
    await page.getByRole('switch', { name: 'Augment' }).click();
    await page.getByRole('tab', { name: 'Preview' }).click();
    await expect(page.getByRole('tabpanel', { name: 'Preview' })).toContainText('224, 224, 3');
    await check('preview');
    await page.getByText('Compare', { exact: true }).click();
    await check('compare');
    await page.getByRole('combobox', { name: 'Labels from' }).selectOption('none');
    await page.getByRole('tab', { name: 'Labels' }).click();
    await page.getByRole('button', { name: 'Look at 60 images' }).click();
    await expect(page.getByRole('alert')).toContainText('no image has a label yet');
    await expect(
      page.getByRole('list', { name: 'Similar images' }).or(page.getByText('Similar images')),
    ).toBeVisible();
    await check('labels');
    await page.getByRole('combobox', { name: 'Labels from' }).selectOption('folder');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Run' })).toContainText('59 images', { timeout: 30_000 });
    await page.getByRole('tab', { name: /Problems/ }).click();
    await check('problems');
    await page.getByRole('tab', { name: 'Results' }).click();
    await expect(page.getByRole('tabpanel', { name: 'Results' })).toContainText('partial failure');
    await check('results');
    await page.setViewportSize({ width: 360, height: 740 });
    await check('narrow');
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      // What is wider scrolls in its own box, never the page.
      expect(await page.evaluate(() => document.documentElement.scrollWidth), await tab.innerText()).toBe(
        360,
      );
    }
  });
}

test('the theme can be switched and is kept', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const colour = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await colour();
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  await expect.poll(colour).not.toBe(light);
  const dark = await colour();
  await page.reload();
  await expect.poll(colour).toBe(dark);
});
