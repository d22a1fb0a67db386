import type { Tried } from './exchange';
import type { Clock } from './host-slots';
import { mayPass } from './retry';

/** What is learned of a host from what came of asking it. */
export interface Acquaintance {
  /** The answer to whoever asks now, without asking: what the host said when it asked to be left alone until later; null otherwise. */
  plea(): Refused | null;
  /** Takes in what came of a request that began at this moment. */
  learn(tried: Tried, beganMs: number): void;
  /** Milliseconds to wait at least before the same is asked again; null where that is of no use. */
  retryAfterMs(refused: Refused): number | null;
}

export type Refused = Extract<Tried, { ok: false }>;

/** A host that never answers so many requests is not asked again for each of thousands. */
const silentAtMost = 8;

/**
 * Gets to know a host.
 *
 * What `Retry-After` says holds for all of the host, whoever it was said to. One that asks for more than `patienceMs` is rested for
 * that long and asked once more, for the answer may have been meant for one thing only; one that asks for it again is left
 * alone until then.
 * @param rest Lets nobody ask the host before this moment.
 */
export function createAcquaintance(
  clock: Clock,
  patienceMs: number,
  rest: (untilMs: number) => void,
): Acquaintance {
  let answered = false;
  let silent = 0; // requests in a row that had no response
  let restsUntil = 0;
  let hasAsked = false;
  let left: { readonly untilMs: number; readonly refused: Refused } | null = null;

  function hearPlea(refused: Refused, retryAfterMs: number, beganMs: number): void {
    const now = clock.now();
    // Those that were under way together make one plea.
    const again = hasAsked && beganMs >= restsUntil;
    if (retryAfterMs > patienceMs && again) left = { untilMs: now + retryAfterMs, refused };
    hasAsked ||= retryAfterMs > patienceMs;
    restsUntil = Math.max(restsUntil, now + Math.min(retryAfterMs, patienceMs));
    if (left === null) rest(restsUntil);
  }

  return {
    plea() {
      if (left === null) return null;
      const retryAfterMs = left.untilMs - clock.now();
      if (retryAfterMs > 0) return { ...left.refused, retryAfterMs };
      left = null;
      return null;
    },
    learn(tried, beganMs) {
      const isSilent = !tried.ok && !tried.answered;
      silent = isSilent ? silent + 1 : 0;
      answered ||= !isSilent;
      if (tried.ok) hasAsked = false;
      else if (tried.retryAfterMs !== null && passes(tried)) hearPlea(tried, tried.retryAfterMs, beganMs);
    },
    retryAfterMs(refused) {
      if (!refused.answered) return answered || silent < silentAtMost ? 0 : null;
      if (!passes(refused)) return null;
      const ms = refused.retryAfterMs ?? 0;
      return ms > patienceMs ? null : ms;
    },
  };
}

function passes({ problem }: Refused): boolean {
  if (problem.kind === 'interrupted' || problem.kind === 'timeout') return true;
  return problem.kind === 'status' && mayPass(problem.status);
}
