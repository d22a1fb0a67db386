import { afterEach, expect, it } from 'vitest';
import { RecipeError } from '../core/failure';
import { fileRef } from '../core/image';
import { parseRecipe } from '../core/recipe';
import { drawPng, gradient } from '../decoders/test-files';
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

it('measures every row of the images that decode, and tells how long it took', async () => {
  const { report } = await run({
    image: { width: 16, height: 16 },
    augment: { enabled: true, copies: 1 },
    features: { extractors: ['descriptor'] },
  });
  expect(report.metrics.images_processed).toBe(2);
  expect(report.rows).toBe(4);
  expect(report.stageMs.extract).toBeGreaterThan(0);
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
