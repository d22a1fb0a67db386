import { featureColumns } from '../core/feature-columns';
import type { Plan, PlannedImage } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { dtypeBytes, type PictureType } from '../core/row';
import { outputSize } from '../transforms/geometry';
import { registry } from './registry';

/**
 * Estimates how many bytes one row of an image takes in each of the recipe's formats, by what is known before the first
 * pixel is decoded: the output's size and type, or the file's own size where pictures keep theirs. A pure function, since
 * shards are cut by it.
 */
export function estimateRows(recipe: Recipe): (image: PlannedImage) => readonly number[] {
  const { output, image, normalise } = recipe;
  const size = outputSize(recipe);
  const channels = image.colour === 'grey' ? 1 : 3;
  const needs = registry.formats
    .filter(({ id }) => output.formats.includes(id))
    .map((format) => format.needs(output.options[format.id] as never));
  const vectors = featureColumns(recipe, registry.extractors).reduce(
    (sum, column) => sum + (column.kind === 'vector' ? column.length * dtypeBytes[column.dtype] : 0),
    0,
  );
  return ({ ref }) => {
    const pixels = size === null ? raggedPixels(image, ref.bytes ?? unlistedBytes) : size.width * size.height;
    const tensor = pixels * channels * dtypeBytes[normalise.dtype];
    const picture = (pixels * pictureBits[output.picture_type]) / 8;
    return needs.map(
      (need) => tableBytes + vectors + (need.tensor ? tensor : 0) + (need.picture ? picture : 0),
    );
  };
}

/** Estimates what the shards for which `left` holds still take in the target, all formats together, in bytes. */
export function estimateLeft(plan: Plan, recipe: Recipe, left: (shard: number) => boolean): number {
  const estimate = estimateRows(recipe);
  let bytes = 0;
  for (const { index, start, end } of plan.shards) {
    if (!left(index)) continue;
    for (const image of plan.images.slice(start, end))
      bytes += (1 + image.copies) * estimate(image).reduce((sum, each) => sum + each, 0);
  }
  return bytes;
}

/** Pixels where one side is free, of a photograph of 3 to 2, or where all are kept, as many as its bytes hold in a JPEG. */
function raggedPixels({ fit, width }: Recipe['image'], fileBytes: number): number {
  if (fit === 'none') return (fileBytes * 8) / pictureBits.jpeg;
  return fit === 'longest' ? (width * width) / 1.5 : width * width * 1.5;
}

/** A photograph on the web, of which a link does not say the size. */
const unlistedBytes = 400_000;

/** Of a row's columns as text. */
const tableBytes = 600;

/** Bits a pixel of encoded photographs, more than most need. */
const pictureBits: Readonly<Record<PictureType, number>> = { jpeg: 3, png: 18, webp: 2.5 };
