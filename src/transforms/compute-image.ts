import { random } from '../base/random';
import { blank, type Decoded, type DecodedFrame, isDeep, type Pixels, type Size } from '../core/image';
import type { Box, RowNeeds } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Computed, Drawn, Mixed, Picture } from '../core/row';
import { luma, parseColour } from './colour';
import { embedExif } from './embed-exif';
import { encodePicture } from './encode-picture';
import { flatten, flattenDeep } from './flatten';
import { type Placement, placePicture } from './geometry';
import { toColour, toGrey } from './grey';
import { normalise } from './normalise';
import { resampleAs } from './resample-as';
import { type Step, stepsOf } from './steps';

export { tensorStats } from './normalise';

/** What is wanted of one decoded image. */
export interface ComputeJob {
  /** The image's key: with the recipe's seed it decides what is drawn. */
  readonly key: string;
  /** Augmented copies beside the plain one. */
  readonly copies: number;
  /** What its copies are mixed with; a copy for which none is named is not mixed. */
  readonly partners?: readonly Partner[];
  /** Parsed: every knob has its value. */
  readonly recipe: Recipe;
  readonly needs: RowNeeds;
}

/** Another picture that some of an image's copies are mixed with. */
export interface Partner {
  readonly key: string;
  readonly decoded: Decoded;
  /** The copies, and in each the place in `augment.steps` of the step that mixes. */
  readonly of: readonly { readonly copy: number; readonly step: number }[];
}

/** One copy as pixels, 8-bit or deep as they were decoded: what the model sees, before its numbers are normalised. */
export interface ComputedRaster {
  /** Position of the frame or page in its file. */
  readonly frame: number;
  /** 0 is unaugmented. */
  readonly copy: number;
  /** One or three channels. */
  readonly raster: Pixels;
  /** What extractors look at: of the plain copy the picture before it was resized, of another its raster. */
  readonly seen: Pixels;
  readonly augmentation: readonly Drawn[];
  readonly mixed: readonly Mixed[];
}

/** A row before its features. */
export interface Drafted extends Omit<Computed, 'features'> {
  /** What extractors look at: one, three or four channels, the fourth opaque; null when the recipe has none. */
  readonly seen: Pixels | null;
}

/**
 * Makes of one decoded image the plain result and its augmented copies, in order, without features. Needs a browser for
 * pictures.
 */
export async function computeImage(decoded: Decoded, job: ComputeJob): Promise<Drafted[]> {
  const { recipe, needs } = job;
  const results: Drafted[] = [];
  for (const { frame, copy, raster, seen, augmentation, mixed } of rastersOf(decoded, job)) {
    results.push({
      frame,
      copy,
      size: { width: raster.width, height: raster.height },
      tensor: needs.tensor ? normalise(raster, recipe.normalise) : null,
      picture: needs.picture ? await pictureOf(raster, decoded.meta.exifBlock, recipe.output) : null,
      augmentation,
      seen: recipe.features.extractors.length > 0 ? seen : null,
      mixed,
    });
  }
  return results;
}

async function pictureOf(
  raster: Pixels,
  exifBlock: Uint8Array | null,
  { picture_type, picture_quality }: Recipe['output'],
): Promise<Picture> {
  const picture = await encodePicture(raster, picture_type, picture_quality);
  return exifBlock === null ? picture : embedExif(picture, exifBlock, raster.width, raster.height);
}

/** Makes the same copies as {@link computeImage} and stops at pixels. */
export function computeRasters(decoded: Decoded, job: Omit<ComputeJob, 'needs'>): ComputedRaster[] {
  return [...rastersOf(decoded, job)];
}

function* rastersOf(decoded: Decoded, job: Omit<ComputeJob, 'needs'>): Generator<ComputedRaster> {
  for (const frame of decoded.frames) yield* copiesOf(frame, job);
}

function* copiesOf(decoded: DecodedFrame, job: Omit<ComputeJob, 'needs'>): Generator<ComputedRaster> {
  const { copies, recipe, partners = [] } = job;
  const { frame } = decoded;
  // The first frame draws what a still of this name draws.
  const key = frame === 0 ? job.key : `${job.key}#${frame}`;
  const picture = prepared(decoded, recipe);
  const plain = developed(picture, placePicture(picture, recipe.image), recipe);
  yield { frame, copy: 0, raster: plain, seen: picture, augmentation: [], mixed: [] };

  const steps = copies > 0 ? stepsOf(recipe) : [];
  for (let copy = 1; copy <= copies; copy++) {
    const drawn = drawAll(steps, recipe.seed, key, copy);
    const begun = cropped(picture, drawn, recipe, plain);
    let { raster } = begun;
    const augmentation: Drawn[] = [];
    const mixed: Mixed[] = [];
    for (const { step, values } of drawn) {
      if (step.mix === null) {
        raster = step.apply(raster, values);
        augmentation.push(step.crop && begun.crop ? { step: values.step, ...begun.crop } : values);
        continue;
      }
      const partner = partners.find(({ of }) =>
        of.some((use) => use.copy === copy && use.step === step.index),
      );
      if (partner === undefined) continue;
      const other = partnerRaster(partner, steps.slice(0, steps.indexOf(step)), steps, copy, recipe);
      const [own, its] = sameKind(raster, other);
      const result = step.mix(own, its, values);
      raster = result.raster;
      const weight = Math.round(result.weight * 1e6) / 1e6;
      augmentation.push({ ...values, weight, partner: partner.key });
      mixed.push({ partner: partner.key, weight });
    }
    yield { frame, copy, raster, seen: raster, augmentation, mixed };
  }
}

