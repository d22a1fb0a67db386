import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { commandLine, runImagemill } from './fixtures/command-line';
import { digests, readFolder } from './fixtures/digest';
import { drawFolder } from './fixtures/draw';
import { unzip } from './fixtures/unzip';
import { startAzurite } from './storage/azurite';

let home = '';
test.beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'imagemill-cli-'));
  drawFolder(join(home, 'pets'), 30);
});
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

const imagemill = (...args: string[]) => runImagemill(home, args);

test('a bucket that pages may not read is explained, with the rule, and without what opens it', async () => {
  await using azure = await startAzurite();
  await azure.fill('pets', { 'cats/1.png': new Uint8Array([1]) });
  const sas = azure.sas('pets');
  const address = `${azure.url}/pets?restype=container&comp=list&${sas}`;
  const { code, said } = await imagemill('--input', address, '--output', 'refused');
  expect(code).toBe(1);
  expect(said).toMatch(
    /the bucket "pets" at 127\.0\.0\.1:\d+ does not let pages of http:\/\/127\.0\.0\.1:\d+ read it/,
  );
  expect(said).toContain('az storage cors add --services b');
  const expired = azure.sas('pets', { expiresOn: new Date(Date.now() - 60_000) });
  const late = await imagemill('--input', `${azure.url}/pets/?${expired}`, '--output', 'refused');
  expect([late.code, late.said]).toEqual([
    1,
    expect.stringMatching(/The link expired on .* UTC, 1 minute ago/),
  ]);
  for (const each of [said, late.said]) expect(each).not.toMatch(/sig=[^…]/);
  expect(existsSync(at('refused'))).toBe(false);
});

test('a bucket becomes a dataset: by the page where it may read, and through Node where it may not', async () => {
  const keys = [...readFolder(at('pets')).keys()].slice(0, 8);
  const blobs = Object.fromEntries(keys.map((key) => [key, readFileSync(at('pets', key))]));
  await using azure = await startAzurite();
  await azure.fill('pets', blobs);
  const input = `${azure.url}/pets?restype=container&comp=list&${azure.sas('pets')}`;
  const through = await imagemill('--input', input, '--output', 'node', '--through_node', 'True');
  expect(through.code, through.said).toBe(0);
  await azure.allow(['*']);
  const page = await imagemill('--input', input, '--output', 'page');
  expect(page.code, page.said).toBe(0);
  expect(readFileSync(at('page/images.npy')).equals(readFileSync(at('node/images.npy')))).toBe(true);
  expect(lines(at('page/images.csv'))).toHaveLength(keys.length + 1);
  for (const folder of ['page', 'node']) {
    for (const [name, bytes] of readFolder(at(folder))) expect(bytes.includes('sig='), name).toBe(false);
  }
});

const at = (...parts: string[]) => join(home, ...parts);
const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);

test('without arguments the sample goes into ./output, and its broken image is named', async () => {
  const { code, out, said } = await imagemill();
  expect(code).toBe(3);
  expect(out).toBe('./output\n');
  expect(said).toMatch(/skipped .*: truncated: /);
  expect(said).toContain('partial failure: 59 images, 59 rows');
  expect(lines(at('output/images.csv'))).toHaveLength(60);
  expect(lines(at('output/failures.csv'))).toHaveLength(2);
  expect(JSON.parse(readFileSync(at('output/metrics.json'), 'utf8'))).toMatchObject({
    images_processed: 59,
    corrupted_images: 1,
    augmentation_applied: false,
    output_format: 'npy,csv',
    pipeline_status: 'partial failure',
  });
  expect(existsSync(at('output/logs/pipeline.log'))).toBe(true);
  expect(existsSync(at('output/.imagemill-parts'))).toBe(false);
});

