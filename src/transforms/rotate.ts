import { z } from 'zod';
import { blank, isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { luma, parseColour } from './colour';

const knobs = z.strictObject({
  degrees: knob(z.number().min(0).max(180), 15, {
    label: 'Degrees',
    unit: '°',
    help: 'Most, to either side.',
  }),
  fill: knob(z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #ffffff'), '#000000', {
    label: 'Fill',
    help: 'Colour of the corners that come in.',
  }),
  probability: probability(1),
});

/** Turns about the centre by an angle drawn evenly from both sides; positive is counter-clockwise. */
export const rotate: Transform<z.output<typeof knobs>> = {
  id: 'rotate',
  label: 'Rotate',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const degrees = recordable(random.between(-given.degrees, given.degrees));
    return happens ? { degrees } : null;
  },
  apply: (raster, drawn, given) => rotated(raster, Number(drawn.degrees), given.fill),
};

/**
 * Rotates by `degrees` counter-clockwise with bilinear interpolation, keeping the size. Source: Pillow 12's
 * `Image.rotate(degrees, BILINEAR, fillcolor=fill)`, that is `bilinear_filter8` in `src/libImaging/Geometry.c`:
 * doubles, cut (not rounded) to 8 bits; of deep pixels `bilinear_filter32F`, rounded to float32.
 */
function rotated<P extends Pixels>(raster: P, degrees: number, fill: string): P {
  const { width, height, channels, data } = raster;
  const pixels = isDeep(raster) ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const angle = -(((degrees % 360) + 360) % 360) * (Math.PI / 180);
  const cosine = Number(Math.cos(angle).toFixed(15));
  const sine = Number(Math.sin(angle).toFixed(15));
  const shiftX = cosine * (-width / 2) + sine * (-height / 2) + width / 2;
  const shiftY = -sine * (-width / 2) + cosine * (-height / 2) + height / 2;
  const [red, green, blue] = parseColour(fill);
  const colour = channels === 1 ? [luma(red, green, blue)] : [red, green, blue];
  const result = blank(raster, { width, height }, channels);
  const out = result.data;
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += channels) {
      const inX = cosine * (column + 0.5) + sine * (row + 0.5) + shiftX;
      const inY = -sine * (column + 0.5) + cosine * (row + 0.5) + shiftY;
      if (!(inX >= 0 && inX < width && inY >= 0 && inY < height)) {
        for (let channel = 0; channel < channels; channel++) out[to + channel] = colour[channel];
        continue;
      }
      const x = Math.floor(inX - 0.5);
      const y = Math.floor(inY - 0.5);
      const dx = inX - 0.5 - x;
      const dy = inY - 0.5 - y;
      const left = Math.max(x, 0) * channels;
      const right = Math.min(x + 1, width - 1) * channels;
      const upper = Math.max(y, 0) * width * channels;
      const lower = Math.min(y + 1, height - 1) * width * channels;
      for (let channel = 0; channel < channels; channel++) {
        const a = pixels[upper + left + channel];
        const b = pixels[lower + left + channel];
        const high = a + (pixels[upper + right + channel] - a) * dx;
        const low = b + (pixels[lower + right + channel] - b) * dx;
        out[to + channel] = high + (low - high) * dy; // storing to 8 bits cuts the fraction, as Pillow does
      }
    }
  }
  return result;
}
