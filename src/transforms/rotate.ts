import { z } from 'zod';
import type { Pass } from '../core/gpu';
import type { Pixels, Size } from '../core/image';
import { knob } from '../core/knobs';
import type { PassPicture, Transform } from '../core/plugin';
import { probability, recordable } from './chance';
import { type Matrix, type Outside, outside, warp } from './warp';
import { warpPass } from './warp-pass';

const knobs = z.strictObject({
  degrees: knob(z.number().min(0).max(180), 15, {
    label: 'Degrees',
    unit: '°',
    help: 'Most, to either side.',
  }),
  ...outside,
  zoom: knob(z.boolean(), false, {
    label: 'Zoom in',
    help: 'Enlarge the turned picture until nothing comes in from outside.',
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
  apply: (raster, drawn, given) => rotated(raster, Number(drawn.degrees), given, given.zoom),
  passes: (drawn, picture, given) => rotationPasses(picture, Number(drawn.degrees), given, given.zoom),
};

/** Rotates by `degrees` counter-clockwise as Pillow 12's `Image.rotate(degrees, BILINEAR, fillcolor=fill)`; with `zoom` no corner shows. */
export function rotated<P extends Pixels>(raster: P, degrees: number, given: Outside, zoom = false): P {
  return warp(raster, matrixOf(raster, degrees, zoom), outsideOf(given, zoom));
}

/** {@link rotated} on the GPU. */
export function rotationPasses(
  picture: PassPicture,
  degrees: number,
  given: Outside,
  zoom = false,
): readonly Pass[] | null {
  return warpPass(picture, matrixOf(picture, degrees, zoom), outsideOf(given, zoom));
}

/** A corner that rounding leaves outside by less than a pixel's millionth is not filled. */
function outsideOf(given: Outside, zoom: boolean): Outside {
  return { ...given, edges: zoom ? 'edge' : given.edges };
}

function matrixOf({ width, height }: Size, degrees: number, zoom: boolean): Matrix {
  const angle = -(((degrees % 360) + 360) % 360) * (Math.PI / 180);
  let cosine = Number(Math.cos(angle).toFixed(15));
  let sine = Number(Math.sin(angle).toFixed(15));
  if (zoom) {
    // The turned output's bounding box, shrunk into the picture.
    const [c, s] = [Math.abs(cosine), Math.abs(sine)];
    const enlargement = Math.max(c + (s * height) / width, c + (s * width) / height);
    cosine /= enlargement;
    sine /= enlargement;
  }
  const shiftX = cosine * (-width / 2) + sine * (-height / 2) + width / 2;
  const shiftY = -sine * (-width / 2) + cosine * (-height / 2) + height / 2;
  return [cosine, sine, shiftX, -sine, cosine, shiftY];
}
