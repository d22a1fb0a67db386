import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { createSite, listen } from '../src/cli/site';
import { openSample } from './fixtures/open-sample';
import { unzip } from './fixtures/unzip';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const models = fileURLToPath(new URL('../../shared/models/', import.meta.url));

test('labels that are decided on go into the dataset, outlast a reload, and can be taken back', async ({
  page,
}) => {
  await openSample(page);
  // No folder is a label at this level but those of the sample, which has one.
  await page.getByRole('combobox', { name: 'Labels from' }).selectOption('pattern');
  await page.getByRole('textbox', { name: 'Pattern' }).fill('^(?<label>blossoms|planets)/.*-0[1-9]');
  const labels = await openLabels(page);
  await expect(labels.getByText('18 of 60 have a label')).toBeVisible();
  await labels.getByRole('button', { name: 'Look at 60 images' }).click();
  await expect(labels.getByText(/Learnt from 18 labels; each left out in turn/)).toBeVisible();
  await expect(labels.getByText('To review 42')).toBeVisible();

  // The most doubted first: a mountain is neither.
  const first = await chosen(labels);
  await labels.getByRole('combobox', { name: 'Another label' }).fill('mountain, snow');
  await labels.getByRole('button', { name: 'Set' }).click();
  await expect(labels.getByText('Accepted 1')).toBeVisible();
  expect(await chosen(labels)).not.toBe(first);
  await page.keyboard.press('a');
  await page.keyboard.press('2');
  await page.keyboard.press('x');
  await expect(labels.getByText('Accepted 3')).toBeVisible();
  await expect(labels.getByText('Refused 1')).toBeVisible();
  await page.keyboard.press('u');
  await page.keyboard.press('u');
  await expect(labels.getByText('Accepted 2')).toBeVisible();
  await expect(labels.getByText('Refused 0')).toBeVisible();
  await expect(page.getByRole('button', { name: /^mountain, snow 1/ })).toBeVisible();

  const download = page.waitForEvent('download');
  await labels.getByRole('button', { name: 'Labels as CSV' }).click();
  const table = readFileSync(await (await download).path(), 'utf8').split('\r\n');
  expect(table[0]).toBe('file_name,label');
  expect(table).toContain(`${first},"mountain, snow"`);

  // The sample is drawn anew at each visit, with the same bytes and times.
  await openSample(page);
  await page.getByRole('combobox', { name: 'Labels from' }).selectOption('none');
  await expect(page.getByRole('button', { name: /^mountain, snow 1/ })).toBeVisible();

  // Beside a second source keys begin with their source's name: decisions go with their images.
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  await (await chooser).setFiles(fileURLToPath(new URL('fixtures/page.png', import.meta.url)));
  await expect(page.getByRole('banner')).toContainText('61 images');
  await expect(page.getByRole('button', { name: /^mountain, snow 1/ })).toBeVisible();
});

test('what learns from labels says so when there are none', async ({ page }) => {
  await openSample(page);
  await page.getByRole('combobox', { name: 'Labels from' }).selectOption('none');
  const labels = await openLabels(page);
  await labels.getByRole('button', { name: 'Look at 60 images' }).click();
  await expect(labels.getByRole('alert')).toContainText('no image has a label yet');
  await labels.getByRole('combobox', { name: 'Look with' }).selectOption('resnet50');
  await labels.getByRole('button', { name: 'Look at 60 images' }).click();
  await expect(labels.getByRole('alert')).toContainText('the weights of ResNet50 are not installed');
});

test.describe('with MobileNetV2 installed', () => {
  test.skip(!existsSync(models), 'needs the weights of MobileNetV2, which lie beside the project');
  let folder: string;
  let server: Server;
  let origin: string;

  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imagemill-labels-'));
    // The command installs beside the built page: a copy of it does so beside the copy.
    cpSync(join(dist, 'cli'), join(folder, 'dist/cli'), { recursive: true });
    const command = [
      join(folder, 'dist/cli/models.js'),
      'get',
      'mobilenet-v2',
      '--from',
      join(models, 'mobilenet-v2'),
    ];
    execFileSync(process.execPath, command);
    const site = createSite(dist, join(folder, 'models'));
    server = createServer(site);
    origin = `http://localhost:${await listen(server, 0, 'localhost')}`;
    mkdirSync(join(folder, 'photos'));
    for (const name of ['coral_parrot.jpg', 'coral_hot_dog.jpg'])
      copyFileSync(join(models, 'photos', name), join(folder, 'photos', name));
  });

  test.afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  test('a parrot is a macaw, once a person has said so, and in the table', async ({ page }) => {
    // Pickers cannot be clicked headless: without them the page takes the input and the download.
    await page.addInitScript(() => {
      Reflect.deleteProperty(window, 'showDirectoryPicker');
      Reflect.deleteProperty(window, 'showSaveFilePicker');
    });
    await page.goto(origin);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a folder' }).click();
    await (await chooser).setFiles(join(folder, 'photos'));
    await expect(page.getByRole('banner')).toContainText('2 images');
    const labels = await openLabels(page);
    await labels.getByRole('combobox', { name: 'Look with' }).selectOption('mobilenet-v2');
    await labels.getByText('Model’s classes').click();
    await labels.getByRole('button', { name: 'Look at 2 images' }).click();
    const parrot = labels.getByRole('button', { name: /coral_parrot\.jpg/ });
    await expect(parrot).toContainText('macaw');
    await parrot.click();
    await page.keyboard.press('a');
    await expect(labels.getByText('Accepted 1')).toBeVisible();

    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const results = page.getByRole('tabpanel', { name: 'Results' });
    await expect(results).toContainText('success');
    const download = page.waitForEvent('download');
    await results.getByRole('button', { name: /Download zip/ }).click();
    const files = unzip(readFileSync(await (await download).path()));
    const [names, ...rows] = new TextDecoder().decode(files.get('images.csv')).trim().split(/\r?\n/);
    const columns = (names ?? '').split(',');
    const labelOf = (key: string) =>
      rows.find((row) => row.includes(key))?.split(',')[columns.indexOf('label')];
    expect(labelOf('coral_parrot.jpg')).toBe('macaw');
    expect(labelOf('coral_hot_dog.jpg')).toBe('');
  });
});

async function openLabels(page: Page): Promise<Locator> {
  await page.getByRole('tab', { name: 'Labels' }).click();
  return page.getByRole('tabpanel', { name: 'Labels' });
}

/** Key of the image that is being decided on. */
const chosen = (labels: Locator) => labels.getByRole('heading', { level: 2 }).innerText();
