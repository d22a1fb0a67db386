import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

test('the first load is under 200 kB of script, isolated, and under the policy', async ({ page }) => {
  const scripts: Promise<readonly [string, number]>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.endsWith('.js')) return;
    scripts.push(response.body().then((body) => [pathname, gzipSync(body, { level: 9 }).length] as const));
  });
  const response = await page.goto('/', { waitUntil: 'networkidle' });
  expect(response?.headers()['content-security-policy']).toContain("default-src 'none'");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const sizes = await Promise.all(scripts);
  expect(sizes.map(([path]) => path).filter((path) => path.includes('jsx-dev'))).toEqual([]);
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(200_000);
});
