import { assert } from '../base/assert';
import { sortBreathing, startBreath } from '../base/breathe';
import { byCodePoint } from '../base/order';
import type { ImageRef, Listed } from '../core/image';
import type { AnyKnobs, Grants, Source } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { sources } from '../sources';
import type { ListedArchive } from './archives';

/** What a source gave: every image, the sidecar tables, and counts of what was left out. */
export interface Listing {
  /** In code-point order of the keys. */
  readonly images: readonly ImageRef[];
  /** In code-point order of the keys. */
  readonly tables: readonly { readonly key: string; readonly file: Blob }[];
  readonly hidden: number;
  readonly notAnImage: number;
  /** What a person should know of the listing, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Lists the recipe's source and sorts what it gave, in slices short enough for the page's thread.
 * @param found Told how many images were found so far, a few times a second at most, and once at the end.
 * @throws RunError `permission` when the source may not look; the signal's reason when it aborts.
 */
export async function listImages(
  recipe: Recipe,
  grants: Grants,
  signal: AbortSignal,
  found: (count: number) => void = () => undefined,
): Promise<Listing> {
  const source: AnyKnobs<Source<never>> | undefined = sources.find(({ id }) => id === recipe.source.type);
  assert(source, `no source ${recipe.source.type}: the recipe's schema lets only known ones through`);
  const images: ImageRef[] = [];
  const tables: { readonly key: string; readonly file: Blob }[] = [];
  const archives: ListedArchive[] = [];
  const notes: string[] = [];
  const leftOut = { hidden: 0, 'not-an-image': 0 };
  const breath = startBreath(signal);
  let toldAt = performance.now();
  const take = (listed: Listed) => {
    if (listed.kind === 'image') images.push(listed.ref);
    else if (listed.kind === 'table') tables.push({ key: listed.key, file: listed.file });
    else if (listed.kind === 'archive') archives.push(listed);
    else if (listed.kind === 'note') notes.push(listed.text);
    else leftOut[listed.why]++;
  };
  const takeAll = async (all: AsyncIterable<Listed>) => {
    for await (const listed of all) {
      take(listed);
      if (!breath.due()) continue;
      await breath.take();
      if (performance.now() - toldAt < tellEveryMs) continue;
      toldAt = performance.now();
      found(images.length);
    }
  };
  // The source's own schema checked these knobs with the recipe; here only their type is unknown.
  await takeAll(source.list((recipe.source[source.id] ?? {}) as never, grants, signal));
  if (archives.length > 0) {
    // Loaded when one is met: the page's first load does without it.
    const { listArchives } = await import('./archives');
    const keys = [...images, ...tables].map(({ key }) => key);
    const inOrder = archives.toSorted((a, b) => byCodePoint(a.key, b.key));
    const setup = { knobs: recipe.fetch, proxy: grants.proxy ?? null };
    await takeAll(listArchives(inOrder, keys, setup, signal));
  }
  signal.throwIfAborted();
  found(images.length);
  return {
    images: await sortBreathing(images, (a, b) => byCodePoint(a.key, b.key), signal),
    tables: await sortBreathing(tables, (a, b) => byCodePoint(a.key, b.key), signal),
    hidden: leftOut.hidden,
    notAnImage: leftOut['not-an-image'],
    notes,
  };
}

/** Often enough that the count is seen to grow, seldom enough that showing it costs nothing. */
const tellEveryMs = 100;
