import { afterEach, expect, it } from 'vitest';
import { RecipeError } from '../core/failure';
import { fileRef } from '../core/image';
import { parseRecipe } from '../core/recipe';
import { drawPng, gradient } from '../decoders/test-files';
import { descriptor } from '../features/descriptor';
import type { Listing } from './listing';
import { schema } from './registry';
import { readOutput } from './save';
import { deleteSavedRun } from './saved-runs';
import { startRun } from './start';

const begun: string[] = [];
afterEach(async () => {
  for (const id of begun.splice(0)) await deleteSavedRun(id);
});

const png = drawPng(gradient(40, 30));
const listing: Listing = {
  images: ['a/1.png', 'b/2.png', 'b/broken.png'].map((key) => {
    const bytes = key.includes('broken') ? png.slice(0, 60) : png;
    return fileRef(key, new File([bytes], key, { lastModified: 0 }));
  }),
  tables: [],
  hidden: 0,
  notAnImage: 0,
  notes: [],
};

async function run(changes: object, workers = 2) {
  const recipe = parseRecipe({ source: { type: 'sample' }, split: { by: 'none' }, ...changes }, schema);
  const started = startRun(recipe, {}, { listing, workers });
  begun.push(started.id);
  const report = await started.done;
  return { report, blob: (path: string) => readOutput(started.id, path) };
}

/** The rows of a float32 matrix, behind its header of 128 bytes. */
async function vectorsIn(blob: Blob | null): Promise<readonly (readonly number[])[]> {
  const values = new Float32Array((await blob!.arrayBuffer()).slice(128));
  const count = values.length / length;
  return Array.from({ length: count }, (_, row) => [...values.slice(row * length, (row + 1) * length)]);
}

const length = descriptor
  .columns({})
  .reduce((sum, column) => sum + (column.kind === 'vector' ? column.length : 0), 0);

it('measures every row of the images that decode, a copy as the model sees it, and tells how long it took', async () => {
  const { report, blob } = await run({
    image: { width: 16, height: 16 },
    augment: { enabled: true, copies: 1, steps: [{ invert: { probability: 1 } }] },
    features: { extractors: ['descriptor'] },
    output: { formats: ['npy', 'jsonl'] },
  });
  expect(report.metrics.images_processed).toBe(2);
  expect(report.stageMs.extract).toBeGreaterThan(0);
  const [plain, copy, again] = await vectorsIn(await blob('features.npy'));
  expect(again).toEqual(plain); // the same picture under another name
  expect(copy).not.toEqual(plain);
  const lines = (await (await blob('images.jsonl'))!.text()).trimEnd().split('\n');
  const lists = lines.map((line) => JSON.parse(line).features_descriptor.map(Math.fround));
  expect(lists.slice(0, 2)).toEqual([plain, copy]);
});

it('gives the same bytes with one worker and with four, and more of the picture than the output holds', async () => {
  const changes = { features: { extractors: ['descriptor'] }, output: { formats: ['npy'] } };
  const hashes = async (workers: number, image: object) =>
    (await run({ ...changes, image }, workers)).report.files.find(({ path }) => path === 'features.npy')
      ?.sha256;
  const one = await hashes(1, { width: 8, height: 8 });
  expect(one).toBeDefined();
  expect(await hashes(4, { width: 8, height: 8 })).toBe(one);
  // A plain row is measured before it is resized.
  expect(await hashes(2, { width: 24, height: 8, fit: 'stretch' })).toBe(one);
});

it('refuses features of numbers that are on no known scale', () => {
  const changes = {
    decode: { range: 'stored' },
    normalise: { dtype: 'float32' },
    features: { extractors: ['descriptor', 'descriptor'] },
  };
  expect(() => parseRecipe(changes, schema)).toThrow(RecipeError);
  expect(() => parseRecipe(changes, schema)).toThrow(/twice\n.*range: stored/);
});
