import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { drawPng } from './fixtures/draw';
import { type LinkServerOptions, signLink, startLinkServer } from './storage/link-server';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const pictures = Array.from({ length: 8 }, (_, i) => drawPng(64 + i, 48, i));
const imageOf = (path: string) => {
  const number = /(\d+)\.png$/.exec(path)?.[1];
  return number === undefined ? null : pictures[Number(number) % pictures.length];
};
const pathOf = (i: number) => `/pets/${['cat', 'dog'][i % 2]}/${String(i).padStart(4, '0')}.png`;

let home = '';
test.beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'imagemill-links-'));
});
test.afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function imagemill(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
}

async function serve(options: Partial<LinkServerOptions> = {}) {
  const server = await startLinkServer({ image: imageOf, ...options });
  return { ...server, [Symbol.asyncDispose]: server.close };
}

const at = (...parts: string[]) => join(home, ...parts);
const read = (file: string) => readFileSync(at(file), 'utf8');
const failuresOf = (folder: string) => read(`${folder}/failures.csv`).trimEnd().split('\n').slice(1);

test('a thousand signed links, of which 30 % fail once, give the bytes of the same images from a folder', async () => {
  await using server = await serve({ failsOnce: (path) => Number(/(\d+)\.png$/.exec(path)?.[1]) % 10 < 3 });
  const paths = Array.from({ length: 1000 }, (_, i) => pathOf(i));
  writeFileSync(
    at('s3-links.txt'),
    paths.map((path) => signLink(server.url + path, new Date(), 3600)).join('\n'),
  );
  for (const path of paths) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), imageOf(path) ?? '');
  }
  const same = ['--image_size', '32', '--formats', 'npy,csv'];
  const linked = await imagemill('--input', 's3-links.txt', '--output', 'linked', ...same);
  expect(linked.code, linked.said).toBe(0);
  expect([...server.asked.values()].filter((count) => count === 2)).toHaveLength(300);
  const local = await imagemill('--input', 'pets', '--output', 'local', ...same);
  expect(local.code, local.said).toBe(0);
  expect(read('linked/labels.npy')).toBe(read('local/labels.npy'));
  expect(readFileSync(at('linked/images.npy')).equals(readFileSync(at('local/images.npy')))).toBe(true);
  for (const file of readdirSync(at('linked'), { recursive: true, encoding: 'utf8' })) {
    if (/\.(csv|json|log|md|txt)$/.test(file))
      expect(read(`linked/${file}`), file).not.toMatch(/AKIASECRET|X-Amz-Signature=g/);
  }
  expect(linked.said).not.toMatch(/AKIASECRET|X-Amz-Signature=g/);
});

test('each refusal says what is the matter, and takes no other image along', async () => {
  await using server = await serve({ withoutCors: (path) => path.startsWith('/closed/') });
  const gone = `http://127.0.0.1:1/pets/cat/7.png`;
  const anHourAgo = new Date(Date.now() - 3_600_000);
  const table = [
    ['url', 'label', 'shot'],
    [signLink(`${server.url}${pathOf(1)}`, new Date(), 60), 'cat', 'day'],
    [signLink(`${server.url}/pets/cat/2.png`, anHourAgo, 60), 'cat', 'day'],
    [`${server.url}/pets/cat/3.png?X-Amz-Signature=bad`, 'cat', 'day'],
    [`${server.url}/pets/cat/none.txt`, 'dog', 'day'],
    [gone, 'dog', 'night'],
    [`"data:image/png;base64,${pictures[0].toString('base64')}"`, 'dog', 'night'],
  ];
  writeFileSync(at('list.csv'), table.map((row) => row.join(',')).join('\n'));
  const { code, said } = await imagemill(
    '--input', 'list.csv', '--url_column', 'url', '--label_column', 'label', '--output', 'out', '--formats', 'csv', '--tries', '2',
  ); // biome-ignore format: a command
  expect(code, said).toBe(3);
  const failures = failuresOf('out');
  expect(failures).toHaveLength(4);
  expect(failures.join('\n')).toMatch(/2\.png,fetch,expired,.*The link expired on .* UTC, 59 minutes ago/);
  expect(failures.join('\n')).toMatch(/3\.png,fetch,forbidden,.*403 .*SignatureDoesNotMatch/);
  expect(failures.join('\n')).toMatch(/none\.txt,fetch,missing,.*404 .*NoSuchKey/);
  expect(failures.join('\n')).toMatch(/7\.png,fetch,unreachable,.*No server answers at 127\.0\.0\.1:1/);
  expect(read('out/images.csv')).toMatch(/shot/);
  expect(said + read('out/logs/pipeline.log')).not.toMatch(/AKIASECRET|Signature=bad/);
});

