import type { Decision, Decisions } from '../core/decisions';
import type { ImageRef } from '../core/image';
import { openPageStore } from './checkpoint';

/** Gives the decisions that were made about these very images, under the name of their source; others are left aside. */
export async function loadDecisions(source: string, images: readonly ImageRef[]): Promise<Decisions> {
  // Every key that begins with the source's name: an array stands behind every text.
  const saved = await (await openPageStore()).getAll('decisions', IDBKeyRange.bound([source], [source, []]));
  if (saved.length === 0) return new Map();
  const refs = new Map(images.map((ref) => [ref.key, ref]));
  return new Map(
    saved.flatMap(({ key, label, bytes, modified }) => {
      const ref = refs.get(key);
      return ref !== undefined && ref.bytes === bytes && ref.modified === modified ? [[key, label]] : [];
    }),
  );
}

/** Keeps decisions about a source's images, in place of those before about the same. */
export async function saveDecisions(source: string, decisions: readonly Decision[]): Promise<void> {
  const transaction = (await openPageStore()).transaction('decisions', 'readwrite');
  const writes = decisions.map(({ ref: { key, bytes, modified }, label }) =>
    label === null
      ? transaction.store.delete([source, key])
      : transaction.store.put({ source, key, label, bytes, modified }),
  );
  await Promise.all([...writes, transaction.done]);
}
