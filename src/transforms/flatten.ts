import type { Raster } from '../core/image';
import type { Rgb } from './colour';

/**
 * Lays a four-channel raster with straight alpha over a colour; the result has four channels and is opaque.
 * The arithmetic is that of Pillow's `background.paste(picture, mask=alpha)`: `BLEND` in `ImagingUtils.h`.
 */
export function flatten(raster: Raster, background: Rgb): Raster {
  const { width, height, data } = raster;
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const flat = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    for (let channel = 0; channel < 3; channel++) {
      const sum = background[channel] * (255 - alpha) + pixels[at + channel] * alpha + 128;
      flat[at + channel] = ((sum >> 8) + sum) >> 8;
    }
    flat[at + 3] = 255;
  }
  return { width, height, channels: 4, data: flat };
}
