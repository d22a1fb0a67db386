import { featureInput } from '../core/feature-columns';
import type { Decoded, Size } from '../core/image';
import type { Recipe } from '../core/recipe';
import { wantedSize } from '../transforms/geometry';
import type { DecodeWish } from '../workers/job';
import { buffersOf } from '../workers/rpc';
import { registry } from './registry';

/** The pixels' buffers, as they travel. */
export const pixelBuffers = ({ frames }: Decoded) => buffersOf(frames.map(({ raster }) => raster.data));

/** What a recipe asks of every decode. */
export function decodeWish(recipe: Recipe): DecodeWish {
  return {
    wanted: atLeast(wantedSize(recipe), featureInput(recipe, registry.extractors)),
    averages: recipe.image.filter !== 'nearest',
    deep: recipe.normalise.dtype !== 'uint8',
    keepExif: recipe.output.picture_metadata === 'keep',
    knobs: recipe.decode,
  };
}

/** Twice what an extractor resizes to is kept, as of the output's own size; null is every pixel already. */
function atLeast(wanted: Size | null, input: Size | null): Size | null {
  if (wanted === null || input === null) return wanted;
  return {
    width: Math.max(wanted.width, input.width * 2),
    height: Math.max(wanted.height, input.height * 2),
  };
}
