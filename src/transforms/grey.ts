import { blank, isDeep, type Pixels } from '../core/image';
import { deepLuma, luma } from './colour';

/** Turns pixels of three or four channels into one channel, like Pillow's `convert('L')`; deep ones are not rounded. */
export function toGrey<P extends Pixels>(raster: P): P {
  const { width, height, channels, data } = raster;
  if (channels === 1) return raster;
  const result = blank(raster, { width, height }, 1);
  const grey = result.data;
  const pixels = isDeep(raster) ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const value = isDeep(raster) ? deepLuma : luma;
  for (let i = 0, at = 0; i < grey.length; i++, at += channels)
    grey[i] = value(pixels[at], pixels[at + 1], pixels[at + 2]);
  return result;
}

/** Repeats one channel three times; other pixels are given back. */
export function toColour<P extends Pixels>(raster: P): P {
  if (raster.channels !== 1) return raster;
  const result = blank(raster, raster, 3);
  const { data } = result;
  for (let i = 0, to = 0; to < data.length; i++, to += 3) {
    data[to] = raster.data[i];
    data[to + 1] = raster.data[i];
    data[to + 2] = raster.data[i];
  }
  return result;
}
