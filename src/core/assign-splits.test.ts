import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import { assignSplits, type Splittable } from './assign-splits';
import type { Recipe } from './recipe';
import { findSplitFolder, type Split, splits } from './split';

const ratio: Recipe['split'] = { by: 'ratio', validation: 0.1, test: 0.1, stratify: true };

function makeItems(counts: Readonly<Record<string, number>>): Splittable[] {
  return Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => ({
      key: `${label}/${i}.jpg`,
      label: label === '' ? null : label,
    })),
  );
}

function tally(items: readonly Splittable[], assigned: readonly Split[], label?: string | null) {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const [i, split] of assigned.entries())
    if (label === undefined || items[i].label === label) counts[split]++;
  return counts;
}

const asMap = (items: readonly Splittable[], assigned: readonly Split[]) =>
  new Map(items.map(({ key }, i) => [key, assigned[i]]));

describe('assignSplits by ratio', () => {
  it('gives exact counts where the shares are whole', async () => {
    const items = makeItems({ cat: 100, dog: 50, '': 20 });
    const assigned = await assignSplits(items, ratio, 0);
    expect(tally(items, assigned, 'cat')).toEqual({ train: 80, validation: 10, test: 10 });
    expect(tally(items, assigned, 'dog')).toEqual({ train: 40, validation: 5, test: 5 });
    expect(tally(items, assigned, null)).toEqual({ train: 16, validation: 2, test: 2 });
  });

  it('keeps totals and each label near its share, for any sizes, shares and seeds', async () => {
    const numbers = random('split property');
    for (let round = 0; round < 150; round++) {
      const names = Array.from({ length: 1 + Math.floor(numbers.between(0, 30)) }, (_, i) => `class ${i}`);
      const items = makeItems(
        Object.fromEntries(
          names.map((name) => [name, Math.floor(numbers.between(0, 40) ** numbers.between(0.3, 1.2))]),
        ),
      );
      const test = Math.round(numbers.between(0, 60)) / 100;
      const validation = Math.round(numbers.between(0, 100 - 100 * test)) / 100;
      const knobs = { ...ratio, test, validation };
      const assigned = await assignSplits(items, knobs, round);
      const all = tally(items, assigned);
      expect(assigned).toHaveLength(items.length);
      expect(Math.abs(all.test - items.length * test)).toBeLessThanOrEqual(0.5 + 1e-6);
      expect(Math.abs(all.validation - items.length * validation)).toBeLessThanOrEqual(1 + 1e-6);
      for (const name of names) {
        const own = tally(items, assigned, name);
        const count = own.train + own.validation + own.test;
        // The total's rounding tips a quota by a little, so the bound is just above one.
        expect(Math.abs(own.test - count * test)).toBeLessThan(1.5);
        expect(Math.abs(own.validation - count * validation)).toBeLessThan(2.5);
      }
    }
  });

  it('spreads what small labels leave over, so that 100 classes of 4 images still test a tenth', async () => {
    const items = makeItems(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`class ${i}`, 4])));
    const assigned = await assignSplits(items, ratio, 5);
    expect(tally(items, assigned)).toEqual({ train: 320, validation: 40, test: 40 });
    for (let i = 0; i < 100; i++) expect(tally(items, assigned, `class ${i}`).test).toBeLessThanOrEqual(1);
  });

  it('does not depend on the order of the listing', async () => {
    const items = makeItems({ a: 33, b: 7, '': 5, '🐈': 11 });
    const shuffled = items.toSorted(
      (a, b) => random('shuffle', a.key).next() - random('shuffle', b.key).next(),
    );
    for (const stratify of [true, false]) {
      const knobs = { ...ratio, stratify };
      const one = asMap(items, await assignSplits(items, knobs, 1));
      const other = asMap(shuffled, await assignSplits(shuffled, knobs, 1));
      for (const [key, split] of one) expect(other.get(key), key).toBe(split);
    }
  });

  it('depends on the seed', async () => {
    const items = makeItems({ a: 200 });
    expect(await assignSplits(items, ratio, 1)).toEqual(await assignSplits(items, ratio, 1));
    expect(await assignSplits(items, ratio, 1)).not.toEqual(await assignSplits(items, ratio, 2));
  });

  it('moves few images when one is added', async () => {
    const items = makeItems({ a: 101, b: 57, c: 340, d: 12 });
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const more = [...items, { key: `c/new-${seed}.jpg`, label: 'c' }];
      const before = asMap(items, await assignSplits(items, ratio, seed));
      const after = asMap(more, await assignSplits(more, ratio, seed));
      const moved = [...before].filter(([key, split]) => after.get(key) !== split);
      expect(moved.length).toBeLessThanOrEqual(8);
    }
  });

  it('keeps the test when the share for validation changes', async () => {
    const items = makeItems({ a: 101, b: 57 });
    const tests = async (validation: number) =>
      [...asMap(items, await assignSplits(items, { ...ratio, validation }, 3))].filter(
        ([, split]) => split === 'test',
      );
    expect(await tests(0.25)).toEqual(await tests(0.1));
  });

  it('mixes labels freely when it does not stratify', async () => {
    const items = makeItems({ a: 60, b: 40 });
    const assigned = await assignSplits(items, { ...ratio, stratify: false }, 4);
    expect(tally(items, assigned)).toEqual({ train: 80, validation: 10, test: 10 });
  });

  it.each([
    [0, 0, { train: 7, validation: 0, test: 0 }],
    [1, 0, { train: 0, validation: 7, test: 0 }],
    [0, 1, { train: 0, validation: 0, test: 7 }],
    [0.5, 0.5, { train: 0, validation: 3, test: 4 }],
  ])('takes validation %d and test %d', async (validation, test, expected) => {
    const items = makeItems({ a: 3, b: 4 });
    expect(tally(items, await assignSplits(items, { ...ratio, validation, test }, 0))).toEqual(expected);
  });

  it('takes nothing at all', async () => {
    expect(await assignSplits([], ratio, 0)).toEqual([]);
  });
});

