import type { Recipe } from '../../core/recipe';
import type { KnobPath } from './path';

/** Another knob that must turn with one, so that the form does not walk into a contradiction of its own making. */
export interface Link {
  readonly path: KnobPath;
  readonly value: unknown;
  /** What is said of it. */
  readonly text: string;
}

/** Finds what must turn when `id` is set to `value`; null when nothing must. */
export function linkedTo(id: string, value: unknown, recipe: Recipe): Link | null {
  const { dtype, values } = recipe.normalise;
  if (id === 'normalise.values' && value !== 'none' && dtype === 'uint8') {
    return {
      path: ['normalise', 'dtype'],
      value: 'float32',
      text: 'Type is float32 now: uint8 cannot hold these values.',
    };
  }
  if (id === 'normalise.dtype' && value === 'uint8' && values !== 'none') {
    return {
      path: ['normalise', 'values'],
      value: 'none',
      text: 'Values are 0 to 255 now: uint8 cannot hold others.',
    };
  }
  if (id === 'image.colour' && value === 'grey' && (values === 'imagenet' || values === 'caffe')) {
    return {
      path: ['normalise', 'values'],
      value: 'unit',
      text: `Values are 0 to 1 now: ${values} needs three channels.`,
    };
  }
  return null;
}
