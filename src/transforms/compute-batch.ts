import { failed, type Outcome, succeeded } from '../core/failure';
import type { Gpu, GpuCopy, GpuFrame, GpuResult, GpuWanted, Pass, Placing } from '../core/gpu';
import { type Decoded, type DecodedFrame, isDeep, type Raster } from '../core/image';
import type { RowNeeds } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { parseColour } from './colour';
import {
  type ComputedRaster,
  computeImage,
  type Drafted,
  type DrawnCopy,
  draftOf,
  drawCopies,
  makeCopies,
  type Partner,
  prepared,
} from './compute-image';
import { placePicture } from './geometry';
import { placingOf } from './gpu-placing';
import { shapeOf, tensorPlan } from './normalise';

/** An image on its way through the transforms. */
export interface BatchItem {
  /** The image's key: with the recipe's seed it decides what is drawn. */
  readonly key: string;
  /** Augmented copies beside the plain one. */
  readonly copies: number;
  readonly decoded: Decoded;
  /** What its copies are mixed with. */
  readonly partners: readonly Partner[];
}

interface Setup {
  readonly recipe: Recipe;
  readonly needs: RowNeeds;
}

/** Makes of decoded images what their rows hold, in order; one image's failure is its own. On the CPU where there is no GPU. */
export async function computeBatch(
  items: readonly BatchItem[],
  setup: Setup,
  gpu: Gpu | null,
): Promise<Outcome<readonly Drafted[]>[]> {
  const made = gpu === null ? null : await computeOnGpu(items, setup, gpu);
  const outcomes: Outcome<readonly Drafted[]>[] = [];
  for (const [i, { key, copies, decoded, partners }] of items.entries()) {
    try {
      const frames = made?.[i];
      outcomes.push(
        succeeded(
          frames === undefined
            ? await computeImage(decoded, { ...setup, key, copies, partners })
            : await finish(decoded, frames, setup, partners),
        ),
      );
    } catch (error) {
      // One image's transform must not take the batch with it; the message keeps what went wrong.
      outcomes.push(
        failed('transform', 'internal', `The transforms could not handle this image: ${String(error)}`),
      );
    }
  }
  return outcomes;
}

/** One frame: what was drawn for it, and what the GPU made of the copies that it can make. */
interface MadeFrame {
  readonly decoded: DecodedFrame;
  readonly copies: readonly DrawnCopy[];
  readonly results: ReadonlyMap<DrawnCopy, GpuResult>;
}

/** Null when the GPU could not. */
async function computeOnGpu(
  items: readonly BatchItem[],
  { recipe, needs }: Setup,
  gpu: Gpu,
): Promise<readonly (readonly MadeFrame[])[] | null> {
  const channels = recipe.image.colour === 'grey' ? 1 : 3;
  const tensor = needs.tensor ? tensorPlan(recipe.normalise, channels) : null;
  const wanted: GpuWanted = {
    channels,
    tensor,
    raster: needs.picture || recipe.features.extractors.length > 0 || (needs.tensor && tensor === null),
  };
  const plans = items.map(({ key, copies, decoded }) =>
    decoded.frames.map((frame) =>
      planFrame(frame, drawCopies(frame, { key, copies, recipe }), recipe, gpu.largestBytes),
    ),
  );
  const frames = plans.flat().flatMap(({ frame }) => (frame === null ? [] : [frame]));
  const results = frames.length === 0 ? [] : await gpu.run(frames, wanted);
  if (results === null) return null;
  let next = 0;
  return plans.map((ofItem) =>
    ofItem.map(({ decoded, copies, frame, able }): MadeFrame => {
      const own = frame === null ? [] : results[next++];
      return { decoded, copies, results: new Map(able.map((copy, i) => [copy, own[i]])) };
    }),
  );
}

interface FramePlan {
  readonly decoded: DecodedFrame;
  readonly copies: readonly DrawnCopy[];
  /** Null when there is nothing for the GPU to do. */
  readonly frame: GpuFrame | null;
  /** The copies that the GPU makes, in its order. */
  readonly able: readonly DrawnCopy[];
}

