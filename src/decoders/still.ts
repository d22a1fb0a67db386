import { failed, type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, StoredMode } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { orient } from './orient';
import { type SampleLayout, type Samples, scaleSamples } from './scale-samples';

/** Runs a decoder of our own over a file of one picture, and turns what it draws as requested. No memory is a failure. */
export function decodeStill(
  header: Header,
  request: DecodeRequest,
  draw: () => Outcome<Pixels>,
): Outcome<readonly DecodedFrame[]> {
  try {
    const drawn = draw();
    if (!drawn.ok) return drawn;
    const raster = orient(drawn.value, request.orientation);
    return succeeded([{ frame: 0, raster, scale: 1, alpha: header.alpha }]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { width, height } = header.size;
    return failed(
      'decode',
      'too-large',
      `There is no memory for ${width} × ${height} pixels. Lower decode.max_megapixels.`,
    );
  }
}

/** A header of a file that tells no more than its size and its mode. */
export function plainHeader(
  format: Header['format'],
  size: Header['size'],
  mode: StoredMode,
  alpha: boolean,
): Header {
  return {
    format,
    size,
    mode,
    alpha,
    frames: 1,
    exif: null,
    xmp: null,
    iptc: null,
    orientation: 1,
    profile: false,
  };
}

/** Makes RGBA of stored bytes, which need no more than 8 bits. */
export function eightBits(samples: Samples, layout: SampleLayout): Pixels {
  return scaleSamples(samples, layout, { deep: false, range: 'type' });
}

/** Makes premultiplied RGBA straight, in place; `white` is full opacity. */
export function divideByAlpha(samples: Uint8ClampedArray | Uint16Array, white: number): void {
  for (let at = 0; at < samples.length; at += 4) {
    const alpha = samples[at + 3];
    if (alpha === 0 || alpha === white) continue;
    for (let i = at; i < at + 3; i++) samples[i] = Math.min(white, Math.round((samples[i] * white) / alpha));
  }
}
