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
  const short: string[] = [];
  const left = new Map<string, { rows: number; images: number }>();
  for (const [name, { count, split, label }] of groups) {
    const wanted = Math.ceil(balance * (most.get(split) ?? 0) * (1 + copies));
    const rows = Math.min(Math.max(wanted, count * (1 + copies)), count * (1 + mostCopies));
    if (rows < wanted) short.push(label);
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
    short.length === 0
      ? []
      : [`${tellSome(short, groups.size, 'labels')} stay rare: an image has at most ${mostCopies} copies.`];
  return { images: balanced, notes };
}
