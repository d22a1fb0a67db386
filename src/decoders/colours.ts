import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import type { Colours } from './code-points';
import { hasTables, isGreyInLab, type ProfileSpace } from './icc-tags';

/** Converts every frame of a decode as `inSrgb` does, which is loaded when it is first needed. */
export async function framesInSrgb(
  decoded: Outcome<readonly DecodedFrame[]>,
  colours: Colours,
  space: ProfileSpace,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  if (!decoded.ok) return decoded;
  const { inSrgb } = await import('./to-srgb');
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
  if (!(colours instanceof Uint8Array)) return true;
  return wantsLcms(colours, space) || (space === 'GRAY' && isGreyInLab(colours));
}

/** True when converting wants a codec worker; never where a page's host does not allow the threads that lcms comes with. */
export function wantsLcms(colours: Colours, space: ProfileSpace): boolean {
  return (
    globalThis.crossOriginIsolated === true && colours instanceof Uint8Array && hasTables(colours, space)
  );
}
