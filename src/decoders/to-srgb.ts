import { type Outcome, succeeded } from '../core/failure';
import { isDeep, type Pixels } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import type { Colours } from './code-points';
import { codePointsToSrgb } from './code-points';
import { toSrgb } from './icc';
import { hasTables, type ProfileSpace } from './icc-tags';
import { type SampleLayout, type Samples, scaleSamples } from './scale-samples';

/**
 * Converts pixels to sRGB where the request wants it, by code points, by a profile's matrix and curves, or, of one with
 * tables, by lcms in libvips, which only codec workers should load (`wantsLcms`). What is damaged, or of other colours
 * than the pixels, says nothing: they are left as they are stored.
 */
export async function inSrgb(
  raster: Pixels,
  colours: Colours,
  space: ProfileSpace,
  request: DecodeRequest,
): Promise<Outcome<Pixels>> {
  if (colours === null || request.colour !== 'srgb') return succeeded(raster);
  if (!(colours instanceof Uint8Array)) return succeeded(codePointsToSrgb(raster, colours));
  if (!hasTables(colours, space)) return succeeded(toSrgb(raster, colours, space) ?? raster);
  const { tablesToSrgb } = await import('./icc-tables');
  return tablesToSrgb(raster, colours, space);
}

/**
 * Turns stored samples into pixels as {@link scaleSamples} does; where there are colours to convert, by the range of their type, since a
 * profile says nothing of other scales.
 */
export async function samplesInSrgb(
  samples: Samples,
  layout: SampleLayout,
  colours: Colours,
  space: ProfileSpace,
  request: DecodeRequest,
): Promise<Outcome<Pixels>> {
  if (colours === null || request.colour !== 'srgb') return succeeded(scaleSamples(samples, layout, request));
  const deep = scaleSamples(samples, layout, { deep: true, range: 'type' });
  const converted = await inSrgb(deep, colours, space, request);
  if (!converted.ok || request.deep || !isDeep(converted.value)) return converted;
  const { width, height, channels, data } = converted.value;
  // Of 8-bit RGBA, to the nearest.
  return succeeded(
    scaleSamples(data, { width, height, channels, white: 255 }, { deep: false, range: 'type' }),
  );
}
