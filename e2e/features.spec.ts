import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { unzip } from './fixtures/unzip';

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/');
  await page.getByRole('button', { name: 'Try the sample dataset' }).click();
  await expect(page.getByRole('gridcell', { name: /blossoms\/blossom-01/ })).toBeVisible();
});

/** The labels of the first shown images. */
async function firstLabels(page: Page, count: number): Promise<readonly (string | undefined)[]> {
  const cells = page.locator('[role=gridcell][data-place]');
  const names = await cells.evaluateAll((found) =>
    found
      .map(
        (cell) => [Number(cell.getAttribute('data-place')), cell.getAttribute('aria-label') ?? ''] as const,
      )
      .sort(([a], [b]) => a - b)
      .map(([, name]) => name),
  );
  return names.slice(0, count).map((name) => name.split('/')[0]);
}

test('an image is picked, and the others are shown by how like it they are', async ({ page }) => {
  await page.getByRole('searchbox', { name: 'Filter images' }).fill('planet');
  await page.getByRole('gridcell', { name: /planets\/planet-01/ }).click();
  await page.getByRole('button', { name: 'Show alike' }).click();
  await page.getByRole('searchbox', { name: 'Filter images' }).fill('');
  const leave = page.getByRole('button', { name: /^Like planets\/planet-01/ });
  await expect(leave).toBeVisible();
  await expect(page.getByText('Most alike first')).toBeVisible();
  await expect.poll(() => firstLabels(page, 10)).toEqual(Array(10).fill('planets'));
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await leave.click();
  await expect(leave).toHaveCount(0);
  await expect.poll(() => firstLabels(page, 10)).toEqual(Array(10).fill('blossoms'));
});

test('features are chosen in the form and lie beside the labels in the zip', async ({ page }) => {
  const features = page.getByRole('region', { name: 'Features' });
  await features.getByText('descriptor').click();
  await expect(features.getByText('More')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('tab', { name: 'Results' })).toHaveAttribute('aria-selected', 'true', {
    timeout: 60_000,
  });
  await expect(page.getByText('features = np.load("features.npy")')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /Download/ }).click();
  const files = unzip(readFileSync(await (await download).path()));
  const header = files.get('features.npy')?.subarray(10, 128).toString('latin1') ?? '';
  expect(header).toContain(`'descr': '<f4', 'fortran_order': False, 'shape': (59, 526), }`);
});
