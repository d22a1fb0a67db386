import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureChromium, findChromium } from './chromium';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagemill-chromium-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fake(name: string, status = 0): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nexit ${status}\n`);
  chmodSync(path, 0o755);
  return path;
}

it('takes the one that our own variable names, and says when there is none', () => {
  const mine = fake('mine');
  fake('chromium');
  expect(findChromium({ IMAGEMILL_CHROMIUM: mine, PATH: folder })).toBe(mine);
  expect(() => findChromium({ IMAGEMILL_CHROMIUM: join(folder, 'nope') })).toThrow(
    /IMAGEMILL_CHROMIUM is ".*nope", and there is no such file/,
  );
});

it('takes variables of other tools before the PATH, and passes over those that name nothing', () => {
  const chrome = fake('some-chrome');
  expect(findChromium({ CHROME_PATH: chrome, PATH: '' })).toBe(chrome);
  expect(findChromium({ CHROME_PATH: join(folder, 'nope'), CHROMIUM_PATH: chrome, PATH: '' })).toBe(chrome);
});

it.skipIf(process.platform !== 'linux')('installs nothing when the one found starts', () => {
  const said: string[] = [];
  const works = fake('works');
  expect(ensureChromium((line) => said.push(line), { IMAGEMILL_CHROMIUM: works })).toBe(works);
  expect(said).toEqual([]);
});

it.skipIf(process.platform !== 'linux')(
  'installs nothing in place of one that was named and does not start',
  () => {
    const broken = fake('broken', 1);
    expect(() => ensureChromium(() => undefined, { IMAGEMILL_CHROMIUM: broken, PATH: '' })).toThrow(
      /IMAGEMILL_CHROMIUM is ".*broken", which does not start/,
    );
  },
);
