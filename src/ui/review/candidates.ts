/** A label that might be an image's, with how likely it is: 0 to 1. */
export interface Candidate {
  readonly name: string;
  readonly score: number;
}

/** As many as a person chooses from at a glance. */
const shown = 5;

/** The likeliest labels, best first. */
export function candidatesOf(scores: Float32Array, names: readonly string[]): readonly Candidate[] {
  return names
    .map((name, i) => ({ name, score: scores[i] }))
    .sort((a, b) => b.score - a.score)
    .slice(0, shown);
}

/** How much a proposal is to be doubted, 0 to 1: nothing stands as near to the first as the second; without one all. */
export function doubtOf(candidates: readonly Candidate[] | undefined): number {
  const [first, second] = candidates ?? [];
  if (first === undefined) return 1;
  return 1 - (first.score - (second?.score ?? 0));
}

/** At most so many of the items, each kind's share as in all of them but one at least, and evenly spread among its own. */
export function sharesOf<T>(items: readonly T[], kindOf: (item: T) => string, most: number): readonly T[] {
  if (items.length <= most) return items;
  const kinds = new Map<string, T[]>();
  for (const item of items) {
    const kind = kindOf(item);
    const others = kinds.get(kind);
    if (others) others.push(item);
    else kinds.set(kind, [item]);
  }
  return [...kinds.values()].flatMap((all) => {
    const wanted = Math.max(1, Math.floor((all.length * most) / items.length));
    return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)]);
  });
}
