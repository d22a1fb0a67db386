import { expect, type Page, test } from '@playwright/test';
import { startAzurite } from './storage/azurite';
import { startS3 } from './storage/s3-server';

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('a bucket without a CORS rule is explained, with the rule for this page to copy', async ({
  page,
  baseURL: origin = '',
}) => {
  await using s3 = await startS3({ pets: [] });
  await s3.fill('pets', { 'cats/1.png': picture });
  await page.goto('/');
  await addBucket(page, `${s3.url}/pets?list-type=2`);
  const source = page.getByRole('listitem').filter({ hasText: 'pets' });
  await expect(source.getByRole('alert')).toContainText(
    `the bucket "pets" at ${new URL(s3.url).host} does not let pages of ${origin} read it`,
  );
  const rule = source.locator('details').first();
  await rule.locator('summary').click();
  expect(JSON.parse((await rule.locator('pre').textContent()) ?? '')).toMatchObject([
    { AllowedOrigins: [origin], AllowedMethods: ['GET', 'HEAD'] },
  ]);
  await expect(source.locator('details').nth(1)).toContainText(`--endpoint-url ${s3.url}`);
});

test('a container’s SAS lists all pages, and stays out of the page', async ({
  page,
  baseURL: origin = '',
}) => {
  await using azure = await startAzurite();
  await azure.allow([origin]);
  const blobs = Object.fromEntries(
    ['cats', 'dogs'].flatMap((label) => Array.from({ length: 4 }, (_, i) => [`${label}/${i}.png`, picture])),
  );
  await azure.fill('pets', blobs);
  // Pages of three, where the page asks for 5,000.
  let pages = 0;
  await page.route(/comp=list/, (route) => {
    pages++;
    return route.continue({ url: route.request().url().replace('maxresults=5000', 'maxresults=3') });
  });
  await page.goto('/');
  const sas = azure.sas('pets');
  await addBucket(page, `${azure.url}/pets?restype=container&comp=list&${sas}`);
  const source = page.getByRole('listitem').filter({ hasText: 'pets' });
  await expect(source.locator('.source-count')).toHaveText('8');
  expect(pages).toBe(3);
  for (const label of ['cats', 'dogs']) {
    await expect(page.getByRole('button', { name: new RegExp(`^${label}`) })).toBeVisible();
  }
  expect(await page.content()).not.toContain(new URLSearchParams(sas).get('sig'));
});

test('a presigned listing gives its page, and an expired one its time', async ({
  page,
  baseURL: origin = '',
}) => {
  await using s3 = await startS3({ pets: [origin] });
  await s3.fill('pets', { 'cats/1.png': picture, 'cats/2.png': picture, 'dogs/3.png': picture });
  await page.goto('/');
  await addBucket(page, await s3.signListing('pets', '', 2));
  await expect(page.locator('.source-count')).toHaveText('2');
  await addBucket(
    page,
    await s3.signListing('pets', '', 2, { expiresIn: 60, signingDate: new Date(Date.now() - 3_600_000) }),
  );
  await expect(page.getByRole('alert')).toContainText(/The link expired on .* UTC, 59 minutes ago/);
});

async function addBucket(page: Page, address: string): Promise<void> {
  const panel = page.getByRole('region', { name: 'Source' });
  await panel.getByRole('button', { name: 'Bucket' }).click();
  await panel.getByLabel('Address of the bucket').fill(address);
  await panel.getByRole('button', { name: 'List' }).click();
}
