import { type DeepRaster, isDeep, type Pixels, type Raster } from '../core/image';

/**
 * Moves every value away from or towards `base` by `factor`, in place: 0 gives `base`, 1 the picture, more exaggerates.
 * Source: Pillow's `ImagingBlend` (`src/libImaging/Blend.c`): float32, cut (not rounded) to 8 bits. Deep pixels are not
 * cut; they are clipped to 0 to 255, or to what the picture spans where it goes beyond by itself.
 */
export function blendFrom<P extends Pixels>(base: number, raster: P, factor: number): P {
  if (isDeep(raster)) blendDeep(base, raster, factor);
  else blendBytes(base, raster, factor);
  return raster;
}

/** Does the same away from or towards another picture of the same size and kind. */
export function blendWith<P extends Pixels>(base: P, raster: P, factor: number): P {
  const { data } = raster;
  const alpha = fround(factor);
  const [low, high] = spanOf(raster);
  const whole = !isDeep(raster);
  for (let i = 0; i < data.length; i++) {
    const from = base.data[i];
    const value = fround(from + fround(alpha * (data[i] - from)));
    const clipped = value < low ? low : value > high ? high : value;
    data[i] = whole ? Math.trunc(clipped) : clipped;
  }
  return raster;
}

const { fround } = Math;

function blendBytes(base: number, { data }: Raster, factor: number): void {
  const alpha = fround(factor);
  // Writing to a clamped array would round; Pillow cuts the fraction.
  const table = Uint8Array.from({ length: 256 }, (_, x) =>
    Math.min(255, Math.max(0, fround(base + fround(alpha * (x - base))))),
  );
  // One class of array, whichever it is: the loop need not ask of every value.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < bytes.length; i++) bytes[i] = table[bytes[i]];
}

function blendDeep(base: number, raster: DeepRaster, factor: number): void {
  const { data } = raster;
  const [low, high] = spanOf(raster);
  for (let i = 0; i < data.length; i++) {
    const value = base + factor * (data[i] - base);
    data[i] = value < low ? low : value > high ? high : value;
  }
}

/** Between what values of a picture are clipped: 0 and 255, or further where a deep one goes further by itself. */
export function spanOf(raster: Pixels): readonly [low: number, high: number] {
  let low = 0;
  let high = 255;
  if (!isDeep(raster)) return [low, high];
  const { data } = raster;
  // A comparison with NaN is false, so it neither widens the span nor is clipped.
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low) low = data[i];
    else if (data[i] > high) high = data[i];
  }
  return [low, high];
}
