import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { drawFolder } from './fixtures/draw';
import { descendants, isBrowser, killAll } from './fixtures/processes';

const root = fileURLToPath(new URL('../', import.meta.url));
const real = fileURLToPath(new URL('../../shared/data', import.meta.url));

test.describe.configure({ timeout: 180_000 }); // each starts a browser of its own, on a machine that may be busy

let folder = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-conformance-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('real files of every format and kind come out as other decoders say', async () => {
  test.skip(!existsSync(join(real, 'manifest.jsonl')), '../shared/data is not here');
  const json = join(folder, 'real.json');
  const { code, said } = await conformance(real, '--sample', '12', '--strict', '--json', json);
  expect(code, said).toBe(0);
  const { all } = JSON.parse(readFileSync(json, 'utf8'));
  expect(all).toMatchObject({ crashes: 0, hangs: 0, unnamed: 0 });
  expect(all.named).toBe(all.reject);
  expect(all.clear).toBe(all.disputed);
  expect(all.decoded).toBeGreaterThan(0);
});

test('what departs from the manifest is named, and is an error where that is asked for', async () => {
  drawFolder(join(folder, 'drawn'), 3);
  const picture = join('drawn', 'cat', 'picture 0000.png');
  copyFileSync(join(folder, picture), join(folder, 'cut.png'));
  writeFileSync(join(folder, 'cut.png'), readFileSync(join(folder, 'cut.png')).subarray(0, 900));
  const valid = { sniff: 'png', consensus: 'agree-valid', sha256: '' };
  const lines = [
    { ...valid, relpath: picture, size: [160, 121], size_oriented: [160, 120], mean_rgb: [1, 2, 3] },
    { ...valid, relpath: 'cut.png', size: [160, 120] },
    { ...valid, relpath: 'cut.png', consensus: 'agree-reject' },
    { ...valid, relpath: picture, consensus: 'agree-reject' },
  ];
  writeFileSync(join(folder, 'manifest.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const { code, said } = await conformance(folder, '--strict');
  expect(code, said).toBe(1);
  expect(said).toMatch(/size: expected stored 160 × 121; seen 160 × 120/);
  expect(said).toMatch(/colour: expected mean 1\.0 2\.0 3\.0 on white; seen mean/);
  expect(said).toMatch(/outcome: expected decoded; seen truncated: /);
  expect(said).toMatch(/outcome: expected a named rejection; seen decoded, png 160 × 120/);
  expect(said).toMatch(/^4 exceptions$/m);
});

test('a browser that dies is replaced, and no file is blamed for it', async () => {
  test.skip(process.platform !== 'linux', 'finds the process to kill through /proc');
  const own = join(folder, 'mortal');
  drawFolder(own, 1);
  const line = { relpath: 'cat/picture 0000.png', sniff: 'png', consensus: 'agree-valid', sha256: '' };
  writeFileSync(join(own, 'manifest.jsonl'), Array(600).fill(JSON.stringify(line)).join('\n'));
  let killed = 0;
  const { code, said } = await command([own], (pid, sofar) => {
    if (killed > 0 || !sofar.includes('100 of')) return;
    const browsers = descendants(pid).filter(isBrowser);
    killed = browsers.length;
    killAll(browsers);
  });
  expect(killed).toBe(1);
  expect(said).toContain('It is replaced.');
  expect(said).toMatch(/^all +600\/600 /m);
  expect(code, said).toBe(0);
});

const conformance = (...args: readonly string[]) => command(args, () => undefined);

/** Runs the command; `hear` is told its process and all that it has said so far, whenever it says more. */
function command(
  args: readonly string[],
  hear: (pid: number, said: string) => void,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, ['e2e/conformance/main.mjs', ...args], { cwd: root });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
      hear(child.pid ?? 0, said);
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}
