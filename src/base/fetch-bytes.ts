import { readDataUrl } from './data-url';
import { type ExchangeOptions, exchange, type FetchProblem, type FetchRequest, type Tried } from './exchange';
import { deferred, untilAborted } from './flow';
import { type Clock, createHostSlots, type SlotLimits } from './host-slots';
import { parseUrl } from './parse-url';
import { backOffMs, mayPass } from './retry';

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
  /** The longest `Retry-After` that is waited for; one that is longer counts as the last word. */
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
      const known = acquaintances.get(host) ?? { answered: false, silent: 0 };
      acquaintances.set(host, known);
      for (let attempt = 1; ; attempt++) {
        const release = await slots.take(host, signal);
        let result: Tried;
        try {
          result = await exchange(request, options, signal);
        } finally {
          release();
        }
        signal?.throwIfAborted();
        learn(known, result);
        if (result.ok || attempt >= options.tries || !mayRetry(result, known)) return withoutWait(result);
        const { retryAfterMs } = result;
        if (retryAfterMs !== null && retryAfterMs > options.patienceMs) return withoutWait(result);
        if (retryAfterMs !== null) slots.rest(host, clock.now() + retryAfterMs);
        await pause(
          clock,
          Math.max(retryAfterMs ?? 0, backOffMs(options.backOffMs, attempt, options.seed, url)),
          signal,
        );
      }
    },
  };
}

/** What is known of a host. */
interface Acquaintance {
  answered: boolean;
  /** Requests in a row that had no response. */
  silent: number;
}

const withoutWait = (tried: Tried): Fetched => (tried.ok ? tried : { ok: false, problem: tried.problem });

function learn(known: Acquaintance, tried: Tried): void {
  const silent = !tried.ok && !tried.answered;
  known.silent = silent ? known.silent + 1 : 0;
  known.answered ||= !silent;
}

/** A host that never answers so many requests is not asked again for each of thousands. */
const silentAtMost = 8;

function mayRetry({ problem, answered }: Extract<Tried, { ok: false }>, known: Acquaintance): boolean {
  if (!answered) return known.answered || known.silent < silentAtMost;
  if (problem.kind === 'interrupted' || problem.kind === 'timeout') return true;
  return problem.kind === 'status' && mayPass(problem.status);
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
