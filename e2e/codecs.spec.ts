import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { openBrowser } from '../src/cli/browser';
import { findChromium } from '../src/cli/chromium';
import { openOutputFolder } from '../src/cli/output-folder';
import { createOutputServer } from '../src/cli/output-server';
import { createSite, listen } from '../src/cli/site';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

let folder = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-codecs-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run over JPEGs loads not a byte of a codec', async () => {
  const pictures = await draw('jpg', 24);
  const { processed, asked } = await run(pictures);
  expect(processed).toBe(pictures.length);
  expect(asked).toContainEqual(expect.stringMatching(/decode\.worker/));
  expect(asked.filter((path) => /\.wasm$|vips|heif|jxl/i.test(path))).toEqual([]);
  // Pages and workers of a run have some 500 kB; the glue of the smallest codec would go over this bound.
  const bytes = asked.reduce((sum, path) => sum + readFileSync(join(dist, path)).length, 0);
  expect(bytes).toBeLessThan(900_000);
});

test('a codec is loaded once such a file is met', async () => {
  const { processed, asked } = await run(await draw('tiff', 2));
  test.skip(processed === 0, 'this build has no decoder for TIFF');
  expect(asked).toContainEqual(expect.stringMatching(/\.wasm$/));
});

async function draw(type: 'jpg' | 'tiff', count: number): Promise<readonly string[]> {
  mkdirSync(join(folder, type), { recursive: true });
  const paths = Array.from({ length: count }, (_, i) => join(folder, type, `picture-${i}.${type}`));
  for (const [i, path] of paths.entries()) {
    const background = { r: (i * 40) % 256, g: 90, b: 200 };
    await sharp({ create: { width: 320, height: 240, channels: 3, background } }).toFile(path);
  }
  return paths;
}

/** Runs the pictures to `images.npy`, and tells which files of the page were asked for, workers' included. */
async function run(
  pictures: readonly string[],
): Promise<{ readonly processed: number; readonly asked: readonly string[] }> {
  const output = await openOutputFolder(join(folder, `output-${pictures.length}`));
  const server = createOutputServer(createSite(dist), output, 'token');
  const asked = new Set<string>();
  // Requests of nested workers pass Playwright by; the server sees them all.
  server.prependListener('request', ({ method, url }) => {
    const { pathname } = new URL(url ?? '/', 'http://localhost');
    if (method === 'GET' && pathname.startsWith('/assets/')) asked.add(pathname);
  });
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const browser = await openBrowser(findChromium() ?? '', url, console.error);
  try {
    await browser.setFiles(pictures);
    const recipe = { source: { type: 'folder' }, output: { formats: ['npy'], target: 'server' } };
    const keys = pictures.map((path) => path.slice(folder.length + 1));
    const job = { recipe, server: { url, token: 'token' }, keys, sourceName: 'drawn' } as const;
    expect(await browser.start({ ...job, continuation: 'fresh' })).toMatchObject({ ok: true });
    const outcome = await browser.wait();
    const processed = outcome.ok ? outcome.report.metrics.images_processed : 0;
    return { processed, asked: [...asked] };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await output.close();
  }
}
