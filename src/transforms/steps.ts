import { assert } from '../base/assert';
import type { Random } from '../base/random';
import type { Pass } from '../core/gpu';
import type { Pixels, Size } from '../core/image';
import type { Box, PassPicture, Registry } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Drawn } from '../core/row';
import { transforms } from './index';

/** One of the recipe's augmentation steps: a transform with its knobs. */
export interface Step {
  /** What its random numbers are keyed by: its place in `augment.steps`. */
  readonly index: number;
  /** How much its crops enlarge at most, at least 1. */
  readonly zoom: number;
  /** Draws its parameters for one copy; null when it does not happen. */
  draw(random: Random): Drawn | null;
  /** Narrows the source box; null for a step that changes pixels. */
  readonly crop: ((box: Box, size: Size, wanted: Size, drawn: Drawn) => Box) | null;
  /** Mixes a partner's pixels in, perhaps in place; null for a step that takes no partner. */
  readonly mix:
    | (<P extends Pixels>(
        raster: P,
        partner: P,
        drawn: Drawn,
      ) => { readonly raster: P; readonly weight: number })
    | null;
  /** Changes pixels, perhaps in place. */
  apply<P extends Pixels>(raster: P, drawn: Drawn): P;
  /** The same for the GPU; null where only the CPU can. */
  passes(drawn: Drawn, picture: PassPicture): readonly Pass[] | null;
}

/** Reads the augmentation steps of a parsed recipe. */
export function stepsOf(recipe: Recipe): readonly Step[] {
  return recipe.augment.steps.map((step, index) => {
    const [[id, knobs]] = Object.entries(step);
    const transform = transforms.find((known) => known.id === id);
    assert(transform, `the step ${id} passed the recipe's schema`);
    return bind(transform, knobs, index);
  });
}

function bind(transform: Registry['transforms'][number], given: unknown, index: number): Step {
  const knobs = transform.knobs.parse(given) as never; // its own schema parsed them, so they are what it takes
  const { crop, mix } = transform;
  return {
    index,
    zoom: transform.zoom?.(knobs) ?? 1,
    draw(random) {
      const drawn = transform.draw(knobs, random);
      return drawn === null ? null : { step: transform.id, ...drawn };
    },
    crop: crop ? (box, size, wanted, drawn) => crop(box, size, wanted, drawn, knobs) : null,
    mix: mix ? (raster, partner, drawn) => mix(raster, partner, drawn, knobs) : null,
    apply: (raster, drawn) => transform.apply?.(raster, drawn, knobs) ?? raster,
    passes: (drawn, picture) => (crop ? [] : (transform.passes?.(drawn, picture, knobs) ?? null)),
  };
}
