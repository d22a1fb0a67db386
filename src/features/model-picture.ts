import { isDeep, type Pixels } from '../core/image';
import type { ModelInput } from '../core/model-manifest';
import type { Box, ExtractorTools } from '../core/plugin';

/**
 * Makes of a picture what a model sees of it: 8-bit RGB of the model's size, `height × width × 3`, resampled as Pillow does.
 * Grey becomes three equal channels; deep pixels are rounded to 8 bits.
 */
export function modelPicture(
  picture: Pixels,
  input: ModelInput,
  tools: ExtractorTools,
): Uint8Array | Uint8ClampedArray {
  const { width, height } = input;
  const { box, inner, left, top } = place(picture, input);
  const { data, channels } = eightBits(tools.resample(picture, box, inner, input.filter));
  const whole = inner.width === width && inner.height === height;
  if (whole && channels === 3) return data;
  const framed = new Uint8Array(width * height * 3); // black where the picture leaves room
  for (let y = 0; y < inner.height; y++)
    for (let x = 0; x < inner.width; x++) {
      const from = (y * inner.width + x) * channels;
      const to = ((top + y) * width + left + x) * 3;
      framed[to] = data[from];
      framed[to + 1] = data[channels === 1 ? from : from + 1];
      framed[to + 2] = data[channels === 1 ? from : from + 2];
    }
  return framed;
}

interface Placed {
  /** What of the picture is taken. */
  readonly box: Box;
  /** What it is resampled to. */
  readonly inner: { readonly width: number; readonly height: number };
  /** Where that lies in the model's frame. */
  readonly left: number;
  readonly top: number;
}

function place({ width, height }: Pixels, input: ModelInput): Placed {
  const whole = { left: 0, top: 0, right: width, bottom: height };
  const frame = { width: input.width, height: input.height };
  if (input.fit === 'stretch') return { box: whole, inner: frame, left: 0, top: 0 };
  if (input.fit === 'contain') {
    const scale = Math.min(frame.width / width, frame.height / height);
    const inner = {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    };
    const left = (frame.width - inner.width) >> 1;
    return { box: whole, inner, left, top: (frame.height - inner.height) >> 1 };
  }
  const scale = Math.min(width / frame.width, height / frame.height) * input.crop;
  const across = frame.width * scale;
  const down = frame.height * scale;
  const left = Math.max(0, (width - across) / 2);
  const top = Math.max(0, (height - down) / 2);
  // Not past the edge, where float arithmetic would have it a hair beyond.
  const box = { left, top, right: Math.min(width, left + across), bottom: Math.min(height, top + down) };
  return { box, inner: frame, left: 0, top: 0 };
}

/** Rounds half to even and clips, as a conversion to NumPy's uint8 after `rint` and `clip`. */
function eightBits(pixels: Pixels): { data: Uint8Array | Uint8ClampedArray; channels: 1 | 3 | 4 } {
  const { channels } = pixels;
  return { channels, data: isDeep(pixels) ? Uint8ClampedArray.from(pixels.data) : pixels.data };
}