test('CORS is explained, and does not apply through Node', async () => {
  await using server = await serve({ withoutCors: () => true });
  const link = `${server.url}/closed/cat/1.png`;
  const refused = await imagemill('--input', link, '--output', 'refused', '--formats', 'csv', '--tries', '1');
  expect(refused.code, refused.said).toBe(1);
  expect(failuresOf('refused').join()).toMatch(
    /fetch,cors,.*does not let pages of http:\/\/127\.0\.0\.1:\d+ read it/,
  );
  const through = await imagemill(
    '--input',
    link,
    '--through_node',
    'True',
    '--output',
    'through',
    '--formats',
    'csv',
  );
  expect(through.code, through.said).toBe(0);
  await imagemill('--input', 'http://127.0.0.1:1/a.png', '--through_node', 'True', '--output', 'beyond', '--formats', 'csv', '--tries', '1'); // biome-ignore format: a command
  expect(failuresOf('beyond').join()).toMatch(/fetch,unreachable/);
});

test('in the page: links are pasted, the expired are told before and after the run, and retried with fresh links', async ({
  page,
}) => {
  await using server = await serve({ failsOnce: (path) => Number(/(\d+)\.png$/.exec(path)?.[1]) % 10 < 3 });
  const sign = (i: number, at: Date) => signLink(server.url + pathOf(i), at, 3600);
  const dayAgo = new Date(Date.now() - 86_400_000);
  const links = Array.from({ length: 1000 }, (_, i) => sign(i, i < 20 ? dayAgo : new Date()));
  await page.goto('/');
  await paste(page, links.join('\n'));
  const source = page.getByRole('region', { name: 'Source' });
  await expect(source).toContainText('Pasted links: 1000 links; links from "url".');
  await expect(source.getByRole('alert')).toContainText('20 links have expired');
  await page.getByRole('spinbutton', { name: 'Width' }).fill('32');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Run' })).toContainText('980 images', { timeout: 45_000 });
  await page.getByRole('tab', { name: /Problems/ }).click();
  const problems = page.getByRole('tabpanel', { name: /Problems/ });
  await expect(problems.getByRole('heading', { name: /^20 links expired at \d\d:\d\d$/ })).toBeVisible();
  await expect(problems).toContainText('cat/0000.png');
  const before = new Map(server.asked);
  await problems.getByRole('button', { name: 'Paste fresh links' }).click();
  await problems
    .getByLabel('Fresh links to the same images')
    .fill(Array.from({ length: 20 }, (_, i) => sign(i, new Date())).join('\n'));
  await problems.getByRole('button', { name: 'Retry with them' }).click();
  // The report of the second run takes the place of the first's, and has no failures.
  await expect(page.getByRole('tab', { name: /Results/ })).toHaveAttribute('aria-selected', 'true', {
    timeout: 45_000,
  });
  await page.getByRole('tab', { name: /Problems/ }).click();
  await expect(problems).toContainText('Every image could be used.');
  for (let i = 0; i < 20; i++)
    expect(server.asked.get(pathOf(i))).toBeGreaterThan(before.get(pathOf(i)) ?? 0);
  expect(await page.content()).not.toContain('AKIASECRET');
});

test('in the page: what CORS keeps out is told once for each server, with the rule to copy', async ({
  page,
  baseURL: origin = '',
}) => {
  await using server = await serve({ withoutCors: () => true });
  await page.goto('/');
  await paste(page, [1, 2].map((i) => server.url + pathOf(i)).join('\n'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('tab', { name: /Problems/ }).click();
  const problems = page.getByRole('tabpanel', { name: /Problems/ });
  const place = problems.getByRole('region', { name: `Rule for the server ${new URL(server.url).host}` });
  await expect(place).toContainText('(2 links)');
  await place.locator('summary').click();
  await expect(place.locator('pre')).toContainText(`Access-Control-Allow-Origin: ${origin}`);
});

async function paste(page: Page, text: string): Promise<void> {
  const panel = page.getByRole('region', { name: 'Source' });
  await panel.getByRole('button', { name: 'Links' }).click();
  await panel.getByLabel('Links to images').fill(text);
  await panel.getByRole('button', { name: 'Add links' }).click();
}