/** Says what the GPU makes of a frame. A copy with a step, a shape or pixels that only the CPU can do is wholly the CPU's. */
function planFrame(
  decoded: DecodedFrame,
  copies: readonly DrawnCopy[],
  recipe: Recipe,
  largestBytes: number,
): FramePlan {
  const { raster, alpha } = decoded;
  const { width, height } = raster;
  const nothing = { decoded, copies, frame: null, able: [] };
  if (isDeep(raster) || raster.channels !== 4 || width * height >= largestPixels) return nothing;
  if (recipe.image.resample !== 'pillow') return nothing;
  const grey = recipe.image.colour === 'grey';
  const { filter, pad } = recipe.image;
  const placing = (copy: DrawnCopy) =>
    placingOf(raster, placePicture(raster, recipe.image, copy.crop ?? undefined), filter, pad, grey);
  const plain = placing(copies[0]);
  const able: DrawnCopy[] = [];
  const planned: GpuCopy[] = [];
  let bytes = 0;
  for (const copy of copies) {
    const place = copy.crop === null ? plain : placing(copy);
    const passes = place && passesOf(copy, place, grey ? 1 : 3);
    if (place === null || passes === null) continue;
    const pixels = place.outer.width * place.outer.height;
    bytes += pixels * bytesPerPixel;
    if (pixels >= largestPixels) return nothing;
    able.push(copy);
    planned.push({ placing: place, passes });
  }
  if (able.length === 0 || Math.max(bytes, width * height * 4) > largestBytes) return nothing;
  const pixels = new Uint8Array(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength);
  const background = alpha ? parseColour(recipe.decode.background) : null;
  return { decoded, copies, able, frame: { width, height, pixels, background, grey, copies: planned } };
}

/** Of larger pictures sums of values do not fit in the 32 bits of a shader's numbers. */
const largestPixels = 2 ** 24;

/** At most what a pixel takes while a copy is made: three float32 and three bytes. */
const bytesPerPixel = 15;

/** A copy's steps for the GPU; null when there is one that only the CPU can do. */
function passesOf({ drawn }: DrawnCopy, { outer }: Placing, channels: 1 | 3): readonly Pass[] | null {
  const all: Pass[] = [];
  let size = outer;
  for (const { step, values } of drawn) {
    if (step.mix !== null) return null;
    const passes = step.passes(values, { width: size.width, height: size.height, channels });
    if (passes === null) return null;
    for (const pass of passes) {
      all.push(pass);
      if (pass.kind === 'move') ({ size } = pass);
    }
  }
  return all;
}

/** Makes rows of what the GPU gave, and of what it left to the CPU. */
async function finish(
  { meta }: Decoded,
  frames: readonly MadeFrame[],
  { recipe, needs }: Setup,
  partners: readonly Partner[],
): Promise<readonly Drafted[]> {
  const rows: Drafted[] = [];
  for (const { decoded, copies, results } of frames) {
    const left = makeCopies(
      decoded,
      recipe,
      copies.filter((copy) => !results.has(copy)),
      partners,
    );
    for (const copy of copies) {
      const result = results.get(copy);
      const made = result === undefined ? left.next().value : rasterOf(decoded, copy, result, recipe);
      if (made === undefined) throw new Error('a copy was not made');
      const { tensor } = result ?? { tensor: null };
      const row = await draftOf(made, meta.exifBlock, recipe, {
        ...needs,
        tensor: needs.tensor && tensor === null,
      });
      rows.push(
        tensor === null || result === undefined
          ? row
          : {
              ...row,
              tensor: {
                shape: shapeOf(made.raster, recipe.normalise),
                dtype: recipe.normalise.dtype,
                bytes: tensor,
              },
            },
      );
    }
  }
  return rows;
}

function rasterOf(
  decoded: DecodedFrame,
  { copy, augmentation }: DrawnCopy,
  { size, raster }: GpuResult,
  recipe: Recipe,
): ComputedRaster {
  const channels = recipe.image.colour === 'grey' ? 1 : 3;
  const made: Raster = { ...size, channels, data: raster ?? new Uint8Array(0) };
  const looked = copy === 0 && recipe.features.extractors.length > 0;
  return {
    frame: decoded.frame,
    copy,
    augmentation,
    raster: made,
    seen: looked ? prepared(decoded, recipe) : made,
    mixed: [], // what mixes is the CPU's
  };
}
