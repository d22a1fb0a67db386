import type { Decisions, SavedDecision } from '../core/decisions';
import type { ImageRef } from '../core/image';
import { openPageStore } from './checkpoint';

/** Gives the decisions that were made about these very images, under the name of their source; others are left aside. */
export async function loadDecisions(sourceName: string, images: readonly ImageRef[]): Promise<Decisions> {
  const saved = await (await openPageStore()).get('decisions', sourceName);
  if (saved === undefined) return new Map();
  const refs = new Map(images.map((ref) => [ref.key, ref]));
  return new Map(
    saved.flatMap(([key, label, bytes, modified]) => {
      const ref = refs.get(key);
      return ref !== undefined && ref.bytes === bytes && ref.modified === modified ? [[key, label]] : [];
    }),
  );
}

/** Keeps the decisions about a source's images in place of those before. */
export async function saveDecisions(
  sourceName: string,
  images: readonly ImageRef[],
  decisions: Decisions,
): Promise<void> {
  const store = await openPageStore();
  if (decisions.size === 0) return store.delete('decisions', sourceName);
  const saved = images.flatMap(({ key, bytes, modified }): SavedDecision[] => {
    const label = decisions.get(key);
    return label === undefined ? [] : [[key, label, bytes, modified]];
  });
  await store.put('decisions', saved, sourceName);
}
