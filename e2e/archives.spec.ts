import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { drawFolder, drawPng } from './fixtures/draw';
import { memoryBelowMb } from './fixtures/memory';
import { tarOf } from './fixtures/tar';
import { startFileServer } from './storage/file-server';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

let home = '';
test.beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'imagemill-archives-'));
  const pets = join(home, 'pets');
  drawFolder(pets, 30);
  execFileSync('tar', ['-cf', join(home, 'pets.tar'), '.'], { cwd: pets });
  execFileSync('tar', ['-czf', join(home, 'pets.tar.gz'), '.'], { cwd: pets });
  const names = readdirSync(pets, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [relative(pets, path).split(sep).join('/'), new Uint8Array(readFileSync(path))] as const;
  });
  writeFileSync(join(home, 'pets.zip'), zipSync(Object.fromEntries(files)));
});
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

function imagemill(...args: string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
}

const rowsOf = (path: string) => readFileSync(join(home, path), 'utf8').trimEnd().split(/\r?\n/);

test('an archive gives the bytes that its folder gives', async () => {
  await imagemill('--input', 'pets', '--output', 'folder.csv', '--image_size', '32');
  const expected = rowsOf('folder.csv');
  expect(expected).toHaveLength(31);
  for (const archive of ['pets.tar', 'pets.tar.gz', 'pets.zip']) {
    const { code, said } = await imagemill(
      '--input',
      archive,
      '--output',
      'archive.csv',
      '--image_size',
      '32',
    );
    expect(said).toContain('success: 30 images, 30 rows');
    expect(code).toBe(0);
    expect(rowsOf('archive.csv')).toEqual(expected);
  }
});

test('an archive behind a link does too, through the page and through Node', async () => {
  const names = ['pets.zip', 'pets.tar.gz'];
  const files = Object.fromEntries(
    names.map((name) => [name, new Uint8Array(readFileSync(join(home, name)))]),
  );
  const server = await startFileServer({ files, ranges: true });
  await imagemill('--input', 'pets', '--output', 'near.csv', '--image_size', '32');
  for (const name of names) {
    for (const through of ['False', 'True']) {
      const { said } = await imagemill(
        ...[
          '--input',
          `${server.url}/${name}?X-Amz-Signature=hush`,
          '--output',
          'far.csv',
          '--image_size',
          '32',
        ],
        ...['--through_node', through],
      );
      expect(said).toContain('success: 30 images, 30 rows');
      expect(said).not.toContain('hush');
      expect(rowsOf('far.csv')).toEqual(rowsOf('near.csv'));
    }
  }
  await server.close();
});

test('a WebDataset shard of our own comes back with its labels and columns', async () => {
  const size = ['--image_size', '32'];
  await imagemill('--input', 'pets', '--output', 'shard.tar', ...size);
  const { said } = await imagemill('--input', 'shard.tar', '--output', 'again.csv', ...size);
  expect(said).toContain('success: 30 images, 30 rows');
  const [head, ...rows] = rowsOf('again.csv').map((line) => line.split(','));
  const label = head?.indexOf('label') ?? -1;
  const original = head?.indexOf('extra_filename') ?? -1;
  expect(rows.map((cells) => cells[original]?.split('/')[0])).toEqual(rows.map((cells) => cells[label]));
  expect(new Set(rows.map((cells) => cells[label]))).toEqual(new Set(['cat', 'dog', 'owl']));
});

test('a damaged archive gives what is whole and names the rest; one that is none fails alone', async () => {
  const tar = readFileSync(join(home, 'pets.tar'));
  writeFileSync(join(home, 'cut.tar'), tar.subarray(0, Math.floor(tar.length / 2)));
  writeFileSync(join(home, 'none.zip'), 'not a zip');
  const { code, said } = await imagemill(
    '--input', 'cut.tar', 'none.zip', '--output', 'cut.csv', '--image_size', '32',
  ); // biome-ignore format: a command
  expect(code).toBe(3);
  expect(said).toContain('was cut off after');
  expect(said).toContain('none.zip: truncated: The archive of 1 KB has no directory at its end');
  expect(rowsOf('cut.csv').length).toBeGreaterThan(5);
});

test('a tar.gz of 20,000 images runs in memory that does not grow with it', async () => {
  test.setTimeout(300_000);
  const pictures = Array.from({ length: 16 }, (_, i) => drawPng(48, 48, i));
  async function* members() {
    for (let i = 0; i < 20_000; i++)
      yield { name: `${i % 2 ? 'cat' : 'dog'}/${i}.png`, bytes: pictures[i % pictures.length] as Buffer };
  }
  await pipeline(
    Readable.from(tarOf(members())),
    createGzip({ level: 1 }),
    createWriteStream(join(home, 'many.tar.gz')),
  );
  const seen: number[] = [];
  const timer = setInterval(() => seen.push(memoryBelowMb() ?? 0), 1000);
  const { said } = await imagemill('--input', 'many.tar.gz', '--output', 'many.npy', '--image_size', '16');
  clearInterval(timer);
  expect(said).toContain('success: 20,000 images, 20,000 rows');
  const third = Math.floor(seen.length / 3);
  const most = (part: readonly number[]) => Math.max(...part);
  // The first third starts up; in the last the memory must be no more than in the middle, but for noise.
  expect(most(seen.slice(-third))).toBeLessThan(most(seen.slice(third, 2 * third)) * 1.25 + 50);
});
