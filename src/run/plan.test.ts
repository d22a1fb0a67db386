import { describe, expect, it } from 'vitest';
import { byCodePoint } from '../base/order';
import { random } from '../base/random';
import { parseRecipe, type Recipe } from '../core/recipe';
import { type Listing, listImages } from './listing';
import { makePlan } from './plan';
import { schema } from './registry';

const recipeOf = (input: unknown): Recipe => parseRecipe(input, schema);

/** Names that break careless code: reserved in addresses, astral, composed and not, very long. */
const oddNames = [
  '#',
  '%41',
  'a b',
  'ä',
  'a\u0308',
  '😀',
  '\uff5e',
  "'",
  '"',
  '日本',
  'x'.repeat(255),
  '-',
  '~',
];

function makeGrants(count: number) {
  const numbers = random('grants', count);
  const files = Array.from({ length: count }, (_, i) => {
    const odd = oddNames[Math.floor(numbers.between(0, oddNames.length))];
    const key = `class ${Math.floor(numbers.between(0, 5))}/${odd}-${i}.jpg`;
    return { key, file: new File(['1234567'.slice(0, i % 8)], key) };
  });
  return { files };
}

async function listOf(count: number): Promise<Listing> {
  return listImages(recipeOf({ source: { type: 'files' } }), makeGrants(count), new AbortController().signal);
}

