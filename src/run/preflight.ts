import { forEachBreathing } from '../base/breathe';
import type { PlannedImage } from '../core/plan';
import { readSignedUrl } from '../core/signed-url';

/** What the links themselves tell of a run before it, without asking anyone. */
export interface Preflight {
  /** Links that say how long they are good. */
  readonly signed: number;
  /** Of these, those that are good no longer. */
  readonly expired: number;
  /** Those that will end before the run reaches them. */
  readonly late: number;
  /** When the first that is still good ends, milliseconds since 1970; null where none does. */
  readonly firstEnd: number | null;
}

/**
 * Reads out of each link when it ends, and compares that with its turn in a run that does so many images a second. `now` is in
 * milliseconds since 1970.
 */
export async function preflight(
  images: readonly PlannedImage[],
  imagesPerSecond: number,
  now: number,
  signal?: AbortSignal,
): Promise<Preflight> {
  let signed = 0;
  let expired = 0;
  let late = 0;
  let firstEnd: number | null = null;
  await forEachBreathing(
    images,
    ({ ref: { origin } }, i) => {
      const end = origin.kind === 'link' ? (readSignedUrl(origin.url)?.expiresAt ?? null) : null;
      if (end === null) return;
      signed++;
      if (end <= now) {
        expired++;
        return;
      }
      if (end < now + (i / imagesPerSecond) * 1000) late++;
      firstEnd = firstEnd === null ? end : Math.min(firstEnd, end);
    },
    signal,
  );
  return { signed, expired, late, firstEnd };
}
