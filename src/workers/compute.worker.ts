import type { Outcome } from '../core/failure';
import type { Gpu } from '../core/gpu';
import { isDeep, type Pixels } from '../core/image';
import { type Computed, viewsOf } from '../core/row';
import { stretch } from '../decoders/stretch';
import { withFeatures } from '../features/extract';
import { computeBatch } from '../transforms/compute-batch';
import { computeRasters, tensorStats } from '../transforms/compute-image';
import { placePicture } from '../transforms/geometry';
import { normalise } from '../transforms/normalise';
import { resample } from '../transforms/resample';
import type { ComputeItem, ComputeResult, ComputeSetup, PreviewPictures } from './job';
import { buffersOf, expose, moved } from './rpc';

const door = {
  /** Turns decoded images into what their rows hold, in order; results move to the caller, and the pixels' memory back. */
  async compute(items: readonly ComputeItem[], setup: ComputeSetup): Promise<ComputeResult> {
    const start = performance.now();
    const gpu = setup.engine === 'webgpu' ? await theGpu() : null;
    const drafts = await computeBatch(items, setup, gpu);
    const drafted = performance.now();
    const outcomes: readonly Outcome<readonly Computed[]>[] = await withFeatures(drafts, setup.recipe, {
      resample,
    });
    const end = performance.now();
    const views = outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.flatMap(viewsOf) : []));
    const decodeds = items.flatMap(({ decoded, partners }) => [
      decoded,
      ...partners.map((partner) => partner.decoded),
    ]);
    const spares = decodeds.flatMap(({ frames }) => buffersOf(frames.map(({ raster }) => raster.data)));
    const notes = gpu?.takeNotes() ?? [];
    const engine = gpu?.isThere ? 'webgpu' : 'cpu';
    const times = { ms: drafted - start, extractMs: end - drafted };
    const result: ComputeResult = { outcomes, spares, notes, engine, ...times };
    return moved(result, [...buffersOf(views), ...spares]);
  },

  /** Draws one image and its copies as the model will see them; the picture itself only where it is wanted. */
  async preview(item: ComputeItem, given: ComputeSetup, withOriginal: boolean): Promise<PreviewPictures> {
    const { recipe } = given;
    const { key, copies: count, partners } = item;
    const rasters = computeRasters(item.decoded, { recipe, key, copies: count, partners });
    // Numbers that are not on the scale of 8 bits are shown from their least to their greatest.
    const visible = (pixels: Pixels) =>
      recipe.decode.range === 'stored' && isDeep(pixels) ? stretch(pixels, 'min-max', false) : pixels;
    const [seen, ...copies] = await Promise.all(
      rasters.map(async ({ raster, augmentation }) => {
        const tensor = normalise(raster, recipe.normalise);
        return {
          bitmap: await toBitmap(visible(raster)),
          drawn: augmentation,
          tensor: { shape: tensor.shape, dtype: tensor.dtype, ...tensorStats(tensor) },
        };
      }),
    );
    const picture = item.decoded.frames[0].raster;
    const original = withOriginal ? await toBitmap(visible(picture)) : null;
    const place = placePicture(picture, recipe.image);
    const decoded = { width: picture.width, height: picture.height };
    const bitmaps = [original, seen.bitmap, ...copies.map(({ bitmap }) => bitmap)];
    return moved(
      { original, place, decoded, seen, copies },
      bitmaps.filter((bitmap) => bitmap !== null),
    );
  },
};

export type ComputeDoor = typeof door;

let opening: Promise<Gpu> | null = null;

/** Opens the GPU when a run first asks for it; TensorFlow.js, which comes with it, is loaded then. */
function theGpu(): Promise<Gpu> {
  opening ??= import('../gpu/open-gpu').then(({ openGpu }) => openGpu());
  return opening;
}

function toBitmap(raster: Pixels): Promise<ImageBitmap> {
  const { width, height, channels, data } = raster;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[channels === 1 ? from : from + 1];
    rgba[to + 2] = data[channels === 1 ? from : from + 2];
    rgba[to + 3] = channels === 4 ? data[from + 3] : 255;
  }
  return createImageBitmap(new ImageData(rgba, width, height));
}

expose(door);
