import type { Raster } from '../core/image';
import { luma } from './colour';

/** Turns a colour raster of three or four channels into one of one channel, like Pillow's `convert('L')`. */
export function toGrey(raster: Raster): Raster {
  const { width, height, channels, data } = raster;
  if (channels === 1) return raster;
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels)
    grey[i] = luma(pixels[at], pixels[at + 1], pixels[at + 2]);
  return { width, height, channels: 1, data: grey };
}
