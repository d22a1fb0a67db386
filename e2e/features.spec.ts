import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { unzip } from './fixtures/unzip';

test('features are chosen in the form and lie beside the labels in the zip', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/');
  await page.getByRole('button', { name: 'Try the sample dataset' }).click();
  await expect(page.getByRole('gridcell', { name: /blossoms\/blossom-01/ })).toBeVisible();
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
