import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';
import { readDestination } from './destination';
import { findInputs } from './inputs';
import { readJob } from './job';
import { deriveFlags } from './knobs';
import { testSchema } from './schema.test-data';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'imagemill-job-'));
  for (const folder of ['pets/cat', 'pets/dog', 'pets/.trash/deep', 'elsewhere', 'empty', 'made.v2'])
    mkdirSync(join(base, folder), { recursive: true });
  for (const file of [
    'pets/cat/a.jpg',
    'pets/dog/ä b.png',
    'pets/.trash/x.jpg',
    'pets/.trash/deep/y.jpg',
    'elsewhere/c.jpg',
  ])
    writeFileSync(join(base, file), file);
  symlinkSync('../elsewhere', join(base, 'pets/owl'));
  symlinkSync('..', join(base, 'pets/dog/up'));
  symlinkSync('nowhere.jpg', join(base, 'pets/dog/lost.jpg'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const job = (line: string) =>
  readJob(parseArguments(line.split(' ').filter(Boolean), deriveFlags(testSchema)), base, testSchema);

describe('inputs', () => {
  it('are every file below a folder, through links, with what leads nowhere told', async () => {
    const inputs = await findInputs(['pets'], base);
    const hidden = inputs.keys.filter((key) => key.startsWith('.trash/'));
    expect(inputs.keys.filter((key) => !key.startsWith('.'))).toEqual([
      'cat/a.jpg',
      'dog/ä b.png',
      'owl/c.jpg',
    ]);
    expect(hidden).toHaveLength(1); // one stands for the hidden folder, so that it is counted
    expect(inputs.paths.at(-1)).toBe(join(base, 'pets/owl/c.jpg'));
    expect(inputs).toMatchObject({ source: 'folder', name: 'pets', folders: [join(base, 'pets')] });
    expect(inputs.leftOut.join()).toMatch(
      /dog\/up links back.*lost\.jpg is a link that leads nowhere|lost.*up links back/,
    );
  });

  it('given apart have keys from their common folder', async () => {
    const { keys, source } = await findInputs(['pets/dog/ä b.png', 'pets/cat', 'pets/cat/a.jpg'], base);
    expect(keys).toEqual(['cat/a.jpg', 'dog/ä b.png']);
    expect(source).toBe('files');
    expect((await findInputs(['pets/cat/a.jpg'], base)).keys).toEqual(['a.jpg']);
  });

  it('may be a bucket, whose address is in the recipe and what opens it is not', async () => {
    const { inputs, bucket, recipe } = await job(
      '--input https://zoo.example/pets/?prefix=a&sv=1&sig=secret',
    );
    expect(inputs).toBeNull();
    expect(bucket).toMatchObject({ url: 'https://zoo.example/pets/?prefix=a', query: 'sv=1&sig=secret' });
    expect(recipe.source).toEqual({
      type: 'bucket',
      bucket: { url: 'https://zoo.example/pets/?prefix=a', provider: 'azure' },
    });
    expect(JSON.stringify(recipe)).not.toContain('secret');
    expect((await job('--input s3://pets/cats/')).recipe.source).toMatchObject({ type: 'bucket' });
  });

  it('has one bucket alone', async () => {
    await expect(job('--input s3://pets pets')).rejects.toThrow(
      '--input names a bucket (s3://pets) and pets. A bucket is listed by itself: leave the others out.',
    );
    await expect(job('--input https://a/?prefix=&sig=secret pets')).rejects.toThrow(/sig=…/);
    await expect(job('--input s3://pets --source sample')).rejects.toThrow(
      '"sample", which reads no --input',
    );
  });

  it('may be links and lists of them, which are no part of the recipe', async () => {
    writeFileSync(join(base, 'links.txt'), 'https://a/1.jpg');
    const { inputs, recipe, throughNode } = await job(
      '--input links.txt https://a/2.jpg?sig=secret --through_node True',
    );
    expect(inputs).toMatchObject({
      source: 'links',
      keys: ['links.txt'],
      links: ['https://a/2.jpg?sig=secret'],
    });
    expect(recipe.source).toEqual({ type: 'links' });
    expect(JSON.stringify(recipe)).not.toContain('secret');
    expect(throughNode).toBe(true);
    await expect(job('--input https://a/2.jpg pets')).rejects.toThrow('--input names links and pets');
    await expect(job('--input https://a/2.jpg --through_node maybe')).rejects.toThrow(
      'expected True or False',
    );
  });

  it('that are missing are named', async () => {
    await expect(findInputs(['pets', 'nope', 'no'], base)).rejects.toThrow('--input nope, no do not exist');
  });
});

describe('the output', () => {
  it.each([
    ['out/x.csv', { folder: 'out', zip: null, file: { format: 'csv', stem: 'x' } }],
    ['x.NPY', { folder: '.', zip: null, file: { format: 'npy', stem: 'x' } }],
    ['a.b.csv', { folder: '.', zip: null, file: { format: 'csv', stem: 'a.b' } }],
    ['out/x.zip', { folder: 'out/x.zip.parts', zip: 'out/x.zip', file: null }],
    ['out', { folder: 'out', zip: null, file: null }],
    ['v1.5/', { folder: 'v1.5', zip: null, file: null }],
    ['made.v2', { folder: 'made.v2', zip: null, file: null }],
  ])('%s', (output, { folder, zip, file }) => {
    expect(readDestination(output, base, testSchema)).toEqual({
      folder: join(base, folder),
      zip: zip === null ? null : join(base, zip),
      file,
      shown: output,
    });
  });

  it.each([
    ['x.cvs', '--output ends in .cvs (did you mean .csv?); known endings are .npy, .csv or .zip.'],
    ['x.tar.gz', '--output ends in .gz; known endings'],
    ['pets/cat/a.jpg/', 'is a file. Remove the slash'],
    ['pets/cat/a.jpg/x.csv', 'cannot be reached (ENOTDIR)'],
  ])('%s is refused', (output, message) => {
    expect(() => readDestination(output, base, testSchema)).toThrow(message);
  });
});

describe('a job', () => {
  it('is the sample into ./output when nothing is said', async () => {
    expect(await job('')).toMatchObject({
      inputs: null,
      recipe: { source: { type: 'sample' }, output: { target: 'server' } },
      destination: { folder: join(base, 'output') },
      continuation: 'resume',
    });
  });

  it('takes format and name from the output, sizes and knobs from flags', async () => {
    const { recipe } = await job('--input pets --output o/x.csv --image_size 64x48 --seed 3');
    expect(recipe).toEqual({
      source: { type: 'folder' },
      image: { width: 64, height: 48 },
      output: { target: 'server', formats: ['csv'], name: 'x' },
      seed: 3,
    });
  });

  it('reads a config, whose flags and paths give way to those of the command line', async () => {
    mkdirSync(join(base, 'conf'), { recursive: true });
    writeFileSync(
      join(base, 'conf/config.yaml'),
      'version: 1\nseed: 4\ninput: ../pets\noutput: out.zip\naugment: true\nimage_size: 32\nnormalise:\n  layout: channels-first\nformats: [npy]\n',
    );
    expect(await job('--config conf/config.yaml')).toMatchObject({
      inputs: { name: 'pets' },
      destination: { zip: join(base, 'conf/out.zip') },
      recipe: {
        seed: 4,
        image: { width: 32, height: 32 },
        augment: { enabled: true },
        normalise: { layout: 'channels-first' },
        output: { formats: ['npy'] },
      },
    });
    expect(
      await job('--config conf/config.yaml --output o --seed 5 --no-augment --image_size 16'),
    ).toMatchObject({
      destination: { folder: join(base, 'o') },
      recipe: { seed: 5, augment: { enabled: false }, image: { width: 16 } },
    });
  });

  it('takes a whole recipe of the page, whose default formats give way to an ending', async () => {
    writeFileSync(
      join(base, 'page.yaml'),
      'version: 1\nsource: { type: folder }\noutput: { formats: [npy, csv], target: zip, name: images }\n',
    );
    expect((await job('--config page.yaml --input pets --output x.csv')).recipe).toMatchObject({
      output: { formats: ['csv'], name: 'x', target: 'server' },
    });
    await expect(job('--config page.yaml')).rejects.toThrow(
      'The recipe in page.yaml reads a folder: say which with --input',
    );
  });

  it.each([
    ['--output x.csv --formats npy', 'gives csv alone, and the formats are npy'],
    ['--source sample --input pets', 'The source is "sample", which reads no --input'],
    ['--source folder', '--source folder reads a folder: say which with --input'],
    ['--input empty', 'holds no files'],
    ['--config nope.yaml', '--config nope.yaml does not exist'],
    ['--config pets', '--config pets is not a file'],
    ['--fresh --retry_failed', 'are opposites'],
    ['--image_size 10by', '--image_size is "10by"'],
    ['--workers 0', '--workers is "0"; expected a whole number from 1 to 64'],
    ['--input pets --output pets/out --formats images', 'lie within each other'],
    ['--input pets/cat --output pets --formats csv,images', 'lie within each other'],
  ])('%s is refused', async (line, message) => {
    await expect(job(line)).rejects.toThrow(message);
  });

  it.each([
    ['seed: [', 'bad.yaml is not YAML'],
    ['- 1', 'bad.yaml holds [1]; expected a recipe'],
    ['imag_size: 3', 'In bad.yaml: There is no flag --imag_size. Did you mean --image_size?'],
    ['help: x', 'In bad.yaml: --help takes no value'],
  ])('a config of %j is refused', async (text, message) => {
    writeFileSync(join(base, 'bad.yaml'), text);
    await expect(job('--config bad.yaml')).rejects.toThrow(message);
  });

  it('may write a table into the folder it reads: that is no picture', async () => {
    expect((await job('--input pets --output pets/x.csv')).destination.folder).toBe(join(base, 'pets'));
  });
});
