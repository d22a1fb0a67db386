import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, ImageFormat } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { unsupported } from './damage';
import { type VipsModule, withVips } from './vips';
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

/** Formats of which {@link recoverByVips} can save something. */
export const recoverable: ReadonlySet<ImageFormat> = new Set(['jpeg', 'png', 'tiff', 'bigtiff']);

/**
 * Decodes the first picture of a damaged file as far as it goes: what follows the damage is grey, black or transparent, as the
 * codec leaves it. The frame is upright, of full size and with `header`'s size. For codec workers, of {@link recoverable} formats.
 */
export function recoverByVips(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label: header.format.toUpperCase(), plugin: 'none' }, (vips) => {
    const image = loadTolerantly(vips, bytes, header.format);
    if (image === null) {
      return unsupported(
        `Damaged ${header.format.toUpperCase()} files are not recovered.`,
        'Save it again from its original.',
      );
    }
    const picture = { ...pictureOf(image), orientation: request.orientation };
    return succeeded([framePicture(vips, picture, request)]);
  });
}

function loadTolerantly(
  vips: VipsModule,
  bytes: Uint8Array,
  format: ImageFormat,
): VipsPicture['image'] | null {
  const options = { fail_on: 'none', access: 'sequential' } as const;
  switch (format) {
    case 'jpeg':
      return vips.Image.jpegloadBuffer(bytes, options);
    case 'png':
      return vips.Image.pngloadBuffer(padded(bytes), options);
    case 'tiff':
    case 'bigtiff':
      return vips.Image.tiffloadBuffer(bytes, options);
    default:
      return null;
  }
}

/** libpng reads 8 KB at a time and passes on nothing of the last, if that is not whole. */
function padded(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 8192);
  longer.set(bytes);
  return longer;
}

/** What libvips says of a picture's bands. */
function pictureOf(image: VipsPicture['image']): Omit<VipsPicture, 'orientation'> {
  if (image.interpretation === 'cmyk')
    return { image, frame: 0, kind: 'cmyk', colours: 4, alpha: image.bands > 4 ? 4 : null };
  const colours = image.bands <= 2 ? 1 : 3;
  const kind = image.interpretation === 'lab' ? 'lab' : colours === 1 ? 'grey' : 'rgb';
  return { image, frame: 0, kind, colours, alpha: image.bands > colours ? colours : null };
}
