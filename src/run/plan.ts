import { forEachBreathing, mapBreathing } from '../base/breathe';
import { assignSplits } from '../core/assign-splits';
import { labelImages } from '../core/label';
import type { Plan, PlannedImage, Shard } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { dtypeBytes, type PictureType } from '../core/row';
import { findSplitFolder, splits } from '../core/split';
import { tellSome } from '../core/tell';
import { outputSize } from '../transforms/geometry';
import type { Listing } from './listing';
import { registry } from './registry';

/**
 * Plans a run: labels, splits, order and shards, a pure function of the listing and the recipe. Together, images are
 * in key order; by split, train comes before validation before test, each in key order and with shards of its own.
 * @throws RecipeError when the labels that the recipe asks for are not there.
 */
export async function makePlan(listing: Listing, recipe: Recipe, signal?: AbortSignal): Promise<Plan> {
  const { labels, classNames, extras, extraColumns, notes } = await labelImages(listing, recipe, signal);
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
  const planned = await mapBreathing(
    listing.images,
    (ref, i): PlannedImage => {
      bytes += ref.file.size;
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
  const folders =
    output.layout === 'together'
      ? [{ folder: '', images: planned }]
      : splits.map((split) => ({
          folder: `${split}/`,
          images: planned.filter((image) => image.split === split),
        }));
  return {
    images: output.layout === 'together' ? planned : folders.flatMap(({ images }) => images),
    shards: cutShards(folders, output.shard_images, rowWeight(recipe)),
    classNames,
    extraColumns,
    leftOut: { hidden: listing.hidden, notAnImage: listing.notAnImage },
    bytes,
    notes: [...notes, ...splitNotes],
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

/** What bounds a shard in bytes. */
interface RowWeight {
  /** Bytes that an image's rows are estimated to take in the largest file, each. */
  weigh(image: PlannedImage): number;
  readonly mostBytes: number;
}

/**
 * Estimates rows by what is known before the first pixel is decoded: the output's size and type, or the file's own size
 * where pictures keep theirs. Encoded pictures are taken for {@link pictureBits} bits a pixel, more than most need.
 */
function rowWeight(recipe: Recipe): RowWeight {
  const { output, image, normalise } = recipe;
  const mostBytes = output.shard_megabytes === 0 ? Number.POSITIVE_INFINITY : output.shard_megabytes * 1e6;
  const size = outputSize(recipe);
  const channels = image.colour === 'grey' ? 1 : 3;
  const chosen = registry.formats.filter(({ id }) => output.formats.includes(id));
  const needs = chosen.map((format) => format.needs(output.options[format.id] as never));
  return {
    mostBytes,
    weigh({ ref }) {
      const pixels = size === null ? raggedPixels(image, ref.file.size) : size.width * size.height;
      const tensor = pixels * channels * dtypeBytes[normalise.dtype];
      const picture = (pixels * pictureBits[output.picture_type]) / 8;
      return Math.max(
        ...needs.map((need) => tableBytes + (need.tensor ? tensor : 0) + (need.picture ? picture : 0)),
      );
    },
  };
}

/** Pixels where one side is free, of a photograph of 3 to 2, or where all are kept, as many as its bytes hold in a JPEG. */
function raggedPixels({ fit, width }: Recipe['image'], fileBytes: number): number {
  if (fit === 'none') return (fileBytes * 8) / pictureBits.jpeg;
  return fit === 'longest' ? (width * width) / 1.5 : width * width * 1.5;
}

/** Of a row's columns as text. */
const tableBytes = 600;

/** Bits a pixel of photographs at usual qualities. */
const pictureBits: Readonly<Record<PictureType, number>> = { jpeg: 3, png: 18, webp: 2.5 };

/**
 * Cuts every folder's images into shards of `most` images and no more than the weight's bytes, the last one shorter; one
 * image alone always fits, and a folder without images gets no shard.
 */
function cutShards(
  folders: readonly { readonly folder: string; readonly images: readonly PlannedImage[] }[],
  most: number,
  { weigh, mostBytes }: RowWeight,
): readonly Shard[] {
  const shards: Shard[] = [];
  let before = 0;
  for (const { folder, images } of folders) {
    const cuts: { start: number; end: number; rows: number }[] = [];
    let bytes = 0;
    images.forEach((image, i) => {
      const rows = 1 + image.copies;
      const weight = mostBytes === Number.POSITIVE_INFINITY ? 0 : weigh(image) * rows;
      const last = cuts.at(-1);
      if (last === undefined || last.end - last.start === most || bytes + weight > mostBytes) {
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
