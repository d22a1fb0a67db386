import { assert } from '../base/assert';
import { failed, type Outcome } from '../core/failure';
import type { Decoded } from '../core/image';
import type { PlannedImage } from '../core/plan';
import type { Recipe } from '../core/recipe';
import { wantedSize } from '../transforms/geometry';
import type { DecodeResult, DecodeWish } from '../workers/job';
import { buffersOf, moved } from '../workers/rpc';
import type { Crew } from './crew';
import type { Meter } from './meter';
import { WorkerLost } from './pool';

/** The pixels' buffers, as they travel. */
export const pixelBuffers = ({ frames }: Decoded) => buffersOf(frames.map(({ raster }) => raster.data));

/** What a recipe asks of every decode. */
export function decodeWish(recipe: Recipe): DecodeWish {
  return {
    wanted: wantedSize(recipe),
    averages: recipe.image.filter !== 'nearest',
    deep: recipe.normalise.dtype !== 'uint8',
    keepExif: recipe.output.picture_metadata === 'keep',
    knobs: recipe.decode,
  };
}

/** Whom a decode needs, and whom it tells. */
export interface DecodeContext {
  readonly crew: Crew;
  readonly wish: DecodeWish;
  readonly recipe: Recipe;
  readonly meter: Meter;
}

/** What came of fetching a link. */
export type Fetched = Outcome<Uint8Array<ArrayBuffer>>;

/**
 * Decodes in the decode workers, or in a codec worker when the file turns out to want one. An image whose worker died is
 * tried once more in a worker of its own. A link is fetched unless what came of that is given.
 */
export async function decodeOne(
  context: DecodeContext,
  image: PlannedImage,
  fetched: Fetched | null = null,
): Promise<Outcome<Decoded>> {
  const { crew } = context;
  const begun = fetched ?? (await fetchOne(context, image));
  if (begun !== null && !begun.ok) return begun;
  const first = await decodeIn([crew.decode, crew.solo], false, context, image, begun?.value ?? null);
  if (first.outcome !== null) return first.outcome;
  const { outcome } = await decodeIn([crew.codec, crew.codec], true, context, image, first.bytes);
  assert(outcome !== null, 'a codec worker sent an image away');
  return outcome;
}

/** Tries the pools in turn; `read` are the image's bytes where they are there already, which the first worker takes with it. */
async function decodeIn(
  pools: readonly Crew['decode'][],
  codecs: boolean,
  context: DecodeContext,
  image: PlannedImage,
  read: DecodeResult['bytes'],
): Promise<Pick<DecodeResult, 'outcome' | 'bytes'>> {
  const { crew, wish, recipe, meter } = context;
  const deadlineMs = recipe.decode.timeout_s * 1000;
  for (const [attempt, pool] of pools.entries()) {
    // What went down with a worker is fetched again; a file is opened again where it is decoded.
    const again = attempt === 0 ? null : await fetchOne(context, image);
    if (again !== null && !again.ok) return { outcome: again, bytes: null };
    const given = attempt === 0 ? read : (again?.value ?? null);
    try {
      const result = await pool.run((worker) => {
        const spare = crew.spares.take();
        const room = spare && moved(spare, [spare]);
        const bytes = given === null ? undefined : moved(given, buffersOf([given]));
        return worker.decode(image.ref, wish, codecs, room, bytes);
      }, deadlineMs);
      meter.stageMs.open += result.openMs;
      meter.stageMs.decode += result.decodeMs;
      return result;
    } catch (error) {
      if (!(error instanceof WorkerLost) || error.why === 'disposed') throw error;
      if (error.why === 'timeout') return { outcome: tookTooLong('decode', recipe), bytes: null };
    }
  }
  const outcome = failed(
    'decode',
    'crash',
    'The decoder crashed on this file, twice. The file may be damaged; the other images are not affected.',
  );
  return { outcome, bytes: null };
}

/** Fetches an image that is a link; null for any other. */
export async function fetchOne(
  { crew, recipe }: Pick<DecodeContext, 'crew' | 'recipe'>,
  { ref }: PlannedImage,
): Promise<Fetched | null> {
  const { origin } = ref;
  return origin.kind === 'link' ? crew.links.read(origin, recipe.decode.max_megabytes) : null;
}

/** The failure of an image that ran over its deadline. */
export function tookTooLong(stage: 'decode' | 'transform', recipe: Recipe): Outcome<never> {
  const each = stage === 'transform' ? ' for each row' : '';
  const message = `It took longer than ${recipe.decode.timeout_s} s${each}. Raise decode.timeout_s if the file is sound.`;
  return failed(stage, 'timeout', message);
}
