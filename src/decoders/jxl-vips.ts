import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { orient } from './orient';
import { type VipsModule, withVips } from './vips';
import { framePicture } from './vips-pixels';

/** Counts an animation's frames, as they are shown, without decoding them. */
export function countJxlFrames(bytes: Uint8Array): Promise<Outcome<number>> {
  return withVips({ label: 'JPEG XL', plugin: 'jxl' }, (vips) => {
    const image = vips.Image.jxlloadBuffer(bytes);
    return succeeded(image.getTypeof('n-pages') === 0 ? 1 : image.getInt('n-pages'));
  });
}

/**
 * Decodes JPEG XL by libjxl in libvips, which turns pictures upright by itself. An animation's frames are what is seen, each
 * composited with those before it on the whole canvas.
 */
export function decodeJxl(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label: 'JPEG XL', plugin: 'jxl' }, (vips) =>
    succeeded(
      framesOf(vips, bytes, request.frames).map(({ frame, image }) => {
        const grey = image.bands <= 2;
        const colours = grey ? 1 : 3;
        const picture = {
          image,
          frame,
          kind: grey ? 'grey' : 'rgb',
          colours,
          alpha: image.bands > colours ? colours : null,
          averages: true,
          // Turned already as the file says; another wish begins from how it is stored.
          orientation: request.orientation === header.orientation ? 1 : inverse(header.orientation),
        } as const;
        const decoded = framePicture(vips, picture, request);
        if (request.orientation === header.orientation) return decoded;
        return { ...decoded, raster: orient(decoded.raster, request.orientation) };
      }),
    ),
  );
}

/**
 * Several are one tall image, read from its top to its bottom: each frame builds on the one before it, and to load them
 * singly would decode the first as many times as there are others.
 */
function framesOf(vips: VipsModule, bytes: Uint8Array, frames: readonly number[]) {
  const [page] = frames;
  const last = frames[frames.length - 1];
  const options = { page, n: last - page + 1, fail_on: 'warning' } as const;
  if (frames.length === 1) return [{ frame: page, image: vips.Image.jxlloadBuffer(bytes, options) }];
  const tall = vips.Image.jxlloadBuffer(bytes, { ...options, access: 'sequential' });
  const height = tall.height / options.n;
  return frames.map((frame) => ({
    frame,
    image: tall.crop(0, (frame - page) * height, tall.width, height),
  }));
}

/** The orientation that undoes one: the quarter turns undo each other, all others themselves. */
const inverse = (orientation: number) => (orientation === 6 ? 8 : orientation === 8 ? 6 : orientation);
