import { expect, test } from '@playwright/test';
import { openSample } from './fixtures/open-sample';

test('the preview compares, enlarges down to pixels, and shows a copy in the place of the plain picture', async ({
  page,
}) => {
  await openSample(page);
  await page.getByRole('tab', { name: 'Preview' }).click();
  const preview = page.getByRole('tabpanel', { name: 'Preview' });
  await preview.getByRole('button', { name: 'Turn on' }).click();

  await preview.getByRole('button', { name: /^Copy 3:/ }).click();
  await expect(preview.getByText('What the model sees: copy 3')).toBeVisible();
  await preview.getByText('Compare', { exact: true }).click();
  await expect(preview.getByText('Copy 3', { exact: true })).toBeVisible();
  await preview.getByRole('button', { name: /^Copy 3:/ }).click();
  await expect(preview.getByText('Original', { exact: true })).toBeVisible();

  // Cover takes the 280 × 280 in the middle of 420 × 280: the original hangs over by a quarter on either side.
  const layer = preview.getByRole('img', { name: 'Original' }).locator('..');
  expect(await layer.getAttribute('style')).toMatch(/left: -25%.*width: 150%/);

  const frame = preview.getByRole('group', { name: /one over the other/ });
  const box = (await frame.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const pixelAt = async (x: number, y: number) => {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    return (await preview.getByText(/^pixel \d+/).innerText()).split(':')[0];
  };
  expect(await pixelAt(0.98, 0.02)).toBe('pixel 219, 4');
  await preview.getByRole('button', { name: 'Zoom in' }).click();
  await preview.getByRole('button', { name: 'Zoom in' }).click();
  await expect(preview.getByRole('button', { name: '× 4.0' })).toBeVisible();
  expect(await pixelAt(0.5, 0.5)).toBe('pixel 112, 112');
  await frame.press('ArrowRight');
  expect(await pixelAt(0.501, 0.5)).toBe('pixel 117, 112');
  await frame.press('0');
  expect(await pixelAt(0.02, 0.98)).toBe('pixel 4, 219');

  const range = preview.getByRole('slider', { name: /Original left of the bar/ });
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.5);
  await page.mouse.up();
  await expect(range).toHaveValue('80');
  await range.press('ArrowLeft');
  await expect(range).toHaveValue('79');
});

test('a knob that changes only what becomes of a picture does not decode it again', async ({ page }) => {
  await page.addInitScript(() => {
    const asked: string[] = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, ...given: Parameters<Worker['postMessage']>) {
      const { path } = (given[0] ?? {}) as { path?: readonly string[] };
      if (path?.[0] !== undefined) asked.push(path[0]);
      return postMessage.apply(this, given);
    } as Worker['postMessage'];
    Object.assign(window, { asked });
  });
  await openSample(page);
  const calls = (name: string) =>
    page.evaluate(
      // Set by the script above.
      (wanted) => (window as unknown as { asked: string[] }).asked.filter((one) => one === wanted).length,
      name,
    );
  await page.getByRole('tab', { name: 'Preview' }).click();
  const preview = page.getByRole('tabpanel', { name: 'Preview' });
  await expect(preview).toContainText('[224, 224, 3]');
  const decoded = await calls('decode');
  await page.getByRole('spinbutton', { name: 'Width' }).fill('96');
  await expect(preview).toContainText('[224, 96, 3]');
  expect(await calls('decode')).toBe(decoded);
  await page.getByText('Exact', { exact: true }).click();
  await expect.poll(() => calls('decode')).toBe(decoded + 1);
});
