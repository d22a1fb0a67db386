import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { withVips } from './vips';
import { framePicture, type VipsPicture } from './vips-pixels';

/**
 * Decodes JPEGs that browsers refuse or show in wrong colours: arithmetic coding, lossless ones of 8 bits, and inks with a
 * profile. Reduced ones are decoded at a smaller DCT scale, as browsers do, unless they are lossless.
 */
export function decodeJpegByVips(
  bytes: Uint8Array,
  lossless: boolean,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label: 'JPEG', plugin: 'none' }, (vips) => {
    const shrink = lossless ? 1 : request.reduction;
    const image = vips.Image.jpegloadBuffer(bytes, {
      shrink,
      access: 'sequential',
      fail_on: 'error',
    });
    const picture = { ...pictureOf(image), orientation: request.orientation };
    return succeeded([{ ...framePicture(vips, picture, request), scale: shrink }]);
  });
}

/** Draws an SVG at its own size. */
export function decodeSvg(
  bytes: Uint8Array,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label: 'SVG', plugin: 'resvg' }, (vips) => {
    // libvips enlarges by dpi / 72, and only lengths in inches and the like should follow CSS' 96.
    const image = vips.Image.svgloadBuffer(bytes, { dpi: 96, scale: 72 / 96 });
    return succeeded([framePicture(vips, { ...pictureOf(image), orientation: 1 }, request)]);
  });
}

/**
 * Decodes the first picture of a damaged TIFF as far as it goes: what follows the damage is black or transparent, as the codec
 * leaves it. The frame is upright, of full size. For codec workers.
 */
export function recoverTiffByVips(
  bytes: Uint8Array,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label, plugin: 'none' }, (vips) => {
    const image = vips.Image.tiffloadBuffer(bytes, { fail_on: 'none', access: 'sequential' });
    const picture = { ...pictureOf(image), orientation: request.orientation };
    return succeeded([framePicture(vips, picture, request)]);
  });
}

/** What libvips says of a picture's bands. */
function pictureOf(image: VipsPicture['image']): Omit<VipsPicture, 'orientation'> {
  if (image.interpretation === 'cmyk')
    return { image, frame: 0, kind: 'cmyk', colours: 4, alpha: image.bands > 4 ? 4 : null };
  const colours = image.bands <= 2 ? 1 : 3;
  const kind = image.interpretation === 'lab' ? 'lab' : colours === 1 ? 'grey' : 'rgb';
  return { image, frame: 0, kind, colours, alpha: image.bands > colours ? colours : null };
}
