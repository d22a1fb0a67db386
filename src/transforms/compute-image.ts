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
  for (const made of rastersOf(decoded, job))
    results.push(await draftOf(made, decoded.meta.exifBlock, recipe, needs));
  return results;
}

/** Turns a copy's pixels into what its row holds. */
export async function draftOf(
  { frame, copy, raster, seen, augmentation, mixed }: ComputedRaster,
  exifBlock: Uint8Array | null,
  recipe: Recipe,
  needs: RowNeeds,
): Promise<Drafted> {
  return {
    frame,
    copy,
    size: { width: raster.width, height: raster.height },
    tensor: needs.tensor ? normalise(raster, recipe.normalise) : null,
    picture: needs.picture ? await pictureOf(raster, exifBlock, recipe.output) : null,
    augmentation,
    seen: recipe.features.extractors.length > 0 ? seen : null,
    mixed,
  };
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
  yield* makeCopies(decoded, job.recipe, drawCopies(decoded, job), job.partners);
}

/** Makes the given ones of {@link drawCopies}' copies, with what the partners lend them. */
export function* makeCopies(
  decoded: DecodedFrame,
  recipe: Recipe,
  copies: readonly DrawnCopy[],
  partners: readonly Partner[] = [],
): Generator<ComputedRaster> {
  const { frame } = decoded;
  const picture = prepared(decoded, recipe);
  let plain: Pixels | null = null;
  for (const { copy, drawn, crop, augmentation } of copies) {
    const place = placePicture(picture, recipe.image, crop ?? undefined);
    let raster: Pixels;
    if (crop === null) {
      plain ??= developed(picture, place, recipe);
      raster = copy === 0 ? plain : copyOf(plain);
    } else raster = developed(picture, place, recipe);
    const told: Drawn[] = [];
    const mixed: Mixed[] = [];
    for (const [i, { step, values }] of drawn.entries()) {
      if (step.mix === null) {
        raster = step.apply(raster, values);
        told.push(augmentation[i]);
        continue;
      }
      const partner = partners.find(({ of }) =>
        of.some((use) => use.copy === copy && use.step === step.index),
      );
      if (partner === undefined) continue;
      const [own, its] = sameKind(raster, partnerRaster(partner, step.index, copy, recipe));
      const result = step.mix(own, its, values);
      raster = result.raster;
      const weight = Math.round(result.weight * 1e6) / 1e6;
      told.push({ ...values, weight, partner: partner.key });
      mixed.push({ partner: partner.key, weight });
    }
    yield { frame, copy, raster, seen: copy === 0 ? picture : raster, augmentation: told, mixed };
  }
}

/** What was drawn for one copy of a frame. */
export interface DrawnCopy {
  /** 0 is unaugmented. */
  readonly copy: number;
  /** The steps that happen, in their order. */
  readonly drawn: readonly DrawnStep[];
  /** The box that its crop steps leave of the picture, or null when it has none. */
  readonly crop: Box | null;
  /** What its row records of each of {@link DrawnCopy.drawn}, but of those that mix a partner in. */
  readonly augmentation: readonly Drawn[];
}

/** Draws all copies of a frame, the plain one first. */
export function drawCopies({ frame, raster }: DecodedFrame, job: Omit<ComputeJob, 'needs'>): DrawnCopy[] {
  const { copies, recipe } = job;
  // The first frame draws what a still of this name draws.
  const key = frame === 0 ? job.key : `${job.key}#${frame}`;
  const { inner } = placePicture(raster, recipe.image);
  const all: DrawnCopy[] = [{ copy: 0, drawn: [], crop: null, augmentation: [] }];
  const steps = copies > 0 ? stepsOf(recipe) : [];
  for (let copy = 1; copy <= copies; copy++) {
    const drawn = drawAll(steps, recipe.seed, key, copy);
    const crop = cropOf(drawn, raster, inner);
    const augmentation = drawn.map(({ step, values }) =>
      step.crop && crop ? { step: values.step, ...shareOf(crop, raster) } : values,
    );
    all.push({ copy, drawn, crop, augmentation });
  }
  return all;
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

/**
 * The partner's own copy of this number, as far as it has come before the step at `index`, which mixes: cropped, and changed by
 * the steps before that one, but not mixed itself.
 */
function partnerRaster({ key, decoded }: Partner, index: number, copy: number, recipe: Recipe): Pixels {
  const [frame] = decoded.frames;
  const before = stepsOf(recipe).filter(
    (step) => step.mix === null && (step.crop !== null || step.index < index),
  );
  const drawn = drawAll(before, recipe.seed, key, copy);
  const picture = prepared(frame, recipe);
  const crop = cropOf(drawn, picture, placePicture(picture, recipe.image).inner);
  let raster = developed(picture, placePicture(picture, recipe.image, crop ?? undefined), recipe);
  for (const { step, values } of drawn) if (step.index < index) raster = step.apply(raster, values);
  return raster;
}

/** Makes both pictures deep where one is. */
function sameKind(one: Pixels, other: Pixels): readonly [Pixels, Pixels] {
  return isDeep(one) === isDeep(other) ? [one, other] : [asDeep(one), asDeep(other)];
}

const asDeep = (raster: Pixels): Pixels =>
  isDeep(raster) ? raster : { ...raster, data: Float32Array.from(raster.data) };

/** Flattens where there is something to flatten, and takes the colour away where none is wanted. */
export function prepared({ raster, alpha }: DecodedFrame, recipe: Recipe): Pixels {
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
