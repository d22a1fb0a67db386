import type { Outcome } from '../core/failure';
import { succeeded } from '../core/failure';
import type { ImageMeta, ImageRef, Size } from '../core/image';
import type { Recipe } from '../core/recipe';
import { type DecodeResult, decodeImage } from '../decoders/decode-image';
import { buffersOf, expose, moved } from './rpc';

/** A small picture for the grid. */
export interface Thumbnail {
  readonly bitmap: ImageBitmap;
  readonly meta: ImageMeta;
}

const door = {
  /** Opens and decodes one image; its pixels move to the caller. */
  async decode(
    ref: ImageRef,
    wanted: Size | null,
    knobs: Recipe['decode'],
    keepExif: boolean,
  ): Promise<DecodeResult> {
    const result = await decodeImage(ref, wanted, knobs, keepExif);
    return moved(result, result.outcome.ok ? buffersOf([result.outcome.value.raster.data]) : []);
  },

  /** Decodes one image to a bitmap whose longer side is at most `side` pixels. */
  async thumbnail(ref: ImageRef, side: number, knobs: Recipe['decode']): Promise<Outcome<Thumbnail>> {
    const { outcome } = await decodeImage(ref, { width: side, height: side }, knobs);
    if (!outcome.ok) return outcome;
    const { raster, meta } = outcome.value;
    const scale = Math.min(1, side / Math.max(raster.width, raster.height));
    // A decoder allocates its pixels itself, so their buffer is never shared.
    const pixels = new Uint8ClampedArray(
      raster.data.buffer as ArrayBuffer,
      raster.data.byteOffset,
      raster.data.length,
    );
    const bitmap = await createImageBitmap(new ImageData(pixels, raster.width, raster.height), {
      resizeWidth: Math.max(1, Math.round(raster.width * scale)),
      resizeHeight: Math.max(1, Math.round(raster.height * scale)),
      resizeQuality: 'medium',
    });
    return moved(succeeded({ bitmap, meta }), [bitmap]);
  },
};

export type DecodeDoor = typeof door;

expose(door);
