import type { Size } from '../core/image';
import type { Plan } from '../core/plan';
import type { Box, FeatureColumn, RowsInfo } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { splits } from '../core/split';
import { describeNormalisation } from './normalise';
import { roundToEven } from './round-to-even';
import { stepsOf } from './steps';

/** Where a picture comes from and where it goes. */
export interface Placement {
  /** The rectangle of the decoded picture that is resampled. */
  readonly box: Box;
  /** What it is resampled to. */
  readonly inner: Size;
  /** The output, at least `inner`; the rest is padding. */
  readonly outer: Size;
  /** Where `inner` lies in `outer`. */
  readonly left: number;
  readonly top: number;
}

/**
 * Decides what a decoded picture of `size` becomes. Each fit is a function of Pillow's `ImageOps` (`src/PIL/ImageOps.py`),
 * with w and h the recipe's width and height, and `round` to even as Python's:
 * - `cover` `fit(picture, (w, h))`: the centred box of the output's ratio, with fractions
 * - `contain` `pad(picture, (w, h))`: one side fits, the other is `round(other / one * side)`, centred
 * - `stretch` `resize((w, h))`
 * - `shortest` `cover(picture, (w, w))`: the shorter side is w, the longer `round(longer / shorter * w)`
 * - `longest` `contain(picture, (w, w))`: the longer side is w, the shorter `round(shorter / longer * w)`, at least 1
 * - `none` the picture as it is
 *
 * With another `resample` than Pillow's, which alone takes parts of pixels, `cover`'s box is rounded down to whole ones as
 * `smart_resize` does (`keras/src/utils/image_utils.py`).
 *
 * A `crop` (whole pixels, from an augmentation) stands for the picture. It is stretched to what `cover` gives, since
 * its own ratio is the augmentation's point.
 */
export function placePicture(size: Size, image: Recipe['image'], crop?: Box): Placement {
  const box = crop ?? { left: 0, top: 0, right: size.width, bottom: size.height };
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const wanted = { width: image.width, height: image.height };
  switch (image.fit) {
    case 'cover':
      return whole(crop ?? (image.resample === 'pillow' ? centredBox : wholeBox)(size, wanted), wanted);
    case 'stretch':
      return whole(box, wanted);
    case 'contain': {
      const inner = scaled({ width, height }, wanted, 'inside');
      const left = roundToEven((wanted.width - inner.width) * 0.5);
      const top = roundToEven((wanted.height - inner.height) * 0.5);
      return { box, inner, outer: wanted, left, top };
    }
    case 'shortest':
    case 'longest': {
      const square = { width: image.width, height: image.width };
      return whole(box, scaled({ width, height }, square, image.fit === 'shortest' ? 'outside' : 'inside'));
    }
    case 'none':
      return whole(box, { width, height });
  }
}

/** The pixels of every row, or null when they differ from picture to picture. */
export function outputSize(recipe: Recipe): Size | null {
  const { fit, width, height } = recipe.image;
  return fit === 'cover' || fit === 'contain' || fit === 'stretch' ? { width, height } : null;
}

/**
 * The least size that a reduced decode should have on both sides: twice the output's (times what the augmentation's
 * crops enlarge), so that the decoder's reduction shows less than the resampling does. For `shortest` and `longest` it
 * is twice the wanted side both ways, which is exact for `shortest` and careful for `longest`. Null asks for every
 * pixel, as the conventions of TensorFlow and OpenCV do: what one chooses them for is their values, and a filter that does not
 * antialias shows every reduction.
 */
export function wantedSize(recipe: Recipe): Size | null {
  const { fit, width, resample } = recipe.image;
  if (fit === 'none' || resample !== 'pillow') return null;
  const zoom = recipe.augment.enabled ? stepsOf(recipe).reduce((product, step) => product * step.zoom, 1) : 1;
  const output = outputSize(recipe) ?? { width, height: width };
  return { width: Math.ceil(output.width * 2 * zoom), height: Math.ceil(output.height * 2 * zoom) };
}

