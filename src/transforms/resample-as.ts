import { assert } from '../base/assert';
import { blank, isDeep, type Pixels, type Size } from '../core/image';
import type { Box } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { resampleArea } from './opencv-area';
import { resampleWeighted } from './passes-deep';
import { resample } from './resample';
import { tensorflowPositions, tensorflowWeights } from './tensorflow-weights';

/**
 * Resamples `box` of `source` to `size` by the recipe's convention, `image.resample`:
 * - `pillow` as {@link resample} does, whatever the box
 * - `tensorflow` as `tf.image.resize(source[box], size, method, antialias)` does: float32, unclipped. With `deep` that is
 *   the result; without, it is rounded to 8 bits, ties to even. `nearest` keeps the source's kind.
 * - `opencv-area` as `cv2.resize(source[box], size, interpolation=cv2.INTER_AREA)` does: the source's kind
 *
 * The two last take boxes of whole pixels, and nothing from beyond them.
 */
export function resampleAs(
  source: Pixels,
  box: Box,
  size: Size,
  { resample: convention, filter, antialias }: Pick<Recipe['image'], 'resample' | 'filter' | 'antialias'>,
  deep: boolean,
): Pixels {
  if (convention === 'pillow') return resample(source, box, size, filter);
  assert(Object.values(box).every(Number.isInteger), `a box of parts of pixels: ${JSON.stringify(box)}`);
  if (convention === 'opencv-area') return resampleArea(source, box, size);
  if (filter === 'nearest') return nearest(source, box, size);
  const columns = tensorflowWeights(box.right - box.left, size.width, filter, antialias);
  const rows = tensorflowWeights(box.bottom - box.top, size.height, filter, antialias);
  return resampleWeighted(source, box, columns, rows, deep || isDeep(source));
}

function nearest<P extends Pixels>(source: P, { left, top, right, bottom }: Box, size: Size): P {
  const columns = tensorflowPositions(right - left, size.width);
  const rows = tensorflowPositions(bottom - top, size.height);
  const out = blank(source, size, source.channels === 1 ? 1 : 3);
  const { data, channels } = out;
  let to = 0;
  for (const row of rows)
    for (const column of columns) {
      const at = ((top + row) * source.width + left + column) * source.channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = source.data[at + channel];
    }
  return out;
}
