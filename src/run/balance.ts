import type { PlannedImage } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { tellSome } from '../core/tell';

/** Most copies of one image: beyond, a model learns the image and not its label. */
const mostCopies = 100;

/**
 * Gives the images of rare labels more copies, in each augmented split by itself, until every label has at least
 * `augment.balance` times the rows of its split's most common one. A label's further rows are shared among its images
 * as evenly as they go, the first in the plan's order having one more. Images without a label stay as they are.
 */
export function balanceCopies(
  images: readonly PlannedImage[],
  { enabled, splits, copies, balance }: Omit<Recipe['augment'], 'steps'>,
): { readonly images: readonly PlannedImage[]; readonly notes: readonly string[] } {
  if (!enabled || balance === 0) return { images, notes: [] };
  const groups = new Map<string, { count: number; readonly split: string; readonly label: string }>();
  const nameOf = ({ split, labelId }: PlannedImage) => `${split} ${labelId}`;
  for (const image of images) {
    if (image.label === null || !splits.includes(image.split)) continue;
    const { split, label } = image;
    const group = groups.get(nameOf(image)) ?? { count: 0, split, label };
    group.count++;
    groups.set(nameOf(image), group);
  }
  const most = new Map<string, number>();
  for (const { split, count } of groups.values()) most.set(split, Math.max(count, most.get(split) ?? 0));
  const labels = new Set<string>();
  const short = new Set<string>();
  const left = new Map<string, { rows: number; images: number }>();
  for (const [name, { count, split, label }] of groups) {
    const exact = balance * (most.get(split) ?? 0) * (1 + copies);
    // A product of fractions may come out a hair above the whole number that it is: 0.07 * 100 is 7.000000000000001.
    const wanted = Math.ceil(exact * (1 - 1e-12));
    const rows = Math.min(Math.max(wanted, count * (1 + copies)), count * (1 + mostCopies));
    labels.add(label);
    if (rows < wanted) short.add(label);
    left.set(name, { rows, images: count });
  }
  const balanced = images.map((image) => {
    const group = image.label !== null && splits.includes(image.split) ? left.get(nameOf(image)) : undefined;
    if (group === undefined) return image;
    const rows = Math.ceil(group.rows / group.images);
    group.rows -= rows;
    group.images--;
    return { ...image, copies: rows - 1 };
  });
  const notes =
    short.size === 0
      ? []
      : [
          `${tellSome([...short], labels.size, 'labels')} stay rare: an image has at most ${mostCopies} copies.`,
        ];
  return { images: balanced, notes };
}
