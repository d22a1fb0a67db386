import type { Raster } from '../core/image';

/**
 * Moves every value away from or towards `base` by `factor`, in place: 0 gives `base`, 1 the picture, more exaggerates.
 * Source: Pillow's `ImagingBlend` (`src/libImaging/Blend.c`): float32, cut (not rounded) to 8 bits.
 */
export function blendFrom(base: number, raster: Raster, factor: number): Raster {
  const { fround } = Math;
  const alpha = fround(factor);
  // Writing to a clamped array would round; Pillow cuts the fraction.
  const table = Uint8Array.from({ length: 256 }, (_, x) =>
    Math.min(255, Math.max(0, fround(base + fround(alpha * (x - base))))),
  );
  const { data } = raster;
  for (let i = 0; i < data.length; i++) data[i] = table[data[i]];
  return raster;
}
