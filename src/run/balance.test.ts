import { expect, it } from 'vitest';
import { fileRef } from '../core/image';
import type { PlannedImage } from '../core/plan';
import type { Split } from '../core/split';
import { balanceCopies } from './balance';

const image = (label: string | null, split: Split = 'train'): PlannedImage => ({
  ref: fileRef('', new File([], '')),
  label,
  labelId: label === null ? -1 : label.charCodeAt(0),
  split,
  copies: split === 'train' ? 1 : 0,
  extra: {},
});
const many = (count: number, ...given: Parameters<typeof image>) =>
  Array.from({ length: count }, () => image(...given));
const augment = { enabled: true, copies: 1, splits: ['train'] as Split[], balance: 0.5 };
const copiesOf = (images: readonly PlannedImage[], label: string | null, split: Split = 'train') =>
  images.filter((each) => each.label === label && each.split === split).map(({ copies }) => copies);

it('gives rare labels of the augmented splits copies up to the ratio, and no others', () => {
  const given = [
    ...many(20, 'a'),
    ...many(3, 'b'),
    ...many(12, 'c'),
    ...many(2, null),
    ...many(2, 'b', 'test'),
  ];
  const { images, notes } = balanceCopies(given, augment);
  expect(copiesOf(images, 'b')).toEqual([6, 6, 5]); // 20 rows, half of 40
  expect(new Set([...copiesOf(images, 'a'), ...copiesOf(images, 'c'), ...copiesOf(images, null)])).toEqual(
    new Set([1]),
  );
  expect(copiesOf(images, 'b', 'test')).toEqual([0, 0]);
  expect(notes).toEqual([]);
  expect(balanceCopies(given, { ...augment, balance: 0 }).images).toBe(given);
});

it('stops at a hundred copies and says which label stays rare', () => {
  const { images, notes } = balanceCopies([...many(500, 'a'), image('b')], { ...augment, balance: 1 });
  expect(copiesOf(images, 'b')).toEqual([100]);
  expect(notes.join()).toContain('b');
});

it('names a label once, though it is rare in several splits', () => {
  const given = [...many(500, 'a'), image('b'), ...many(500, 'a', 'test'), image('b', 'test')];
  const { notes } = balanceCopies(given, { ...augment, splits: ['train', 'test'], balance: 1 });
  expect(notes).toEqual(['1 of 2 labels ("b") stay rare: an image has at most 100 copies.']);
});

it('makes no row for an error of rounding', () => {
  const { images } = balanceCopies([...many(50, 'a'), image('b')], { ...augment, balance: 0.07 });
  expect(0.07 * 100).toBeGreaterThan(7);
  expect(copiesOf(images, 'b')).toEqual([6]); // 7 rows of 100
});
