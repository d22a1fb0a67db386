import { useEffect, useState } from 'react';
import type { Failure } from '../../core/failure';
import type { ImageRef } from '../../core/image';
import type { Recipe } from '../../core/recipe';
import type { PreviewShown } from '../api';
import { note, studio } from '../images/thumbnails';
import { messageOf } from '../state/source-store';

/** What the preview knows now. `fresh` is false while a newer one is being made. */
export interface PreviewState {
  readonly ref: ImageRef | null;
  readonly result: PreviewShown | null;
  readonly failure: Pick<Failure, 'message'> | null;
  readonly fresh: boolean;
}

interface Wish {
  readonly ref: ImageRef;
  readonly recipe: Recipe;
  readonly copies: number;
}

/** Makes the preview of an image anew whenever image or recipe change; only the newest wish is worked on. */
export function usePreview(ref: ImageRef | null, recipe: Recipe, copies: number): PreviewState {
  const [state, setState] = useState<PreviewState>({ ref: null, result: null, failure: null, fresh: false });
  const [maker] = useState(() => createMaker(setState));
  useEffect(() => maker.open(), [maker]);
  useEffect(() => {
    if (ref === null) return;
    setState((last) => ({ ...last, fresh: false }));
    // Several knobs may turn within one frame, as when a slider is dragged.
    const frame = requestAnimationFrame(() => maker.wish({ ref, recipe, copies }));
    return () => cancelAnimationFrame(frame);
  }, [maker, ref, recipe, copies]);
  return state;
}

/** One preview at a time: while it is made, a newer wish replaces the one that waits. */
function createMaker(tell: (state: PreviewState) => void) {
  let next: Wish | null = null;
  let busy = false;
  let shown: PreviewShown | null = null;
  let isOpen = false;
  const show = (state: PreviewState) => {
    const before = shown;
    shown = state.result;
    tell(state);
    // The page may still paint the old ones in this frame.
    const kept = state.result?.original ?? null;
    if (before) requestAnimationFrame(() => requestAnimationFrame(() => close(before, kept)));
  };
  const work = async () => {
    busy = true;
    while (next !== null && isOpen) {
      const wish = next;
      next = null;
      const made = await make(wish, shown);
      if (isOpen) show({ ...made, fresh: next === null });
      else if (made.result) close(made.result, null);
    }
    busy = false;
  };
  return {
    wish(wish: Wish) {
      next = wish;
      if (!busy) void work();
    },
    open() {
      isOpen = true;
      return () => {
        isOpen = false;
        if (shown) close(shown, null);
        shown = null;
      };
    },
  };
}

async function make(
  { ref, recipe, copies }: Wish,
  shown: PreviewShown | null,
): Promise<Omit<PreviewState, 'fresh'>> {
  try {
    const outcome = await (await studio()).preview(ref, recipe, copies, shown?.negative ?? null);
    if (!outcome.ok) {
      // What the recipe refuses is not the file's fault; only failures of decoding are the file's.
      // Of a damaged one the thumbnail shows what there is.
      if (outcome.failure.stage === 'decode' && !outcome.failure.recoverable) note(ref, outcome);
      return { ref, result: null, failure: outcome.failure };
    }
    const made = outcome.value;
    note(ref, { ok: true, meta: made.meta });
    const original = made.original ?? shown?.original;
    if (!original) throw new Error('a preview without its original');
    return { ref, result: { ...made, original }, failure: null };
  } catch (error) {
    return { ref, result: null, failure: { message: messageOf(error) } };
  }
}

/** Frees a preview's pictures but for the original that the next one shows too. */
function close({ original, seen, copies }: PreviewShown, kept: ImageBitmap | null): void {
  if (original !== kept) original.close();
  for (const { bitmap } of [seen, ...copies]) bitmap.close();
}
