import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { orient } from './orient';
import { withVips } from './vips';
import { framePicture } from './vips-pixels';

/** Decodes JPEG XL by libjxl in libvips, which turns pictures upright by itself. */
export function decodeJxl(
  bytes: Uint8Array,
  header: Header,
  request: DecodeRequest,
): Promise<Outcome<readonly DecodedFrame[]>> {
  return withVips({ label: 'JPEG XL', plugin: 'jxl' }, (vips) =>
    succeeded(
      request.frames.map((frame) => {
        const image = vips.Image.jxlloadBuffer(bytes, { page: frame, fail_on: 'warning' });
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

/** The orientation that undoes one: the quarter turns undo each other, all others themselves. */
const inverse = (orientation: number) => (orientation === 6 ? 8 : orientation === 8 ? 6 : orientation);
