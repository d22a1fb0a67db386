import { type Outcome, succeeded } from '../core/failure';
import { type DecodedFrame, isDeep, type Pixels } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { areSrgb, type CodePoints, codePointsToSrgb } from './code-points';
import { hasTables, isGreyInLab, type ProfileSpace, toSrgb } from './icc';
import { type SampleLayout, type Samples, scaleSamples } from './scale-samples';

/** What a file says its colours are: an ICC profile's bytes, or code points. Null says nothing, and they are sRGB. */
export type Colours = Uint8Array | CodePoints | null;

/**
 * Converts pixels to sRGB where the request wants it, by code points, by a profile's matrix and curves, or, of one with
 * tables, by lcms in libvips, which only codec workers should load ({@link wantsLcms}). What is damaged, or of other colours
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

/** Converts every frame of a decode as {@link inSrgb} does. */
export async function framesInSrgb(
  decoded: Outcome<readonly DecodedFrame[]>,
  colours: Colours,
  space: ProfileSpace,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  if (!decoded.ok) return decoded;
  const frames: DecodedFrame[] = [];
  for (const frame of decoded.value) {
    const converted = await inSrgb(frame.raster, colours, space, request);
    if (!converted.ok) return converted;
    frames.push({ ...frame, raster: converted.value });
  }
  return succeeded(frames);
}

/**
 * True when the browser's decoder is to give the colours as stored, since it has no, or a poorer, conversion for them: Chromium
 * takes tables' CIELab for another encoding (white becomes 252, 254, 255) and interpolates them more coarsely than lcms, leaves out greys that connect to CIELab, and
 * shows high dynamic range by a tone curve that changes with its version.
 */
export function areOurs(colours: Colours, space: ProfileSpace): boolean {
  if (colours === null) return false;
  if (!(colours instanceof Uint8Array)) return !areSrgb(colours);
  return wantsLcms(colours, space) || (space === 'GRAY' && isGreyInLab(colours));
}

/** True when converting wants a codec worker; never where a page's host does not allow the threads that lcms comes with. */
export function wantsLcms(colours: Colours, space: ProfileSpace): boolean {
  return (
    globalThis.crossOriginIsolated === true && colours instanceof Uint8Array && hasTables(colours, space)
  );
}
