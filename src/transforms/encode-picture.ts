import { assert } from '../base/assert';
import { isDeep, type Pixels, type Raster } from '../core/image';
import type { Picture, PictureType } from '../core/row';
import { encodePng } from './encode-png';

/**
 * Encodes pixels of one or three channels. Pictures have 8 bits, whatever they are made of: training code reads them so,
 * and 16-bit PNGs open in other modes and at other scales in each library; deep pixels are rounded, ties to even, and
 * clipped. What needs more takes tensors. `quality` is 1 to 100, for JPEG and WebP alone, which the browser's
 * encoders write; grey becomes colour with equal channels there, since a canvas knows no other.
 */
export async function encodePicture(pixels: Pixels, type: PictureType, quality: number): Promise<Picture> {
  const raster = isDeep(pixels) ? { ...pixels, data: Uint8ClampedArray.from(pixels.data) } : pixels;
  if (type === 'png') return { type, bytes: await encodePng(raster) };
  const { width, height } = raster;
  const canvas = new OffscreenCanvas(width, height);
  // In memory, or the pixels would go to the GPU and back.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  assert(context, 'a canvas without a 2D context');
  context.putImageData(new ImageData(toRgba(raster), width, height), 0, 0);
  const blob = await canvas.convertToBlob({ type: `image/${type}`, quality: quality / 100 });
  assert(blob.type === `image/${type}`, `this browser encodes no ${type}`);
  return { type, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

function toRgba({ width, height, channels, data }: Raster): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  for (let at = 0, to = 0; to < rgba.length; at += channels, to += 4) {
    rgba[to] = data[at];
    rgba[to + 1] = data[at + green];
    rgba[to + 2] = data[at + blue];
    rgba[to + 3] = 255;
  }
  return rgba;
}
