import { expect, it } from 'vitest';
import { selectOnClick } from './select';

const keyOf = (place: number) => `k${place}`;
const plain = { shift: false, toggle: false };
const click = (selected: string[], place: number, keys = plain, anchor: number | null = null) =>
  [...selectOnClick(new Set(selected), anchor, place, keyOf, keys)].sort();

it('selects one alone, and none when it was alone', () => {
  expect(click(['k1', 'k2'], 2)).toEqual(['k2']);
  expect(click(['k2'], 2)).toEqual([]);
});

it('toggles one with ctrl', () => {
  expect(click(['k1'], 2, { shift: false, toggle: true })).toEqual(['k1', 'k2']);
  expect(click(['k1', 'k2'], 2, { shift: false, toggle: true })).toEqual(['k1']);
});

it('selects from the anchor with shift, in both directions', () => {
  expect(click(['k9'], 3, { shift: true, toggle: false }, 1)).toEqual(['k1', 'k2', 'k3']);
  expect(click([], 1, { shift: true, toggle: false }, 3)).toEqual(['k1', 'k2', 'k3']);
  expect(click(['k9'], 2, { shift: true, toggle: true }, 1)).toEqual(['k1', 'k2', 'k9']);
});
