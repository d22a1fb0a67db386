import { random } from '../base/random';
import type { Plan, PlannedImage, Shard } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { stepsOf } from '../transforms/steps';

/** An image that copies of another are mixed with. */
export interface PlannedPartner {
  readonly image: PlannedImage;
  /** The copies, and in each the place in `augment.steps` of the step that mixes. */
  readonly of: readonly { readonly copy: number; readonly step: number }[];
}

/** Says with what the copies of an image of a shard are mixed. */
export type PartnersOf = (image: PlannedImage, copies: number, shard: Shard) => readonly PlannedPartner[];

/**
 * Finds partners among the images of the same shard and split that have a label, or have none, as the image itself. The
 * numbers that a copy draws name a place on a circle on which every image stands in several places, and the next image from
 * there is the partner: so which it is depends on nothing that happens in the run, and an image more or less in the shard
 * changes the copies whose partner it is and no others. Alone in its group, an image is not mixed.
 */
export function createPartners(plan: Pick<Plan, 'images'>, recipe: Recipe): PartnersOf {
  const steps = recipe.augment.enabled ? stepsOf(recipe).filter(({ mix }) => mix !== null) : [];
  if (steps.length === 0) return () => [];
  let known: { readonly shard: Shard; readonly circles: ReadonlyMap<string, Circle> } | null = null;
  return (image, copies, shard) => {
    if (known?.shard !== shard)
      known = { shard, circles: circlesOf(plan.images.slice(shard.start, shard.end), recipe.seed) };
    const circle = known.circles.get(groupOf(image)) ?? [];
    const found = new Map<PlannedImage, { copy: number; step: number }[]>();
    const { key } = image.ref;
    for (let copy = 1; copy <= copies; copy++)
      for (const step of steps) {
        if (step.draw(random(recipe.seed, key, copy, step.index)) === null) continue;
        const at = random(recipe.seed, key, copy, step.index, 'partner').next();
        const partner = nextFrom(circle, at, image);
        if (partner === null) continue;
        const uses = found.get(partner) ?? [];
        uses.push({ copy, step: step.index });
        found.set(partner, uses);
      }
    return Array.from(found, ([partner, of]) => ({ image: partner, of }));
  };
}

type Circle = readonly { readonly at: number; readonly image: PlannedImage }[];

/** Places of each image. With fewer some images have many more followers than others; with more it takes longer to lay out. */
const places = 8;

const groupOf = ({ split, label }: PlannedImage) => `${split} ${label === null ? 'without' : 'with'}`;

function circlesOf(images: readonly PlannedImage[], seed: number): ReadonlyMap<string, Circle> {
  const circles = new Map<string, { at: number; image: PlannedImage }[]>();
  for (const image of images) {
    const circle = circles.get(groupOf(image)) ?? [];
    const numbers = random(seed, image.ref.key, 'partner');
    for (let i = 0; i < places; i++) circle.push({ at: numbers.next(), image });
    circles.set(groupOf(image), circle);
  }
  for (const circle of circles.values())
    circle.sort((a, b) => a.at - b.at || (a.image.ref.key < b.image.ref.key ? -1 : 1));
  return circles;
}

/** The first image from a place on that is not this one; null where there is no other. */
function nextFrom(circle: Circle, at: number, self: PlannedImage): PlannedImage | null {
  let low = 0;
  let high = circle.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (circle[middle].at < at) low = middle + 1;
    else high = middle;
  }
  for (let i = 0; i < circle.length; i++) {
    const { image } = circle[(low + i) % circle.length];
    if (image.ref.key !== self.ref.key) return image;
  }
  return null;
}
