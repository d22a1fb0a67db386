import { assert } from '../base/assert';
import type { Outcome } from '../core/failure';
import { failed, succeeded } from '../core/failure';
import type { ImageMeta, ImageRef } from '../core/image';
import { decodeKnobs, fetchKnobs } from '../core/reading-knobs';
import type { Recipe } from '../core/recipe';
import type { ComputeDoor } from '../workers/compute.worker';
import type { DecodeDoor } from '../workers/decode.worker';
import type { DecodeWish, PreviewPicture, PreviewPictures } from '../workers/job';
import type { Remote } from '../workers/rpc';
import { createCodecPool, createComputeWorker, createDecodePool } from './crew';
import { decodeWish } from './decode-one';
import { createLinkReader } from './link-reader';
import { isKept, type Negative, type NegativeId, serves } from './negative';
import { createPool, type Pool, WorkerLost } from './pool';

/** What the preview shows of one image. */
export interface PreviewResult extends PreviewPictures {
  readonly meta: ImageMeta;
  /** What {@link PreviewPictures.original} shows: another one is another picture. */
  readonly negative: NegativeId;
}

export type { PreviewPicture };

/** Looks at images outside a run: thumbnails and previews, in workers of its own. */
export interface Studio {
  /** A bitmap whose longer side is at most `side` pixels. An aborted call that has not begun never begins. */
  thumbnail(
    ref: ImageRef,
    side: number,
    signal: AbortSignal,
  ): Promise<Outcome<{ bitmap: ImageBitmap; meta: ImageMeta }>>;
  /**
   * The picture and `copies` augmented ones exactly as this recipe's run will compute them. Of `shown`, the negative whose
   * picture the caller still has, the original is not drawn again.
   */
  preview(
    ref: ImageRef,
    recipe: Recipe,
    copies: number,
    shown: NegativeId | null,
  ): Promise<Outcome<PreviewResult>>;
  dispose(): void;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Thumbnails and previews ask for little; a file that takes longer is shown as a problem. */
const deadlineMs = 20_000;

/** Opens a {@link Studio}; its workers start when first needed. */
export function createStudio(): Studio {
  // A damaged picture is shown too: the page marks it.
  const thumbnailKnobs = decodeKnobs.parse({ timeout_s: deadlineMs / 1000, damaged: 'keep' });
  const thumbnails = createDecodePool(2, 2);
  const originals = createDecodePool(1, 1);
  const codecs = createCodecPool(1);
  const links = createLinkReader({ knobs: fetchKnobs.parse({}), proxy: null });
  const compute = createPool<ComputeDoor>({ size: 1, callsPerWorker: 1, create: createComputeWorker });
  async function lightOrCodec<T>(
    light: Pool<DecodeDoor>,
    { origin, bytes: size }: ImageRef,
    call: (worker: Remote<DecodeDoor>, codecs: boolean, bytes?: Bytes) => Promise<Outcome<T> | null>,
  ): Promise<Outcome<T>> {
    const fetched =
      origin.kind === 'link' ? await links.read(origin, size, thumbnailKnobs.max_megabytes) : null;
    if (fetched !== null && !fetched.ok) return fetched;
    const outcome =
      (await light.run((worker) => call(worker, false, fetched?.value), deadlineMs)) ??
      (await codecs.run((worker) => call(worker, true, fetched?.value), deadlineMs));
    assert(outcome !== null, 'a codec worker sent an image away');
    return outcome;
  }
  let negative: Negative | null = null;
  async function develop(ref: ImageRef, wish: DecodeWish): Promise<Outcome<Negative>> {
    if (negative !== null && serves(negative, ref, wish)) return succeeded(negative);
    negative = null; // two large pictures at once would be one too many
    const outcome = await lightOrCodec(
      originals,
      ref,
      async (worker, codecs, bytes) => (await worker.decode(ref, wish, codecs, undefined, bytes)).outcome,
    );
    return outcome.ok ? succeeded({ id: Symbol(ref.key), ref, wish, decoded: outcome.value }) : outcome;
  }
  return {
    async thumbnail(ref, side, signal) {
      return outcomeOf(() =>
        lightOrCodec(thumbnails, ref, (worker, codecs, bytes) => {
          signal.throwIfAborted();
          return worker.thumbnail(ref, side, thumbnailKnobs, codecs, bytes);
        }),
      );
    },
    async preview(ref, recipe, copies, shown) {
      return outcomeOf(async () => {
        const developed = await develop(ref, previewWish(recipe));
        if (!developed.ok) return developed;
        const { id, decoded } = developed.value;
        if (isKept(developed.value)) negative = developed.value;
        const setup = { recipe, engine: 'cpu', needs: { tensor: true, picture: false } } as const;
        // Copied, not moved: the negative stays for the next turn of a knob.
        const item = { key: ref.key, copies, decoded, partners: [] };
        const isNew = shown !== id;
        const pictures = await compute.run((worker) => worker.preview(item, setup, isNew), deadlineMs);
        return succeeded({ ...pictures, meta: decoded.meta, negative: id });
      });
    },
    dispose() {
      links.dispose();
      thumbnails.dispose();
      originals.dispose();
      codecs.dispose();
      compute.dispose();
    },
  };
}

/** Of every frame the preview shows the first. */
function previewWish(recipe: Recipe): DecodeWish {
  const { decode } = recipe;
  const frames = decode.frames === 'every' ? 'first' : decode.frames;
  return decodeWish({ ...recipe, decode: { ...decode, frames } });
}

async function outcomeOf<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkerLost) || error.why === 'disposed') throw error;
    if (error.why === 'timeout')
      return failed('decode', 'timeout', `It took longer than ${deadlineMs / 1000} s to open.`);
    return failed('decode', 'crash', 'The decoder crashed on this file.');
  }
}
