import type { Pixels, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { type Samples, scaleSamples } from './scale-samples';

/** How {@link inksToRgb}'s samples are arranged: four inks, 0 for none, and perhaps alpha behind them. */
export interface InkLayout extends Size {
  readonly alpha: boolean;
  readonly white?: number;
}

/**
 * Turns cyan, magenta, yellow and black into RGB by the naive rule, which knows nothing of real inks: (1 - ink) * (1 - black).
 * Of 8 bits the result is Pillow's `convert('RGB')`, value by value (`cmyk2rgb` in its Convert.c).
 */
export function inksToRgb(
  samples: Samples,
  { width, height, alpha, white }: InkLayout,
  request: Pick<DecodeRequest, 'deep' | 'range'>,
): Pixels {
  const count = width * height;
  const step = alpha ? 5 : 4;
  if (samples instanceof Uint8Array && white === undefined) {
    const data = new Uint8ClampedArray(count * 4);
    for (let at = 0, to = 0; to < data.length; at += step, to += 4) {
      const light = 255 - samples[at + 3];
      for (let ink = 0; ink < 3; ink++) {
        const product = samples[at + ink] * light + 128;
        data[to + ink] = light - (((product >> 8) + product) >> 8);
      }
      data[to + 3] = alpha ? samples[at + 4] : 255;
    }
    return { width, height, channels: 4, data };
  }
  const full = white ?? (samples instanceof Uint16Array ? 65535 : 1);
  const channels = alpha ? 4 : 3;
  const rgb =
    samples instanceof Uint16Array ? new Uint16Array(count * channels) : new Float32Array(count * channels);
  for (let at = 0, to = 0; to < rgb.length; at += step, to += channels) {
    const light = full - samples[at + 3];
    for (let ink = 0; ink < 3; ink++)
      rgb[to + ink] = Math.max(0, ((full - samples[at + ink]) * light) / full);
    if (alpha) rgb[to + 3] = samples[at + 4];
  }
  return scaleSamples(rgb, { width, height, channels, ...(white !== undefined && { white }) }, request);
}
