import { forEachBreathing, mapBreathing } from '../base/breathe';
import { assignSplits } from '../core/assign-splits';
import { type Decisions, withDecisions } from '../core/decisions';
import { labelImages } from '../core/label';
import type { Plan, PlannedImage, Shard } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { findSplitFolder, splits } from '../core/split';
import { tellSome } from '../core/tell';
import { balanceCopies } from './balance';
import { estimateRows } from './estimate-rows';
import type { Listing } from './listing';

/**
 * Plans a run: labels, splits, order and shards, a pure function of the listing and the recipe. Together, images are
 * in key order; by split, train comes before validation before test, each in key order and with shards of its own.
 * What has no label has the one that a person decided on.
 * @throws RecipeError when the labels that the recipe asks for are not there.
 */
export async function makePlan(
  listing: Listing,
  recipe: Recipe,
  decisions: Decisions = new Map(),
  signal?: AbortSignal,
): Promise<Plan> {
  const given = await labelImages(listing, recipe, signal);
  const { labels, classNames, extras, extraColumns, notes } = withDecisions(given, listing.images, decisions);
  const labelIds = new Map(classNames.map((name, id) => [name, id]));
  const splittable = listing.images.map(({ key }, i) => ({ key, label: labels[i] }));
  const assigned = await assignSplits(splittable, recipe.split, recipe.seed, signal);
  const outside = recipe.split.by === 'folder' ? await keysOutsideSplits(listing, signal) : [];
  const splitNotes =
    outside.length === 0
      ? []
      : [
          `${tellSome(outside, listing.images.length)} lie in no train, validation or test folder: they train.`,
        ];
  const { augment, output } = recipe;
  let bytes = 0;
  const even = await mapBreathing(
    listing.images,
    (ref, i): PlannedImage => {
      bytes += ref.bytes ?? 0;
      const label = labels[i];
      return {
        ref,
        label,
        labelId: label === null ? -1 : (labelIds.get(label) ?? -1),
        split: assigned[i],
        copies: augment.enabled && augment.splits.includes(assigned[i]) ? augment.copies : 0,
        extra: extras[i],
      };
    },
    signal,
  );
  const { images: planned, notes: balanceNotes } = balanceCopies(even, augment);
  const folders =
    output.layout === 'together'
      ? [{ folder: '', images: planned }]
      : splits.map((split) => ({
          folder: `${split}/`,
          images: planned.filter((image) => image.split === split),
        }));
  return {
    images: output.layout === 'together' ? planned : folders.flatMap(({ images }) => images),
    shards: cutShards(folders, recipe),
    classNames,
    extraColumns,
    leftOut: { hidden: listing.hidden, notAnImage: listing.notAnImage },
    bytes,
    notes: [...listing.notes, ...notes, ...splitNotes, ...balanceNotes],
  };
}

async function keysOutsideSplits(
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const keys: string[] = [];
  await forEachBreathing(
    listing.images,
    ({ key }) => {
      if (findSplitFolder(key) === null) keys.push(key);
    },
    signal,
  );
  return keys;
}

/**
 * Cuts every folder's images into shards of so many images, and so many bytes in the largest file, the last one shorter;
 * one image alone always fits, and a folder without images gets no shard.
 */
function cutShards(
  folders: readonly { readonly folder: string; readonly images: readonly PlannedImage[] }[],
  recipe: Recipe,
): readonly Shard[] {
  const { shard_images: most, shard_megabytes: megabytes } = recipe.output;
  const estimate = estimateRows(recipe);
  const weigh = (image: PlannedImage) => Math.max(...estimate(image));
  const shards: Shard[] = [];
  let before = 0;
  for (const { folder, images } of folders) {
    const cuts: { start: number; end: number; rows: number }[] = [];
    let bytes = 0;
    images.forEach((image, i) => {
      const rows = 1 + image.copies;
      const weight = megabytes === 0 ? 0 : weigh(image) * rows;
      const last = cuts.at(-1);
      if (
        last === undefined ||
        last.end - last.start === most ||
        bytes + weight > (megabytes || Number.POSITIVE_INFINITY) * 1e6
      ) {
        cuts.push({ start: before + i, end: before + i + 1, rows });
        bytes = weight;
      } else {
        last.end++;
        last.rows += rows;
        bytes += weight;
      }
    });
    cuts.forEach((cut, part) => {
      shards.push({ index: shards.length, folder, part, of: cuts.length, ...cut });
    });
    before += images.length;
  }
  return shards;
}
