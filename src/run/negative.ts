import type { Decoded, ImageRef } from '../core/image';
import { reductionFor } from '../decoders/reduction'; // not by decode-image, which brings every decoder into the first load
import type { DecodeWish } from '../workers/job';

/** Stands for a {@link Negative} with those who do not hold its pixels. */
export type NegativeId = symbol;

/** An image as it was decoded for the preview: kept, since most knobs change only what becomes of it. */
export interface Negative {
  readonly id: NegativeId;
  readonly ref: ImageRef;
  readonly wish: DecodeWish;
  readonly decoded: Decoded;
}

/**
 * Decoded bytes of the largest picture that is kept: 32 megapixels as RGBA. A larger one is decoded anew at every turn of a knob, and
 * does not lie in memory for as long as the page is open.
 */
const mostKeptBytes = 128 * 2 ** 20;

/** True when a picture is small enough to be kept while nobody looks at it. */
export const isKept = ({ decoded }: Negative): boolean =>
  decoded.frames.reduce((sum, { raster }) => sum + raster.data.byteLength, 0) <= mostKeptBytes;

/** True when decoding this image anew for this wish would give the same pixels. */
export function serves({ ref, wish, decoded }: Negative, wantedRef: ImageRef, wanted: DecodeWish): boolean {
  if (ref !== wantedRef) return false;
  const rest = ({ wanted: _, ...others }: DecodeWish) => JSON.stringify(others);
  if (rest(wish) !== rest(wanted)) return false;
  // Both may ask for other sizes and yet for the same reduction; a decoder that does not reduce asks for neither.
  const header = { size: decoded.meta.stored, orientation: decoded.meta.orientation };
  return reductionFor(header, wish.wanted) === reductionFor(header, wanted.wanted);
}
