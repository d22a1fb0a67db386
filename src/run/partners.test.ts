import { expect, it } from 'vitest';
import { fileRef } from '../core/image';
import type { PlannedImage, Shard } from '../core/plan';
import { parseRecipe } from '../core/recipe';
import type { Split } from '../core/split';
import { createPartners } from './partners';
import { schema } from './registry';

const steps = [{ brightness: {} }, { mixup: { probability: 1 } }, { cutmix: { probability: 0.5 } }];
const recipe = parseRecipe({ augment: { enabled: true, steps } }, schema);

const image = (key: string, label: string | null, split: Split = 'train'): PlannedImage => ({
  ref: fileRef(key, new File([], key)),
  label,
  labelId: label === null ? -1 : 0,
  split,
  copies: 1,
  extra: {},
});
const shardOf = (start: number, end: number, index = 0): Shard => ({ index, folder: '', part: 0, of: 1, start, end, rows: end - start }); // biome-ignore format: a record

/** Each image's partners, as `copy.step:key`. */
function partnersOf(images: readonly PlannedImage[], copies = 3, shard = shardOf(0, images.length)) {
  const find = createPartners({ images }, recipe);
  const told = images.slice(shard.start, shard.end).map((each) => {
    const found = find(each, copies, shard);
    const uses = found.flatMap(({ image, of }) =>
      of.map(({ copy, step }) => `${copy}.${step}:${image.ref.key}`),
    );
    return [each.ref.key, uses.sort()] as const;
  });
  return new Map(told);
}

const many = Array.from({ length: 200 }, (_, i) => image(`${i}.jpg`, i % 3 === 0 ? 'cat' : 'dog'));

it('gives every copy that is mixed one partner, never itself, and about as often each', () => {
  const found = partnersOf(many);
  const counts = new Map<string, number>();
  for (const [key, uses] of found) {
    const mixups = uses.filter((use) => use.includes('.1:'));
    expect(mixups.map((use) => use.slice(0, 3))).toEqual(['1.1', '2.1', '3.1']);
    expect(uses.some((use) => use.endsWith(`:${key}`))).toBe(false);
    for (const use of uses) counts.set(use.split(':')[1], (counts.get(use.split(':')[1]) ?? 0) + 1);
  }
  expect(counts.size).toBeGreaterThan(180);
  expect(Math.max(...counts.values())).toBeLessThan(20); // 4.5 on average
});

it('stays within the split, and keeps what has a label from what has none', () => {
  const images = many.slice(0, 40).map((each, i) => ({
    ...each,
    label: i % 5 === 0 ? null : each.label,
    split: (['train', 'train', 'test'] as const)[i % 3],
  }));
  const byKey = new Map(images.map((each) => [each.ref.key, each]));
  for (const [key, uses] of partnersOf(images))
    for (const use of uses) {
      const [own, partner] = [byKey.get(key), byKey.get(use.split(':')[1])];
      expect(partner?.split).toBe(own?.split);
      expect(partner?.label === null).toBe(own?.label === null);
    }
});

it('stays within the shard, whatever lies around it', () => {
  const whole = partnersOf(many, 3, shardOf(50, 90));
  expect(partnersOf(many.slice(50, 90))).toEqual(whole);
  for (const uses of whole.values()) for (const use of uses) expect(whole.has(use.split(':')[1])).toBe(true);
});

it('changes few partners when an image comes or goes', () => {
  const before = partnersOf(many);
  const after = partnersOf([...many.slice(0, 70), ...many.slice(71)]);
  const changed = [...after].filter(([key, uses]) => uses.join() !== before.get(key)?.join());
  // Those whose partner it was, and no others.
  const followers = [...before].filter(([, uses]) => uses.some((use) => use.endsWith(':70.jpg')));
  expect(changed.map(([key]) => key)).toEqual(
    followers.map(([key]) => key).filter((key) => key !== '70.jpg'),
  );
});

it('finds none for an image alone, and asks for none where nothing is mixed', () => {
  expect([...partnersOf([image('a', 'cat'), image('b', null), image('c', 'dog', 'test')]).values()].flat()).toEqual([]); // biome-ignore format: one call
  const plain = parseRecipe({ augment: { enabled: false, steps } }, schema);
  expect(createPartners({ images: many }, plain)(many[0], 3, shardOf(0, 200))).toEqual([]);
});
