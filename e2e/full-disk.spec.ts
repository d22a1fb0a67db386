import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { digests, readFolder } from './fixtures/digest';
import { drawFolder } from './fixtures/draw';
import { unzip } from './fixtures/unzip';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const mayMount = canMount();
const reason = mayMount ? '' : ' (skipped: no file system may be mounted here, which takes root)';

let home = '';
let disk = '';
test.skip(!mayMount);
// One after the other, on one small disk.
test.describe.configure({ mode: 'default' });
test.beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'imagemill-full-'));
  disk = join(home, 'disk');
  mkdirSync(disk);
  if (!mount(disk)) throw new Error(`nothing could be mounted at ${disk}`);
  drawFolder(join(home, 'pets'), 75);
});
test.beforeEach(() => {
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
});
test.afterAll(() => {
  unmount(disk);
  rmSync(home, { recursive: true, force: true });
});

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'imagemill-mount-'));
  const mounted = mount(place);
  if (mounted) unmount(place);
  rmSync(place, { recursive: true });
  return mounted;
}

function mount(place: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place]).status === 0;
}

function unmount(place: string): void {
  const { status, stderr } = spawnSync('umount', [place], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${place} could not be unmounted: ${stderr}`);
}

/** A run whose four shards take 3.7 MB, of which each image is 49 KB. */
function imagemill(output: string) {
  const args = ['--input', 'pets', '--image_size', '128', '--formats', 'npy,csv', '--shard_images', '20'];
  const { status, stderr } = spawnSync(process.execPath, [main, ...args, '--output', output], {
    cwd: home,
    encoding: 'utf8',
  });
  return { code: status, said: stderr };
}

const resize = (size: string) => spawnSync('mount', ['-o', `remount,size=${size}`, disk]);

function expected() {
  const whole = join(home, 'whole');
  if (imagemill(whole).code !== 0) throw new Error('the run that is compared with failed');
  return digests(readFolder(whole));
}

test(`a run on a full disk stops, keeps what is finished, and goes on where there is room${reason}`, () => {
  resize('3m');
  for (const known of [false, true]) {
    const { code, said } = imagemill(disk);
    expect(code).toBe(1);
    expect(said).toContain(
      `No space is left for images-00003-of-00004.npy in ${disk}, whose disk has 0 KB free. Free some and run the same command again to go on. About`,
    );
    expect(said.includes('3 of 4 shards are there')).toBe(known);
    const names = [...readFolder(disk).keys()];
    expect(names.filter((name) => name.includes('00003-of'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('images-') && name.endsWith('.npy'))).toHaveLength(3);
    expect(readdirSync(disk)).not.toContain('.imagemill-parts');
  }
  resize('16m');
  const { code, said } = imagemill(disk);
  expect(said).toContain('3 of 4 shards are there');
  expect(code).toBe(0);
  expect(digests(readFolder(disk))).toEqual(expected());
});

test(`an archive that finds no room is made later, without the images being read again${reason}`, () => {
  resize('4m');
  const archive = join(disk, 'all.zip');
  const full = imagemill(archive);
  expect(full.code).toBe(1);
  expect(full.said).toMatch(
    /No space is left for all\.zip in .*, whose disk has \d+ KB free\. Free some and run the same command again to go on\. The archive has 4 MB; until it is there, the finished files are kept in .*all\.zip\.parts\./,
  );
  expect(readdirSync(disk)).toEqual(['all.zip.parts']);
  resize('16m');
  const { code, said } = imagemill(archive);
  expect(said).toContain('4 of 4 shards are there');
  expect(code).toBe(0);
  expect(readdirSync(disk)).toEqual(['all.zip']);
  expect(digests(unzip(readFileSync(archive)))).toEqual(expected());
});

test(`where there is no room at all nothing is left, and it is said${reason}`, () => {
  resize('4m');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'ballast'), new Uint8Array(bavail * bsize));
  const { code, said } = imagemill(disk);
  expect(code).toBe(2);
  expect(said).toContain(`No space is left in ${disk}, whose disk has 0 KB free.`);
  expect(readdirSync(disk)).toEqual(['ballast']);
});