test('a file is the one format that its ending says, with copies when augmented', async () => {
  const { code, out, said } = await imagemill(
    '--input', 'pets', '--output', 'table/pets.csv', '--image_size', '32', '--augment', 'True',
  ); // biome-ignore format: a command
  expect([code, out]).toEqual([0, 'table/pets.csv\n']);
  expect(said).toContain('success: 30 images, 54 rows');
  expect([...readFolder(at('table')).keys()].sort()).toEqual([
    'failures.csv', 'logs/pipeline.log', 'metrics.json', 'pets.csv',
  ]); // biome-ignore format: a list
  expect(lines(at('table/pets.csv'))).toHaveLength(55);
});

test('the same command gives the same bytes, with any number of workers, in a folder and in a zip', async () => {
  const options = [
    '--input',
    'pets',
    '--augment',
    '--image_size',
    '40x30',
    '--formats',
    'npy,csv,json',
    '--seed',
    '3',
  ];
  const [one, four, zipped] = [
    await imagemill(...options, '--output', 'one', '--workers', '1'),
    await imagemill(...options, '--output', 'four', '--workers', '4'),
    await imagemill(...options, '--output', 'all.zip'),
  ];
  expect([one.code, four.code, zipped.code]).toEqual([0, 0, 0]);
  const expected = digests(readFolder(at('one')));
  expect(Object.keys(expected)).toContain('images.npy');
  expect(digests(readFolder(at('four')))).toEqual(expected);
  expect(digests(unzip(readFileSync(at('all.zip'))))).toEqual(expected);
  expect(existsSync(at('all.zip.parts'))).toBe(false);
});

test('files of an earlier run that this one does not write are named, and stay', async () => {
  const options = ['--input', 'pets', '--image_size', '16', '--formats', 'csv,npy', '--output', 'again/'];
  expect((await imagemill(...options)).said).not.toContain('earlier run');
  // By the second run after it too: each remembers what the one before did.
  for (let i = 0; i < 2; i++) {
    const { said } = await imagemill(...options.with(5, 'csv'));
    expect(said).toContain(
      'of an earlier run, and not of this one, there are also: images.npy, labels.npy, splits.npy and 1 more',
    );
  }
  expect(readFolder(at('again')).has('images.npy')).toBe(true);
});

test('pictures of an earlier run that this one does not write are counted', async () => {
  const options = ['--input', 'pets', '--image_size', '16', '--formats', 'images', '--output', 'pictures'];
  expect((await imagemill(...options)).said).not.toContain('earlier run');
  expect((await imagemill(...options)).said).not.toContain('earlier run');
  const { said } = await imagemill(...options, '--picture_type', 'png');
  expect(said).toContain('there are also: images/ (30 of its pictures); delete them');
});

test('a config says all of it, and flags win over it', async () => {
  writeFileSync(at('config.yaml'), 'input: ./pets\noutput: ./configured\nimage: { width: 16, height: 12 }\n');
  const { code } = await imagemill('--config', 'config.yaml', '--height', '16', '--formats', 'npy');
  expect(code).toBe(0);
  const array = readFileSync(at('configured/images.npy'));
  expect(array.subarray(0, 128).toString('latin1')).toContain("'shape': (30, 16, 16, 3)");
  expect(array.length).toBe(128 + 30 * 16 * 16 * 3);
});

test('failed images alone are tried again', async () => {
  mkdirSync(at('mended/cat'), { recursive: true });
  drawFolder(at('mended'), 9);
  const broken = at('mended/cat/picture 0003.png');
  const whole = readFileSync(broken);
  truncateSync(broken, 500);
  const command = ['--input', 'mended', '--output', 'retried', '--image_size', '20', '--shard_images', '3'];
  expect((await imagemill(...command)).code).toBe(3);
  writeFileSync(broken, whole);
  const again = await imagemill(...command, '--retry_failed');
  expect(again.said).toContain('success: 9 images');
  expect(again.code).toBe(0);
  expect((await imagemill(...command.with(3, 'fresh'))).code).toBe(0);
  expect(digests(readFolder(at('retried')))).toEqual(digests(readFolder(at('fresh'))));
});

