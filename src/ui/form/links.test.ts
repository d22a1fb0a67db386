import { expect, it } from 'vitest';
import type { Recipe } from '../../core/recipe';
import { linkedTo } from './links';

// Only these parts are looked at.
const recipe = (dtype: string, values: string) => ({ normalise: { dtype, values } }) as unknown as Recipe;

it('turns the type with values that uint8 cannot hold, and back', () => {
  expect(linkedTo('normalise.values', 'signed', recipe('uint8', 'none'))).toMatchObject({ value: 'float32' });
  expect(linkedTo('normalise.dtype', 'uint8', recipe('float32', 'signed'))).toMatchObject({ value: 'none' });
});

it('leaves what does not contradict', () => {
  expect(linkedTo('normalise.values', 'signed', recipe('float16', 'none'))).toBeNull();
  expect(linkedTo('normalise.values', 'none', recipe('uint8', 'signed'))).toBeNull();
  expect(linkedTo('image.width', 3, recipe('uint8', 'none'))).toBeNull();
});

it('turns three-channel values with grey', () => {
  expect(linkedTo('image.colour', 'grey', recipe('float32', 'imagenet'))).toMatchObject({ value: 'unit' });
  expect(linkedTo('image.colour', 'grey', recipe('float32', 'signed'))).toBeNull();
});
