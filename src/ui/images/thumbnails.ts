import { wrongExtension } from '../../core/extension';
import type { Failure, KeyedFailure } from '../../core/failure';
import type { ImageMeta, ImageRef, Origin } from '../../core/image';
import { api, type Studio } from '../api';

/** What is known of an image that was looked at. */
export type Look =
  | { readonly ok: true; readonly meta: ImageMeta }
  | { readonly ok: false; readonly failure: Failure };

/** What is odd about an image that can be used all the same. */
export interface Oddity {
  /** What is wrong with the file, when only part of its pixels could be recovered. */
  readonly damaged: string | null;
  /** In words, when its name ends in another format's ending. */
  readonly misnamed: string | null;
}

interface Entry {
  readonly bitmap: ImageBitmap;
  readonly side: number;
  readonly bytes: number;
}

/** Bitmaps kept beyond the visible ones. More holds memory for nothing; fewer decodes again when scrolling back. */
const keptBytes = 96 * 1024 * 1024;

/** Opens the studio when it is first needed: its workers are not started for an empty page. */
export function studio(): Promise<Studio> {
  opened ??= api.openStudio();
  return opened;
}
let opened: Promise<Studio> | null = null;

// Keyed by origin, which is one object for as long as its source is listed.
const bitmaps = new Map<Origin, Entry>();
const looks = new WeakMap<Origin, Look>();
const failures = new Map<Origin, Failure>();
const oddities = new Map<Origin, Oddity>();
const listeners = new Set<() => void>();
let held = 0;

/** Gives what is known of an image, or null when it was not looked at yet. */
export const lookAt = (ref: ImageRef): Look | null => looks.get(ref.origin) ?? null;

/** Gives a thumbnail that is held, at least `side` wide if the picture is. */
export function heldThumbnail(ref: ImageRef, side: number): ImageBitmap | null {
  const entry = bitmaps.get(ref.origin);
  if (entry === undefined || entry.side < side) return null;
  bitmaps.delete(ref.origin); // the newest use goes last
  bitmaps.set(ref.origin, entry);
  return entry.bitmap;
}

/** Makes a thumbnail. An aborted call that has not begun never begins; the result is null then, and on failure. */
export async function makeThumbnail(
  ref: ImageRef,
  side: number,
  signal: AbortSignal,
): Promise<ImageBitmap | null> {
  const outcome = await (await studio()).thumbnail(ref, side, signal);
  if (!outcome.ok) {
    note(ref, outcome);
    return null;
  }
  const { bitmap, meta } = outcome.value;
  note(ref, { ok: true, meta });
  const bytes = bitmap.width * bitmap.height * 4;
  forget(ref.origin);
  bitmaps.set(ref.origin, { bitmap, side, bytes });
  held += bytes;
  for (const [origin, entry] of bitmaps) {
    if (held <= keptBytes || entry.bitmap === bitmap) break;
    forget(origin);
  }
  return bitmap;
}

/** Remembers what was learned of an image elsewhere, as in the preview. */
export function note(ref: ImageRef, look: Look): void {
  looks.set(ref.origin, look);
  failures.delete(ref.origin);
  oddities.delete(ref.origin);
  if (!look.ok) failures.set(ref.origin, look.failure);
  else {
    const ending = wrongExtension(ref.key, look.meta.format);
    const misnamed = ending && `The name ends in ${ending}, the bytes are ${look.meta.format.toUpperCase()}.`;
    const { damaged } = look.meta;
    if (damaged !== null || misnamed !== null) oddities.set(ref.origin, { damaged, misnamed });
  }
  for (const listener of listeners) listener();
}

/** Failures that were seen while looking at these images, before any run. */
export function seenFailures(images: readonly { readonly ref: ImageRef }[]): readonly KeyedFailure[] {
  return keyed(failures, images);
}

/** What was odd about these images, before any run. */
export function seenOddities(
  images: readonly { readonly ref: ImageRef }[],
): readonly (Oddity & { readonly key: string })[] {
  return keyed(oddities, images);
}

function keyed<T extends object>(
  found: ReadonlyMap<Origin, T>,
  images: readonly { readonly ref: ImageRef }[],
): readonly (T & { readonly key: string })[] {
  if (found.size === 0) return [];
  let keys = keysByOrigin.get(images);
  if (keys === undefined) {
    keys = new Map(images.map(({ ref }) => [ref.origin, ref.key]));
    keysByOrigin.set(images, keys);
  }
  const seen: (T & { readonly key: string })[] = [];
  for (const [origin, what] of found) {
    const key = keys.get(origin);
    if (key !== undefined) seen.push({ key, ...what });
  }
  return seen;
}

/** Keys change when sources are put together, origins do not; made once for each plan, since it may hold 100,000. */
const keysByOrigin = new WeakMap<object, Map<Origin, string>>();

/** How many images failed when they were looked at: changes when {@link seenFailures} does. */
export const failuresSeen = (): number => failures.size;

/** How many images were odd when they were looked at: changes when {@link seenOddities} does. */
export const odditiesSeen = (): number => oddities.size;

/** Tells of every image that is looked at. */
export function subscribeLooks(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function forget(origin: Origin): void {
  const entry = bitmaps.get(origin);
  if (entry === undefined) return;
  entry.bitmap.close();
  held -= entry.bytes;
  bitmaps.delete(origin);
}