test('changed inputs are named, and --fresh starts over', async () => {
  drawFolder(at('changing'), 6);
  const command = ['--input', 'changing', '--output', 'changed', '--image_size', '20', '--shard_images', '2'];
  truncateSync(at('changing/cat/picture 0000.png'), 300);
  expect((await imagemill(...command)).code).toBe(3);
  rmSync(at('changing/dog/picture 0004.png'));
  const retried = await imagemill(...command, '--retry_failed');
  expect(retried.code).toBe(1);
  expect(retried.said).toContain('1 image is gone (dog/picture 0004.png)');
  expect(retried.said).toContain('--fresh starts a new run');
  expect((await imagemill(...command, '--fresh')).code).toBe(3);
});

test.describe('wrong use ends with 2 and a sentence', () => {
  for (const [args, sentence] of [
    [['--imput', 'pets'], 'There is no flag --imput. Did you mean --input?'],
    [['--input', 'nowhere'], '--input nowhere does not exist'],
    [['--fit', 'covr'], '--fit: got "covr"'],
    [['--normalise', 'unit'], '--dtype: got uint8, which cannot hold unit values; choose float32 or float16'],
    [['--rotate.degrees', '500'], 'augment.steps[1].rotate.degrees'],
    [['--output', '/proc/nowhere/x.csv'], 'Nothing could be written in /proc/nowhere'],
    [['--output', 'x.xlsx'], '--output ends in .xlsx'],
  ] as const) {
    test(args.join(' '), async () => {
      const { code, out, said } = await imagemill(...args);
      expect([code, out]).toEqual([2, '']);
      expect(said).toContain(sentence);
    });
  }
});

test('a folder without images is a failure that says so, and leaves nothing', async () => {
  mkdirSync(at('notes'));
  writeFileSync(at('notes/a.txt'), 'text');
  const { code, said } = await imagemill('--input', 'notes', '--output', 'none');
  expect(code).toBe(1);
  expect(said).toContain('No images were found. 1 files were left out');
  expect(existsSync(at('none'))).toBe(false);
});

test.describe('a stream that nobody reads', () => {
  test.skip(process.platform === 'win32', 'needs a shell of Unix');
  const shell = (line: string) => {
    const command = `'${process.execPath}' '${commandLine}' --input pets --image_size 16`;
    const script = line.replace('imagemill', command);
    return spawnSync('bash', ['-o', 'pipefail', '-c', script], { cwd: home, encoding: 'utf8' });
  };

  test('does not make a run fail', () => {
    const unread = shell('imagemill --output unread | true');
    expect([unread.status, unread.stderr]).toEqual([0, expect.stringContaining('success: 30 images')]);
    const untold = shell('imagemill --output untold 2>&1 >/dev/null | true');
    expect([untold.status, untold.stderr]).toEqual([0, '']);
    for (const folder of ['unread', 'untold']) expect(existsSync(at(folder, 'metrics.json'))).toBe(true);
  });

  test('is told when it is full', () => {
    test.skip(!existsSync('/dev/full'), 'needs /dev/full');
    const { status, stderr } = shell('imagemill --output full >/dev/full');
    expect([status, stderr.trimEnd().split('\n').slice(-1)]).toEqual([
      1,
      ['Standard output cannot be written (ENOSPC). Send it somewhere else.'],
    ]);
  });
});

test('the help knows every knob of the schema', async () => {
  const { code, out } = await imagemill('--help');
  expect(code).toBe(0);
  const schema: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL('../dist/recipe.schema.json', import.meta.url)), 'utf8'),
  );
  const texts = [...JSON.stringify(schema).matchAll(/"help":"((?:[^"\\]|\\.)*)"/g)].map(
    ([, text]) => JSON.parse(`"${text}"`) as string,
  );
  expect(texts.length).toBeGreaterThan(30);
  const told = out.replace(/\s+/g, ' ');
  expect(texts.filter((text) => !told.includes(text)).sort()).toEqual(['zip, or a folder that you choose.']);
  expect((await imagemill('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
