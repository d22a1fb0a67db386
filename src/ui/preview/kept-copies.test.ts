import { expect, it } from 'vitest';
import { keptCopies } from './kept-copies';

it('tells the copies that the plan gives an image, which a balance of labels may have raised', () => {
  const copiesOf = (copies: number) => keptCopies({ copies, split: 'train' }, { enabled: true });
  expect(copiesOf(1)).toEqual({ kept: 1, shown: 6, words: 'the run keeps the first' });
  expect(copiesOf(9)).toEqual({ kept: 9, shown: 9, words: 'the run keeps 9 of this image' });
  expect(copiesOf(40)).toMatchObject({ kept: 40, shown: 12 });
  expect(copiesOf(40).words).toBe('the run makes 40 of this image, these are the first');
});

it('makes none of a split that is not augmented, and shows none when nothing is', () => {
  const none = keptCopies({ copies: 0, split: 'test' }, { enabled: true });
  expect(none).toEqual({ kept: 0, shown: 6, words: 'the run augments no test image' });
  expect(keptCopies({ copies: 3, split: 'train' }, { enabled: false })).toMatchObject({ kept: 0, shown: 0 });
});
