import type { DeepRaster, Raster } from '../core/image';
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

/** Does the same with deep pixels, in float32 and without rounding to 8 bits; the result has three channels. */
export function flattenDeep({ width, height, data }: DeepRaster, background: Rgb): DeepRaster {
  const flat = new Float32Array(width * height * 3);
  for (let at = 0, to = 0; at < data.length; at += 4, to += 3) {
    const alpha = data[at + 3];
    for (let channel = 0; channel < 3; channel++) {
      const value = data[at + channel];
      // What is hidden does not shine through, not even as NaN.
      flat[to + channel] =
        alpha === 0 ? background[channel] : (background[channel] * (255 - alpha) + value * alpha) / 255;
    }
  }
  return { width, height, channels: 3, data: flat };
}
