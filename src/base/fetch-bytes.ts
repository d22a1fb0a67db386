import { type Acquaintance, createAcquaintance } from './acquaintance';
import { readDataUrl } from './data-url';
import { type ExchangeOptions, exchange, type FetchProblem, type FetchRequest, type Tried } from './exchange';
import { deferred, untilAborted } from './flow';
import { type Clock, createHostSlots, type SlotLimits } from './host-slots';
import { parseUrl } from './parse-url';
import { backOffMs } from './retry';

/** What came, or why nothing did. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly problem: FetchProblem };

/** Fetches bytes over the network, patiently and politely. */
export interface Fetcher {
  /** Rejects only with the signal's reason. */
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<Fetched>;
}

export interface FetcherOptions extends SlotLimits, ExchangeOptions {
  /** Tries in all, at least 1. */
  readonly tries: number;
  /** Milliseconds before the second try, doubled before each further one; the wait itself is drawn from its second half. */
  readonly backOffMs: number;
  /** The longest `Retry-After` that is waited for; one that is longer is the last word to whom it is said. */
  readonly patienceMs: number;
  /** Makes the waits of this fetcher its own. */
  readonly seed: string | number;
}

/**
 * Makes a {@link Fetcher}. Network errors, 408, 429 and 5xx are tried again after a jittered exponential back-off, or after
 * what `Retry-After` says, for which the whole host rests; other answers are final. While a request waits to be tried again
 * it holds no slot. No cache is read or filled, for an answer that was cached without CORS headers would be refused; no
 * cookie and no referrer is sent.
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { clock } = options;
  const slots = createHostSlots(options, clock);
  const acquaintances = new Map<string, Acquaintance>();
  return {
    async fetch(request, signal) {
      const { url, maxBytes } = request;
      if (/^data:/i.test(url)) return readData(url, maxBytes);
      const parsed = parseUrl(url);
      if (parsed === null || !/^https?:$/.test(parsed.protocol))
        return { ok: false, problem: { kind: 'address' } };
      const { host } = parsed; // with its port: those of one host share its slots
      const known =
        acquaintances.get(host) ??
        createAcquaintance(clock, options.patienceMs, (untilMs) => slots.rest(host, untilMs));
      acquaintances.set(host, known);
      for (let attempt = 1; ; attempt++) {
        const release = await slots.take(host, signal);
        let result: Tried;
        try {
          const beganMs = clock.now();
          const plea = known.plea();
          result = plea ?? (await exchange(request, options, signal));
          signal?.throwIfAborted();
          // Before another takes the slot, for the host may have asked to be left alone.
          if (plea === null) known.learn(result, beganMs);
        } finally {
          release();
        }
        if (result.ok) return result;
        const afterMs = attempt < options.tries ? known.retryAfterMs(result) : null;
        if (afterMs === null) return { ok: false, problem: result.problem };
        await pause(
          clock,
          Math.max(afterMs, backOffMs(options.backOffMs, attempt, options.seed, url)),
          signal,
        );
      }
    },
  };
}

async function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const over = deferred<void>();
  const cancel = clock.after(ms, over.resolve);
  try {
    await untilAborted(over.promise, signal);
  } finally {
    cancel();
  }
}

function readData(url: string, maxBytes: number): Fetched {
  // Four letters hold three bytes: checked before any memory is taken.
  if (url.length * 0.7 > maxBytes + 1000) return { ok: false, problem: { kind: 'too-large', bytes: null } };
  const bytes = readDataUrl(url);
  return bytes === null ? { ok: false, problem: { kind: 'address' } } : { ok: true, bytes };
}
