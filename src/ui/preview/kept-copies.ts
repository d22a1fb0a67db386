import type { PlannedImage } from '../../core/plan';
import type { Recipe } from '../../core/recipe';

/** Copies in the strip when the run makes fewer: enough to see the range of the draws. */
const leastCopies = 6;
/** More than these tell nothing new and take time at every turn of a knob. */
const mostCopies = 12;

/** How many copies the run makes of an image, how many the preview shows of it, and what it says of them. */
export interface KeptCopies {
  readonly kept: number;
  readonly shown: number;
  /** Goes on before `, drawn with seed 7`. */
  readonly words: string;
}

/** Asks the plan, not the recipe, since `augment.balance` gives the images of rare labels more copies than others. */
export function keptCopies(
  { copies, split }: Pick<PlannedImage, 'copies' | 'split'>,
  { enabled }: Pick<Recipe['augment'], 'enabled'>,
): KeptCopies {
  const kept = enabled ? copies : 0;
  const shown = enabled ? Math.min(mostCopies, Math.max(leastCopies, kept)) : 0;
  return { kept, shown, words: wordsOf(kept, split) };
}

function wordsOf(kept: number, split: string): string {
  if (kept === 0) return `the run augments no ${split} image`;
  if (kept === 1) return 'the run keeps the first';
  return kept > mostCopies
    ? `the run makes ${kept} of this image, these are the first`
    : `the run keeps ${kept} of this image`;
}
