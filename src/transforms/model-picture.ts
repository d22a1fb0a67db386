import { type DecodedFrame, isDeep } from '../core/image';
import type { ModelInput } from '../core/model-manifest';
import type { Box } from '../core/plugin';
import { developed, layOver } from './compute-image';
import { placePicture } from './geometry';

/**
 * Makes of a decoded picture what a model sees of it: 8-bit RGB of the model's size, `height × width × 3`, resampled as the
 * recipe's own pictures are, which is Pillow's way. What is transparent is laid over `background`, like `#ffffff`; deep
 * pixels are rounded to 8 bits.
 */
export function modelPicture(
  { raster, alpha }: Pick<DecodedFrame, 'raster' | 'alpha'>,
  input: ModelInput,
  background: string,
): Uint8Array | Uint8ClampedArray {
  const picture = alpha ? layOver(raster, background) : raster;
  const { box, ...place } = placePicture(picture, input);
  const image = { filter: input.filter, colour: 'rgb', pad: '#000000' } as const;
  const kept = input.fit === 'cover' ? within(box, input.crop) : box;
  const made = developed(picture, { ...place, box: kept }, image);
  // Rounds half to even, as NumPy does, and clips.
  return isDeep(made) ? Uint8ClampedArray.from(made.data) : made.data;
}

/** The share `crop` of a box's sides, about its centre. */
function within({ left, top, right, bottom }: Box, crop: number): Box {
  const across = ((right - left) * (1 - crop)) / 2;
  const down = ((bottom - top) * (1 - crop)) / 2;
  return { left: left + across, top: top + down, right: right - across, bottom: bottom - down };
}
