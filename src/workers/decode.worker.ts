import type { Outcome } from '../core/failure';
import { succeeded } from '../core/failure';
import type { ImageMeta, ImageRef } from '../core/image';
import { type DecodeResult, type DecodeWish, decodeImage } from '../decoders/decode-image';
import { buffersOf, expose, moved } from './rpc';

/** A small picture for the grid. */
export interface Thumbnail {
  readonly bitmap: ImageBitmap;
  readonly meta: ImageMeta;
}

const door = {
  /** Opens and decodes one image; its pixels move to the caller, perhaps in `spare`. `codecs` is true in codec workers, which are given the bytes that were read. */
  async decode(
    ref: ImageRef,
    wish: DecodeWish,
    codecs: boolean,
    spare?: ArrayBuffer,
    bytes?: Uint8Array<ArrayBuffer>,
  ): Promise<DecodeResult> {
    const result = await decodeImage(ref, wish, codecs, spare, bytes);
    const pixels = result.outcome?.ok ? result.outcome.value.frames.map(({ raster }) => raster.data) : [];
    return moved(result, buffersOf([...pixels, result.bytes]));
  },

  /** Decodes one image to a bitmap whose longer side is at most `side` pixels; null as in {@link DecodeResult}. */
  async thumbnail(
    ref: ImageRef,
    side: number,
    knobs: DecodeWish['knobs'],
    codecs: boolean,
    bytes?: Uint8Array<ArrayBuffer>,
  ): Promise<Outcome<Thumbnail> | null> {
    const wish = { wanted: { width: side, height: side }, deep: false, keepExif: false, knobs };
    const { outcome } = await decodeImage(ref, wish, codecs, undefined, bytes);
    if (!outcome?.ok) return outcome;
    const { frames, meta } = outcome.value;
    const [{ raster }] = frames;
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