describe('makePlan', () => {
  it('cuts shards that are consecutive and hold every image once, in key order', async () => {
    for (const [count, most] of [
      [0, 5],
      [1, 5],
      [5, 5],
      [6, 5],
      [137, 10],
      [137, 1000],
    ] as const) {
      const plan = await makePlan(await listOf(count), recipeOf({ output: { shard_images: most } }));
      expect(plan.images).toHaveLength(count);
      expect(plan.shards).toHaveLength(Math.ceil(count / most));
      let next = 0;
      for (const [i, shard] of plan.shards.entries()) {
        expect(shard).toMatchObject({ index: i, folder: '', part: i, of: plan.shards.length, start: next });
        expect(shard.rows).toBe(shard.end - shard.start);
        expect(shard.end - shard.start).toBeGreaterThan(0);
        next = shard.end;
      }
      expect(next).toBe(count);
      const keys = plan.images.map(({ ref }) => ref.key);
      expect(keys).toEqual(keys.toSorted(byCodePoint));
    }
  });

  it('lays out by split: each folder with shards of its own, in split order then key order', async () => {
    const plan = await makePlan(
      await listOf(200),
      recipeOf({ output: { layout: 'by-split', shard_images: 30 } }),
    );
    expect(plan.shards.map(({ folder, part, of }) => `${folder} ${part}/${of}`)).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((part) => `train/ ${part}/6`),
      'validation/ 0/1',
      'test/ 0/1',
    ]);
    expect(plan.shards.map(({ start }) => start)).toEqual([
      0,
      ...plan.shards.slice(0, -1).map(({ end }) => end),
    ]);
    expect(plan.shards.at(-1)?.end).toBe(200);
    for (const shard of plan.shards) {
      const images = plan.images.slice(shard.start, shard.end);
      expect(new Set(images.map(({ split }) => `${split}/`))).toEqual(new Set([shard.folder]));
      const keys = images.map(({ ref }) => ref.key);
      expect(keys).toEqual(keys.toSorted(byCodePoint));
    }
    expect(new Set(plan.images.map(({ ref }) => ref.key)).size).toBe(200);
  });

  it('cuts by bytes as well, by what is known of the output before the first pixel', async () => {
    // 224 x 224 x 3 of float32 and 600 bytes of columns, twice: 1.2 MB an image.
    const recipe = (shard_megabytes: number, more: object = {}) =>
      recipeOf({
        normalise: { dtype: 'float32' },
        augment: { enabled: true, splits: ['train', 'validation', 'test'] },
        output: { formats: ['csv', 'npy'], shard_megabytes, ...more },
      });
    const sizes = async (recipe: Recipe) =>
      (await makePlan(await listOf(20), recipe)).shards.map(({ start, end, of }) => [end - start, of]);
    expect(await sizes(recipe(0))).toEqual([[20, 1]]);
    expect(await sizes(recipe(10))).toEqual([
      [8, 3],
      [8, 3],
      [4, 3],
    ]);
    expect(await sizes(recipe(10, { shard_images: 5 }))).toEqual([
      [5, 4],
      [5, 4],
      [5, 4],
      [5, 4],
    ]);
    expect((await sizes(recipe(0.1))).length).toBe(20);
    expect(await sizes(recipe(10, { formats: ['csv'] }))).toEqual([[20, 1]]);
  });

  it('gives no shard to a split without images', async () => {
    const recipe = recipeOf({ split: { by: 'none' }, output: { layout: 'by-split' } });
    expect((await makePlan(await listOf(3), recipe)).shards.map(({ folder }) => folder)).toEqual(['train/']);
  });

  it('counts copies of the augmented splits in the rows', async () => {
    const augment = { enabled: true, copies: 3, splits: ['train', 'test'] };
    const plan = await makePlan(await listOf(100), recipeOf({ augment, output: { layout: 'by-split' } }));
    expect(plan.shards.map(({ rows }) => rows)).toEqual([320, 10, 40]);
    for (const { split, copies } of plan.images) expect(copies).toBe(split === 'validation' ? 0 : 3);
    const plain = await makePlan(await listOf(100), recipeOf({ augment: { ...augment, enabled: false } }));
    expect(plain.shards.map(({ rows }) => rows)).toEqual([100]);
  });

  it('labels by id in code-point order, sums bytes, and hands on what was left out', async () => {
    const listing = await listOf(64);
    const plan = await makePlan({ ...listing, hidden: 2, notAnImage: 3 }, recipeOf({}));
    expect(plan.classNames).toEqual(['class 0', 'class 1', 'class 2', 'class 3', 'class 4']);
    for (const { label, labelId, ref } of plan.images) {
      expect(label).toBe(ref.key.split('/')[0]);
      expect(plan.classNames[labelId]).toBe(label);
    }
    expect(plan.bytes).toBe(28 * 8);
    expect(plan.leftOut).toEqual({ hidden: 2, notAnImage: 3 });
    const unlabelled = await makePlan(listing, recipeOf({ labels: { from: 'none' } }));
    expect(unlabelled.images.every(({ label, labelId }) => label === null && labelId === -1)).toBe(true);
  });

  it('does not depend on the order in which files were granted', async () => {
    const { files } = makeGrants(150);
    const recipe = recipeOf({ source: { type: 'files' }, output: { layout: 'by-split', shard_images: 7 } });
    const shuffled = files.toSorted((a, b) => random(a.key).next() - random(b.key).next());
    const planOf = async (granted: typeof files) => {
      const plan = await makePlan(
        await listImages(recipe, { files: granted }, new AbortController().signal),
        recipe,
      );
      return { ...plan, images: plan.images.map(({ ref, ...rest }) => ({ key: ref.key, ...rest })) };
    };
    expect(await planOf(shuffled)).toEqual(await planOf(files));
  });

  it('says which images lie outside of the folders that splits come from', async () => {
    const files = ['train/a/1.jpg', 'val/a/2.jpg', '3.jpg'].map((key) => ({ key, file: new File([], key) }));
    const recipe = recipeOf({ source: { type: 'files' }, split: { by: 'folder' } });
    const listing = await listImages(recipe, { files }, new AbortController().signal);
    const plan = await makePlan(listing, recipe);
    expect(plan.images.map(({ split, label }) => [split, label])).toEqual([
      ['train', null],
      ['train', 'a'],
      ['validation', 'a'],
    ]);
    expect(plan.notes).toEqual([
      '1 of 3 images ("3.jpg") have no folder at level -1: no label.',
      '1 of 3 images ("3.jpg") lie in no train, validation or test folder: they train.',
    ]);
  });
});
