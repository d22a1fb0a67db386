import { readBeginning, readBody } from './body';
import type { Clock } from './host-slots';
import { readRetryAfter } from './retry';

/** Something to fetch. */
export interface FetchRequest {
  /** Exactly as given: a signed link is good in no other spelling. */
  readonly url: string;
  /** More is refused, as soon as it is known or has come. */
  readonly maxBytes: number;
}

/** Why a fetch gave no bytes, once trying again was of no use. */
export type FetchProblem =
  /** No response: refused, no such name, offline, or not shared with pages; a browser tells none of them apart. */
  | { readonly kind: 'network'; readonly seen: string }
  /** The connection broke off within the body, or the body is shorter than was announced. */
  | { readonly kind: 'interrupted'; readonly seen: string }
  /** An answer that is no success, with what of its head and the beginning of its body tells why. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Nothing came for so long; `connect` before the response, `stall` within the body, `total` in all. */
  | { readonly kind: 'timeout'; readonly phase: 'connect' | 'stall' | 'total'; readonly ms: number }
  /** `bytes` is what was announced, or null where more came than allowed. */
  | { readonly kind: 'too-large'; readonly bytes: number | null }
  /** `X-Robots-Tag` asks not to be used so; `seen` is the directive. */
  | { readonly kind: 'robots'; readonly seen: string }
  /** No address that can be fetched. */
  | { readonly kind: 'address' };

/** How long an exchange may take, and what of its answer is heeded. */
export interface ExchangeOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Milliseconds until the response's head must be there. */
  readonly connectMs: number;
  /** Milliseconds that may pass between two pieces of the body. */
  readonly stallMs: number;
  /** Milliseconds for one try in all: against a body that drips. */
  readonly totalMs: number;
  /** True to take nothing whose `X-Robots-Tag` says `noai`, `noimageai`, `noindex` or `noimageindex`. */
  readonly heedRobots: boolean;
}

/** What came of one try. */
export type Tried =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly ok: false;
      readonly problem: FetchProblem;
      /** False where no response came: a host that drops what is sent to it only lets the time run out. */
      readonly answered: boolean;
      readonly retryAfterMs: number | null;
    };

/**
 * Asks once for something, and reads what comes. No cache is read or filled, for an answer that was cached without CORS headers
 * would be refused; no cookie and no referrer is sent. Does not reject; who aborts looks at the signal.
 */
export async function exchange(
  { url, maxBytes }: FetchRequest,
  options: ExchangeOptions,
  signal: AbortSignal | undefined,
): Promise<Tried> {
  const phase = new Deadline(options.clock);
  const total = new Deadline(options.clock);
  const signals = [phase.abort.signal, total.abort.signal, ...(signal ? [signal] : [])];
  const ended = new AbortController(); // what is left of a body that is not wanted
  let answered = false;
  const refuse = (problem: FetchProblem, retryAfterMs: number | null = null): Tried => ({
    ok: false,
    problem,
    answered,
    retryAfterMs,
  });
  try {
    phase.set('connect', options.connectMs);
    total.set('total', options.totalMs);
    const response = await options.fetch(url, {
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'follow',
      signal: AbortSignal.any([...signals, ended.signal]),
    });
    answered = true;
    phase.set('stall', options.stallMs);
    const alive = () => phase.set('stall', options.stallMs);
    if (!response.ok) {
      const body = await readBeginning(response, longestError, alive);
      return refuse(
        { kind: 'status', status: response.status, headers: tellingHeaders(response), body },
        readRetryAfter(response.headers.get('retry-after'), options.clock.now()),
      );
    }
    const forbids = options.heedRobots ? robotsForbid(response.headers.get('x-robots-tag')) : null;
    if (forbids !== null) return refuse({ kind: 'robots', seen: forbids });
    // Packed or not: an image grows when it is unpacked.
    const announced = contentLength(response);
    if (announced !== null && announced > maxBytes) return refuse({ kind: 'too-large', bytes: announced });
    const bytes = await readBody(response, maxBytes, alive);
    if (bytes === null) return refuse({ kind: 'too-large', bytes: null });
    if (announced !== null && bytes.length < announced && countsWhatIsRead(response))
      return refuse({ kind: 'interrupted', seen: `${bytes.length} of ${announced} bytes came` });
    return { ok: true, bytes };
  } catch (error) {
    const passed = phase.passed ?? total.passed;
    if (passed !== null) return refuse(passed);
    const seen = error instanceof Error ? error.message : String(error);
    return refuse({ kind: answered ? 'interrupted' : 'network', seen });
  } finally {
    phase.end();
    total.end();
    ended.abort();
  }
}

/** Bounds how long an exchange may take, phase by phase. */
class Deadline {
  readonly abort = new AbortController();
  passed: FetchProblem | null = null;
  #cancel: () => void = () => undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(phase: 'connect' | 'stall' | 'total', ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => {
      this.passed ??= { kind: 'timeout', phase, ms };
      this.abort.abort();
    });
  }

  end(): void {
    this.#cancel();
  }
}

/** The server's clock, and where Azure says in one word what is wrong. */
function tellingHeaders({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['date', 'x-ms-error-code'].flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/**
 * As many bytes of a refusal are read: it tells its code and message in a few hundred, S3's of a wrong signature, with its
 * canonical request, in some kilobytes, and a page made for people may be long.
 */
export const longestError = 65_536;

/** What `Content-Length` says; null where it is missing, or no length. */
function contentLength({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/**
 * True where `Content-Length` counts the bytes that are read: not where they are unpacked on the way, or may be, as in an
 * answer of another origin, which hides its `Content-Encoding`. There the browser itself compares.
 */
function countsWhatIsRead({ headers, type }: Response): boolean {
  return type !== 'cors' && (headers.get('content-encoding') ?? 'identity') === 'identity';
}

/** Directives may be for one robot by name (`bot: noai`), which none here has: then they are passed over. */
function robotsForbid(header: string | null): string | null {
  const directives = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  return directives.find((directive) => forbidding.has(directive)) ?? null;
}

/** What img2dataset heeds by default. */
const forbidding: ReadonlySet<string> = new Set(['noai', 'noimageai', 'noindex', 'noimageindex']);
