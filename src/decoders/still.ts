import { failed, type Outcome, succeeded } from '../core/failure';
import { blank, type DecodedFrame, type Header, type Pixels, type StoredMode } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { truncated } from './damage';
import { orient } from './orient';
import { type SampleLayout, type Samples, scaleSamples } from './scale-samples';

/** How a damaged file is met: refused, or drawn as far as it goes. */
export type Mending = 'whole' | 'recover';

/**
 * Runs a decoder of our own over a file of one picture, and turns what it draws as requested. No memory is a failure. What
 * is recovered of a damaged file may be transparent, whatever its header says.
 */
export function decodeStill(
  header: Header,
  request: DecodeRequest,
  draw: () => Outcome<Pixels>,
  mending: Mending = 'whole',
): Outcome<readonly DecodedFrame[]> {
  try {
    const drawn = draw();
    if (!drawn.ok) return drawn;
    const raster = orient(drawn.value, request.orientation);
    return succeeded([{ frame: 0, raster, scale: 1, alpha: header.alpha || mending === 'recover' }]);
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

/**
 * Leaves of a picture the rows from `first` to before `end`, as they lie in it, and makes all others transparent. It is a
 * `truncated` failure when there are none; `label` names the format.
 */
export function keepRows(pixels: Pixels, first: number, end: number, label: string): Outcome<Pixels> {
  if (end <= first) return truncated(`The ${label} ends before one whole row.`);
  const { width, height } = pixels;
  if (first <= 0 && end >= height) return succeeded(pixels);
  const whole = withAlpha(pixels);
  whole.data.fill(0, 0, Math.max(0, first) * width * 4);
  whole.data.fill(0, end * width * 4);
  return succeeded(whole);
}

/** A rectangle of whole pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The same pixels with these areas transparent. */
export function withoutAreas(pixels: Pixels, areas: readonly Area[]): Pixels {
  const whole = withAlpha(pixels);
  for (const { left, top, right, bottom } of areas)
    for (let y = top; y < bottom; y++)
      whole.data.fill(0, 4 * (y * pixels.width + left), 4 * (y * pixels.width + right));
  return whole;
}

/** The same pixels in four channels. */
function withAlpha(pixels: Pixels): Pixels {
  const { channels, data: from } = pixels;
  if (channels === 4) return pixels;
  const wide = blank(pixels, pixels, 4);
  const { data } = wide;
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let at = 0, to = 0; to < data.length; at += channels, to += 4) {
    data[to] = from[at];
    data[to + 1] = from[at + green];
    data[to + 2] = from[at + blue];
    data[to + 3] = 255;
  }
  return wide;
}

/** The first `length` bytes of a file, with zeros for those that it lacks: what reads by place never leaves them. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (length <= bytes.length) return bytes;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
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
