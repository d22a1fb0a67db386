import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { type Page, photometrics } from './tiff-page';
import { withVips } from './vips';
import { framePicture, type VipsPicture } from './vips-pixels';

/** Decodes one page by libvips. `position` is its directory's, with those that are no pages counted. */
export function decodeTiffByVips(
  bytes: Uint8Array,
  page: Page,
  position: number,
  frame: number,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<DecodedFrame>> {
  return withVips({ label, plugin: 'none' }, (vips) => {
    const image = vips.Image.tiffloadBuffer(bytes, {
      page: position,
      autorotate: false,
      access: 'sequential',
      fail_on: 'warning', // what is less passes broken tiles in silence
    });
    return succeeded(framePicture(vips, pictureOf(image, page, frame, request), request));
  });
}

function pictureOf(
  image: VipsPicture['image'],
  page: Page,
  frame: number,
  { orientation }: DecodeRequest,
): VipsPicture {
  const kind = kinds.get(page.photometric ?? -1) ?? 'grey';
  // Palettes come as the colours that they stand for.
  const colours = page.photometric === photometrics.palette ? (image.bands >= 3 ? 3 : 1) : page.colours;
  const alpha = page.alpha === null ? null : colours + page.alpha - page.colours;
  return {
    image,
    frame,
    kind,
    colours: Math.min(colours, image.bands),
    alpha: alpha !== null && alpha < image.bands ? alpha : null,
    // Of samples that lie together libvips divides by itself.
    premultiplied: page.premultiplied && page.planar,
    averages: page.bits >= 8 && averaged.has(page.photometric ?? -1),
    orientation,
  };
}

/** Photometric interpretations whose numbers have a mean, as indices and bits have none. */
const averaged: ReadonlySet<number> = new Set([
  photometrics.whiteIsZero,
  photometrics.blackIsZero,
  photometrics.rgb,
  photometrics.yCbCr,
]);

const kinds: ReadonlyMap<number, VipsPicture['kind']> = new Map([
  [photometrics.rgb, 'rgb'],
  [photometrics.palette, 'rgb'],
  [photometrics.yCbCr, 'rgb'],
  [photometrics.logLuv, 'rgb'],
  [photometrics.separated, 'cmyk'],
  [photometrics.cieLab, 'lab'],
  [photometrics.iccLab, 'lab'],
  [photometrics.ituLab, 'lab'],
]);