interface DrawnStep {
  readonly step: Step;
  readonly values: Drawn;
}

function drawAll(steps: readonly Step[], seed: number, key: string, copy: number): readonly DrawnStep[] {
  return steps.flatMap((step) => {
    const values = step.draw(random(seed, key, copy, step.index));
    return values === null ? [] : [{ step, values }];
  });
}

/** A copy's picture in its place, after its crops; `plain` is what it is without any, where that is known. */
function cropped(picture: Pixels, drawn: readonly DrawnStep[], recipe: Recipe, plain: Pixels | null) {
  const place = placePicture(picture, recipe.image);
  const crop = cropOf(drawn, picture, place.inner);
  if (crop !== null)
    return {
      raster: developed(picture, placePicture(picture, recipe.image, crop), recipe),
      crop: shareOf(crop, picture),
    };
  return { raster: plain === null ? developed(picture, place, recipe) : copyOf(plain), crop: null };
}

/**
 * The partner's own copy of this number, as far as it has come before the step that mixes: cropped, and changed by the steps
 * before that one, but not mixed itself.
 */
function partnerRaster(
  { key, decoded }: Partner,
  before: readonly Step[],
  steps: readonly Step[],
  copy: number,
  recipe: Recipe,
): Pixels {
  const [frame] = decoded.frames;
  const drawn = drawAll(
    steps.filter((step) => step.crop !== null || before.includes(step)),
    recipe.seed,
    key,
    copy,
  );
  let { raster } = cropped(prepared(frame, recipe), drawn, recipe, null);
  for (const { step, values } of drawn) if (before.includes(step)) raster = step.apply(raster, values);
  return raster;
}

/** Makes both pictures deep where one is. */
function sameKind(one: Pixels, other: Pixels): readonly [Pixels, Pixels] {
  return isDeep(one) === isDeep(other) ? [one, other] : [asDeep(one), asDeep(other)];
}

const asDeep = (raster: Pixels): Pixels =>
  isDeep(raster) ? raster : { ...raster, data: Float32Array.from(raster.data) };

/** Flattens where there is something to flatten, and takes the colour away where none is wanted. */
function prepared({ raster, alpha }: DecodedFrame, recipe: Recipe): Pixels {
  const opaque = alpha ? flattened(raster, recipe) : raster;
  return recipe.image.colour === 'grey' ? toGrey(opaque) : opaque;
}

function flattened(raster: Pixels, recipe: Recipe): Pixels {
  const background = parseColour(recipe.decode.background);
  return isDeep(raster) ? flattenDeep(raster, background) : flatten(raster, background);
}

/** Resamples a picture into its place and pads around it. */
function developed(picture: Pixels, place: Placement, { image, normalise }: Recipe): Pixels {
  const resampled = resampleAs(picture, place.box, place.inner, image, normalise.dtype !== 'uint8');
  // Deep grey has one channel up to here: less to resample.
  const inner = image.colour === 'rgb' ? toColour(resampled) : resampled;
  const { outer, left, top } = place;
  if (inner.width === outer.width && inner.height === outer.height) return inner;
  const { channels } = inner;
  const [red, green, blue] = parseColour(image.pad);
  const padded = blank(inner, outer, channels);
  const { data } = padded;
  if (channels === 1) data.fill(luma(red, green, blue));
  else for (let at = 0; at < data.length; at += 3) data.set([red, green, blue], at);
  const rowLength = inner.width * channels;
  for (let y = 0; y < inner.height; y++)
    data.set(
      inner.data.subarray(y * rowLength, (y + 1) * rowLength),
      ((top + y) * outer.width + left) * channels,
    );
  return padded;
}

/** The box that a copy's crop steps leave of the picture, or null when it has none. */
function cropOf(drawn: readonly DrawnStep[], picture: Size, wanted: Size): Box | null {
  let box: Box | null = null;
  for (const { step, values } of drawn) {
    const whole = { left: 0, top: 0, right: picture.width, bottom: picture.height };
    if (step.crop) box = step.crop(box ?? whole, picture, wanted, values);
  }
  return box;
}

/** A box in shares of the picture: what a row records, since it means the same at every scale of decoding. */
function shareOf(box: Box, { width, height }: Size): Readonly<Record<string, number>> {
  const share = (length: number, of: number) => Math.round((length / of) * 1e6) / 1e6;
  return {
    left: share(box.left, width),
    top: share(box.top, height),
    width: share(box.right - box.left, width),
    height: share(box.bottom - box.top, height),
  };
}

/** Steps write in place, and the plain picture is not theirs. */
function copyOf(raster: Pixels): Pixels {
  return isDeep(raster) ? { ...raster, data: raster.data.slice() } : { ...raster, data: raster.data.slice() };
}
