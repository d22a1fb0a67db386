import { assert } from '../base/assert';
import { failed, type Outcome, succeeded } from '../core/failure';
import { isDeep, type Pixels } from '../core/image';
import type { Computed } from '../core/row';
import { stretch } from '../decoders/stretch';
import { computeImage, computeRasters, tensorStats } from '../transforms/compute-image';
import type { ComputeItem, ComputeResult, ComputeSetup, PreviewPictures } from './job';
import { buffersOf, expose, moved } from './rpc';

const door = {
  /** Turns decoded images into what their rows hold, in order; results move to the caller, and the pixels' memory back. */
  async compute(items: readonly ComputeItem[], setup: ComputeSetup): Promise<ComputeResult> {
    const start = performance.now();
    const outcomes: Outcome<readonly Computed[]>[] = [];
    for (const { key, copies, decoded, partners } of items) {
      try {
        outcomes.push(succeeded(await computeImage(decoded, { ...setup, key, copies, partners })));
      } catch (error) {
        // One image's transform must not take the batch with it; the message keeps what went wrong.
        outcomes.push(
          failed('transform', 'internal', `The transforms could not handle this image: ${String(error)}`),
        );
      }
    }
    const views = outcomes
      .flatMap((outcome) => (outcome.ok ? outcome.value : []))
      .flatMap((computed) => [computed.tensor?.bytes ?? null, computed.picture?.bytes ?? null]);
    const pictures = items.flatMap(({ decoded, partners }) => [
      decoded,
      ...partners.map((each) => each.decoded),
    ]);
    const spares = pictures.flatMap(({ frames }) => buffersOf(frames.map(({ raster }) => raster.data)));
    return moved({ outcomes, spares, ms: performance.now() - start }, [...buffersOf(views), ...spares]);
  },

  /** Draws one image and its copies as the model will see them. */
  async preview(item: ComputeItem, given: ComputeSetup): Promise<PreviewPictures> {
    const job = { ...given, key: item.key, copies: item.copies, partners: item.partners };
    const rasters = computeRasters(item.decoded, job);
    const [plain] = await computeImage(item.decoded, {
      ...job,
      copies: 0,
      needs: { tensor: true, picture: false },
    });
    assert(plain.tensor !== null, 'a preview without a tensor');
    // Numbers that are not on the scale of 8 bits are shown from their least to their greatest.
    const visible = (pixels: Pixels) =>
      given.recipe.decode.range === 'stored' && isDeep(pixels) ? stretch(pixels, 'min-max', false) : pixels;
    const bitmaps = await Promise.all(rasters.map((entry) => toBitmap(visible(entry.raster))));
    const original = await toBitmap(visible(item.decoded.frames[0].raster));
    const pictures: PreviewPictures = {
      original,
      seen: bitmaps[0],
      shape: plain.tensor.shape,
      dtype: plain.tensor.dtype,
      ...tensorStats(plain.tensor),
      copies: rasters.slice(1).map((entry, i) => ({ bitmap: bitmaps[i + 1], drawn: entry.augmentation })),
    };
    return moved(pictures, [original, ...bitmaps]);
  },
};

export type ComputeDoor = typeof door;

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
