import { mapBreathing, sortBreathing } from '../base/breathe';
import { byCodePoint } from '../base/order';
import { random } from '../base/random';
import type { Recipe } from './recipe';
import { findSplitFolder, type Split } from './split';

/** What a split is decided by. */
export interface Splittable {
  readonly key: string;
  readonly label: string | null;
}

/**
 * Assigns every item its split, a pure function of the set of items (their order does not matter), the knobs and
 * the seed. By folder, an item outside of all split folders trains.
 *
 * By ratio the counts are exact: the test is its share of all items, rounded, then the validation; stratified, each
 * label gives its share of them, rounded up or down by largest remainder. Which items these are is decided by a random
 * rank that each key has for itself. So one more image moves a few others at the boundaries, not the dataset;
 * a threshold on the rank would move none, but give a class of 20 images anything from none to five in the test.
 * The test has the first ranks, so that another share for validation leaves it as it was.
 */
export async function assignSplits(
  items: readonly Splittable[],
  knobs: Recipe['split'],
  seed: number,
  signal?: AbortSignal,
): Promise<Split[]> {
  if (knobs.by === 'none') return items.map(() => 'train');
  if (knobs.by === 'folder')
    return mapBreathing(items, ({ key }) => findSplitFolder(key)?.split ?? 'train', signal);

  const ranked = await mapBreathing(
    items,
    ({ key, label }, index) => ({
      index,
      key,
      group: knobs.stratify ? label : null,
      rank: random(seed, 'split', key).next(),
    }),
    signal,
  );
  const order = await sortBreathing(ranked, (a, b) => a.rank - b.rank || byCodePoint(a.key, b.key), signal);
  const groups = new Map<string | null, number[]>();
  for (const { group, index } of order) {
    const members = groups.get(group);
    if (members) members.push(index);
    else groups.set(group, [index]);
  }

  const total = items.length;
  const test = Math.round(nearWhole(total * knobs.test));
  const validation = Math.min(Math.round(nearWhole(total * knobs.validation)), total - test);
  // Equal remainders are told apart at random, or the first in the alphabet would get all the places left over.
  const labels = [...groups].map(([label, members]) => ({
    members,
    tie: random(seed, 'split of label', label ?? '').next(),
  }));
  const tests = await apportion(
    test,
    labels.map(({ members, tie }) => ({ weight: members.length, tie })),
    signal,
  );
  const validations = await apportion(
    validation,
    labels.map(({ members, tie }, i) => ({ weight: members.length - tests[i], tie })),
    signal,
  );
  const assigned: Split[] = new Array(total).fill('train');
  for (const [i, { members }] of labels.entries()) {
    for (const index of members.slice(0, tests[i])) assigned[index] = 'test';
    for (const index of members.slice(tests[i], tests[i] + validations[i])) assigned[index] = 'validation';
  }
  return assigned;
}

/**
 * Shares out `total` whole places by weight: each gets its quota rounded down, the places left over go to the largest
 * remainders, then the lowest tie (Hamilton's method). None gets more than its weight when `total` is at most
 * the sum of the weights, which are whole numbers.
 */
async function apportion(
  total: number,
  claims: readonly { readonly weight: number; readonly tie: number }[],
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const sum = claims.reduce((all, { weight }) => all + weight, 0);
  if (sum === 0) return claims.map(() => 0);
  const quotas = claims.map(({ weight }) => nearWhole((total * weight) / sum));
  const places = quotas.map(Math.floor);
  const left = total - places.reduce((all, count) => all + count, 0);
  const byRemainder = await sortBreathing(
    claims.map(({ tie }, i) => ({ i, tie, remainder: quotas[i] - places[i] })),
    (a, b) => b.remainder - a.remainder || a.tie - b.tie,
    signal,
  );
  for (const { i } of byRemainder.slice(0, left)) places[i]++;
  return places;
}

/** Takes 2.9999999999999996 for the 3 that it is. */
function nearWhole(quota: number): number {
  return Math.round(quota * 1e9) / 1e9;
}
