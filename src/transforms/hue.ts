import { z } from 'zod';
import type { Pass } from '../core/gpu';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { hueShader, hueTables } from './hue-shader';

const knobs = z.strictObject({
  degrees: knob(z.number().min(0).max(180), 18, {
    label: 'Degrees',
    unit: '°',
    help: 'Most, to either side of the colour wheel.',
  }),
  probability: probability(1),
});

/** Turns every colour around the colour wheel, as torchvision's `adjust_hue` of a Pillow picture. */
export const hue: Transform<z.output<typeof knobs>> = {
  id: 'hue',
  label: 'Hue',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const degrees = recordable(random.between(-given.degrees, given.degrees));
    return happens ? { degrees } : null;
  },
  apply: (raster, drawn) => hueTurned(raster, Number(drawn.degrees)),
  passes: (drawn, { channels }) => (channels === 1 ? [] : [huePass(Number(drawn.degrees))]),
};

/**
 * Turns hues by degrees. Of 8 bits as Pillow's `rgb2hsv_row` and `hsv2rgb_row` (`src/libImaging/Convert.c`), in which hue
 * and saturation have 8 bits as well; of deep pixels the same without rounding.
 */
function hueTurned<P extends Pixels>(raster: P, degrees: number): P {
  const { channels, data } = raster;
  if (channels === 1) return raster;
  const whole = !isDeep(raster);
  const kept = whole ? Math.trunc : (x: number) => x;
  const rounded = whole ? (x: number) => Math.floor(x + 0.5) : (x: number) => x;
  const turn = kept((degrees / 360) * 255);
  for (let at = 0; at < data.length; at += channels) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    const most = Math.max(r, g, b);
    const range = most - Math.min(r, g, b);
    // Greys have no hue; black, and what lies below it, no colour to turn; nor have NaN and the infinities.
    if (!(range > 0 && range < Infinity) || !(most > 0)) continue;
    const before = kept(placeOnWheel(r, g, b, most, range) * 255);
    // Of 8 bits the sum wraps at 256, as NumPy's uint8 does.
    const around = whole ? 256 : 255;
    const h = ((((before + turn) % around) + around) % around) * (6 / 255);
    const strength = kept((range / most) * 255) / 255;
    const sector = Math.floor(h);
    const rest = h - sector;
    const low = rounded(most * (1 - strength));
    const falling = rounded(most * (1 - strength * rest));
    const rising = rounded(most * (1 - strength * (1 - rest)));
    const [red, green, blue] =
      strength === 0 ? [most, most, most] : colours[sector % 6](most, low, falling, rising);
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  }
  return raster;
}

/** Where a colour lies on the wheel, from 0 for red to 1 for red again. */
function placeOnWheel(r: number, g: number, b: number, most: number, range: number): number {
  const [redness, greenness, blueness] = [(most - r) / range, (most - g) / range, (most - b) / range];
  const sixth =
    r === most ? blueness - greenness : g === most ? 2 + redness - blueness : 4 + greenness - redness;
  return (sixth / 6 + 1) % 1;
}

/** Red, green and blue in each sixth of the wheel. */
const colours: readonly ((top: number, low: number, falling: number, rising: number) => readonly number[])[] =
  [
    (top, low, _, rising) => [top, rising, low],
    (top, low, falling) => [falling, top, low],
    (top, low, _, rising) => [low, top, rising],
    (top, low, falling) => [low, falling, top],
    (top, low, _, rising) => [rising, low, top],
    (top, low, falling) => [top, low, falling],
  ];

/** {@link hueTurned} on the GPU. */
function huePass(degrees: number): Pass {
  const turn = Math.trunc((degrees / 360) * 255);
  return {
    kind: 'colour',
    shader: hueShader,
    numbers: [((turn % 256) + 256) % 256],
    data: hueTables(placeOnWheel),
  };
}