/** Tells formats what the rows of a run will be. */
export function rowsInfo(
  recipe: Recipe,
  plan: Pick<Plan, 'classNames' | 'extraColumns'>,
  features: readonly FeatureColumn[],
): RowsInfo {
  const size = outputSize(recipe);
  const channels = recipe.image.colour === 'grey' ? 1 : 3;
  const { layout, dtype } = recipe.normalise;
  const shapeOf = ({ width, height }: Size): [number, number, number] =>
    layout === 'channels-first' ? [channels, height, width] : [height, width, channels];
  return {
    name: recipe.output.name,
    formats: recipe.output.formats,
    bySplit: recipe.output.layout === 'by-split',
    splits: recipe.split.by === 'none' ? ['train'] : splits,
    size,
    shape: size && shapeOf(size),
    channels,
    layout,
    dtype,
    pictureType: recipe.output.picture_type,
    classNames: plan.classNames,
    softLabels:
      recipe.augment.enabled && plan.classNames.length > 0 && stepsOf(recipe).some(({ mix }) => mix !== null),
    extraColumns: plan.extraColumns,
    features,
    exif: recipe.decode.exif,
    gps: recipe.decode.exif && recipe.decode.gps,
    personal: recipe.decode.exif && recipe.decode.personal,
    normalisation: describeNormalisation(recipe.normalise, channels),
    recipe: recipeText(recipe),
  };
}

/** The recipe without its source and target, which differ between page and command line while the bytes do not. */
function recipeText({ source: _, output, ...rest }: Recipe): string {
  const { target: _target, ...kept } = output;
  return JSON.stringify({ ...rest, output: kept });
}

function whole(box: Box, size: Size): Placement {
  return { box, inner: size, outer: size, left: 0, top: 0 };
}

/** `ImageOps.fit`'s box, in its order of operations. */
function centredBox(size: Size, wanted: Size): Box {
  const pictureRatio = size.width / size.height;
  const wantedRatio = wanted.width / wanted.height;
  const width = pictureRatio > wantedRatio ? wantedRatio * size.height : size.width;
  const height = pictureRatio < wantedRatio ? size.width / wantedRatio : size.height;
  // A rounding error may not carry the box out of the picture, which Pillow refuses and we must not.
  const left = Math.max(0, (size.width - width) * 0.5);
  const top = Math.max(0, (size.height - height) * 0.5);
  return {
    left,
    top,
    right: Math.min(size.width, left + width),
    bottom: Math.min(size.height, top + height),
  };
}

/** The centred box of whole pixels that Keras takes; where it would take none of a very long picture, one. */
function wholeBox({ width, height }: Size, wanted: Size): Box {
  const boxWidth = Math.max(1, Math.min(width, Math.floor((height * wanted.width) / wanted.height)));
  const boxHeight = Math.max(1, Math.min(height, Math.floor((width * wanted.height) / wanted.width)));
  const left = Math.floor((width - boxWidth) / 2);
  const top = Math.floor((height - boxHeight) / 2);
  return { left, top, right: left + boxWidth, bottom: top + boxHeight };
}

/** `ImageOps.contain`'s (`inside`) and `ImageOps.cover`'s (`outside`) size. */
function scaled(size: Size, wanted: Size, how: 'inside' | 'outside'): Size {
  const pictureRatio = size.width / size.height;
  const wantedRatio = wanted.width / wanted.height;
  if (pictureRatio === wantedRatio) return wanted;
  if (pictureRatio > wantedRatio === (how === 'inside'))
    return { width: wanted.width, height: sideOf((size.height / size.width) * wanted.width) };
  return { width: sideOf((size.width / size.height) * wanted.height), height: wanted.height };
}

const sideOf = (length: number) => Math.max(1, roundToEven(length));