describe('assignSplits by folder', () => {
  it.each([
    ['train/cat/1.jpg', 'train'],
    ['Training/1.jpg', 'train'],
    ['coco/train2017/1.jpg', 'train'],
    ['training_set/cat/1.jpg', 'train'],
    ['a/VAL/cat/1.jpg', 'validation'],
    ['valid/1.jpg', 'validation'],
    ['validation/1.jpg', 'validation'],
    ['dev/1.jpg', 'validation'],
    ['cat/test/1.jpg', 'test'],
    ['testing/1.jpg', 'test'],
    ['Eval/1.jpg', 'test'],
    ['evaluation/1.jpg', 'test'],
    ['train/test/1.jpg', 'train'],
    ['cat/test.jpg', 'train'],
    ['trains/1.jpg', 'train'],
    ['developers/1.jpg', 'train'],
    ['1.jpg', 'train'],
  ] as const)('puts %s into %s', async (key, expected) => {
    expect(await assignSplits([{ key, label: null }], { ...ratio, by: 'folder' }, 0)).toEqual([expected]);
  });

  it('takes only whole names for split folders', () => {
    for (const key of ['trains/1.jpg', 'developers/1.jpg', 'contest/1.jpg', 'test.jpg', 'testament/x.jpg'])
      expect(findSplitFolder(key), key).toBeNull();
    expect(findSplitFolder('a/b/Test-Images/c/1.jpg')).toEqual({ at: 2, split: 'test' });
  });
});

it('trains with everything when there is no split', async () => {
  const items = makeItems({ test: 5 });
  expect(new Set(await assignSplits(items, { ...ratio, by: 'none' }, 0))).toEqual(new Set([splits[0]]));
});
