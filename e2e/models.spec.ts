import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { unzip } from './fixtures/unzip';

const shared = '../shared/models';

let folder = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-models-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.beforeEach(async ({ page }) => {
  // Whatever is installed beside this checkout is no part of the test.
  await page.route('**/models/index.json', (route) => route.fulfill({ json: { models: [] } }));
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'showDirectoryPicker');
    Reflect.deleteProperty(window, 'showSaveFilePicker');
  });
});

test('without weights a run says so, and names the ways out', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Try the sample dataset' }).click();
  await page.getByText('mobilenet-v2', { exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page
      .getByText(
        /weights of MobileNetV2 are not installed.*npm run models -- get mobilenet-v2.*built-in descriptor/,
      )
      .first(),
  ).toBeVisible();
});

test('weights from a folder name a parrot, in the CSV too', async ({ page }) => {
  test.skip(!existsSync(join(shared, 'mobilenet-v2/model.json')), `${shared} is absent`);
  cpSync(join(shared, 'photos/coral_parrot.jpg'), join(folder, 'birds/coral_parrot.jpg'));
  await page.goto('/');
  let chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(join(folder, 'birds'));

  await page.getByRole('button', { name: 'Pretrained models…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pretrained models' });
  const row = dialog.getByRole('listitem').filter({ hasText: 'MobileNetV2' });
  await expect(row).toContainText('about 14 MB');
  expect((await new AxeBuilder({ page }).include('.dialog').analyze()).violations).toEqual([]);
  chooser = page.waitForEvent('filechooser');
  await row.getByRole('button', { name: 'From a folder…' }).click();
  await (await chooser).setFiles(join(shared, 'mobilenet-v2'));
  await expect(row).toContainText('In this browser, 7');
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByText('mobilenet-v2', { exact: true }).click();
  await page.getByRole('group', { name: 'MobileNetV2' }).getByLabel('Labels').fill('3');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('tab', { name: 'Results' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Results' })).toContainText('success');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /Download zip/ }).click();
  const files = unzip(readFileSync(await (await download).path()));
  const csv = new TextDecoder().decode(files.get('images.csv'));
  expect(csv).toMatch(/,macaw,0\.9\d+,mobilenet-v2,/);
});
