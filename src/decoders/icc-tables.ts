import { type Outcome, succeeded } from '../core/failure';
import { isDeep, type Pixels } from '../core/image';
import type { ProfileSpace } from './icc-tags';
import { withVips } from './vips';
import { framePicture } from './vips-pixels';

/**
 * Converts pixels to sRGB by a profile with tables, with lcms in libvips: perceptual, 8-bit ones in 8 bits and
 * deep ones, which are on the scale of 8, in 16. A profile that lcms refuses changes nothing.
 */
export function tablesToSrgb(
  raster: Pixels,
  profile: Uint8Array,
  space: ProfileSpace,
): Promise<Outcome<Pixels>> {
  return withVips({ label: 'colour profile', plugin: 'none' }, (vips) => {
    const { width, height, channels } = raster;
    const deep = isDeep(raster);
    const { buffer, byteOffset, length } = raster.data;
    const samples = deep
      ? Uint16Array.from(raster.data, inSixteen)
      : new Uint8Array(buffer, byteOffset, length);
    const format = deep ? vips.BandFormat.ushort : vips.BandFormat.uchar;
    const stored = vips.Image.newFromMemory(samples, width, height, channels, format);
    const grey = space === 'GRAY';
    const alpha = channels === 4 ? stored.extractBand(3) : null;
    const colour = stored.extractBand(0, { n: grey ? 1 : 3 });
    const interpretation = grey ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
    const image = (alpha === null ? colour : colour.bandjoin(alpha)).copy({ interpretation });
    image.setBlob('icc-profile-data', profile);
    const picture = {
      image,
      frame: 0,
      kind: grey ? 'grey' : 'rgb',
      colours: grey ? 1 : 3,
      alpha: alpha === null ? null : grey ? 1 : 3,
      orientation: 1,
    } as const;
    const request = { deep, range: 'type', colour: 'srgb', reduction: 1 } as const;
    return succeeded(framePicture(vips, picture, request).raster);
  });
}

const inSixteen = (value: number) => Math.min(65_535, Math.max(0, Math.round(value * 257)));
