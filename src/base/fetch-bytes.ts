import { joinBytes, readDataUrl } from './data-url';
import { deferred, untilAborted } from './flow';
import { type Clock, createHostSlots, type SlotLimits } from './host-slots';
import { random } from './random';

/** Something to fetch. */
export interface FetchRequest {
  /** Exactly as given: a signed link is good in no other spelling. */
  readonly url: string;
  /** More is refused, as soon as it is known or has come. */
  readonly maxBytes: number;
}

/** What came, or why nothing did. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly problem: FetchProblem };

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

/** Fetches bytes over the network, patiently and politely. */
export interface Fetcher {
  /** Rejects only with the signal's reason. */
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<Fetched>;
}

export interface FetcherOptions extends SlotLimits {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Milliseconds until the response's head must be there. */
  readonly connectMs: number;
  /** Milliseconds that may pass between two pieces of the body. */
  readonly stallMs: number;
  /** Milliseconds for one try in all: against a body that drips. */
  readonly totalMs: number;
  /** Tries in all, at least 1. */
  readonly tries: number;
  /** Milliseconds before the second try, doubled before each further one; the wait itself is drawn from its second half. */
  readonly backOffMs: number;
  /** The longest `Retry-After` that is waited for; one that is longer counts as the last word. */
  readonly patienceMs: number;
  /** True to take nothing whose `X-Robots-Tag` says `noai`, `noimageai`, `noindex` or `noimageindex`. */
  readonly heedRobots: boolean;
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
      const host = hostOf(url);
      if (host === null) return { ok: false, problem: { kind: 'address' } };
      const known = acquaintances.get(host) ?? { answered: false, silent: 0 };
      acquaintances.set(host, known);
      for (let attempt = 1; ; attempt++) {
        const release = await slots.take(host, signal);
        let result: Tried;
        try {
          result = await tryOnce(options, request, signal);
        } finally {
          release();
        }
        signal?.throwIfAborted();
        learn(known, result);
        if (result.ok || attempt >= options.tries || !mayRetry(result, known)) return withoutWait(result);
        const { retryAfterMs } = result;
        if (retryAfterMs !== null && retryAfterMs > options.patienceMs) return withoutWait(result);
        if (retryAfterMs !== null) slots.rest(host, clock.now() + retryAfterMs);
        await pause(clock, Math.max(retryAfterMs ?? 0, backOff(options, url, attempt)), signal);
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

type Tried =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly ok: false;
      readonly problem: FetchProblem;
      /** False where no response came: a host that drops what is sent to it only lets the time run out. */
      readonly answered: boolean;
      readonly retryAfterMs: number | null;
    };

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
  if (problem.kind !== 'status') return false;
  return problem.status === 408 || problem.status === 429 || problem.status >= 500;
}

function backOff({ backOffMs, seed }: FetcherOptions, url: string, attempt: number): number {
  return backOffMs * 2 ** (attempt - 1) * random(seed, 'back-off', url, attempt).between(0.5, 1);
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

async function tryOnce(
  options: FetcherOptions,
  { url, maxBytes }: FetchRequest,
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
      const body = await readSome(response, longestError, alive);
      return refuse(
        { kind: 'status', status: response.status, headers: tellingHeaders(response), body },
        readRetryAfter(response.headers.get('retry-after'), options.clock.now()),
      );
    }
    const forbids = options.heedRobots ? robotsForbid(response.headers.get('x-robots-tag')) : null;
    if (forbids !== null) return refuse({ kind: 'robots', seen: forbids });
    const announced = announcedBytes(response);
    if (announced !== null && announced > maxBytes) return refuse({ kind: 'too-large', bytes: announced });
    const bytes = await readAll(response, maxBytes, alive);
    if (bytes === null) return refuse({ kind: 'too-large', bytes: null });
    if (announced !== null && bytes.length < announced)
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

/** The server's clock, and where Azure says in one word what is wrong. */
function tellingHeaders({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['date', 'x-ms-error-code'].flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** An error's body tells its code and message in a few hundred bytes; a page made for people may be long. */
const longestError = 16_384;

/**
 * What `Content-Length` promises of the bytes that are read: nothing where they are unpacked on the way, or may be, as in an
 * answer of another origin, which hides its `Content-Encoding`. There the browser itself compares.
 */
function announcedBytes({ headers, type }: Response): number | null {
  if (type === 'cors') return null;
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return null;
  const length = headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** Gives null as soon as there is more than `maxBytes`. */
async function readAll(
  response: Response,
  maxBytes: number,
  alive: () => void,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(response)) {
    alive();
    bytes += piece.length;
    if (bytes > maxBytes) return null;
    pieces.push(piece);
  }
  return joinBytes(pieces);
}

/** Reads the beginning of a body as text; what is damaged within ends it. */
async function readSome(response: Response, most: number, alive: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of piecesOf(response)) {
      alive();
      pieces.push(piece.subarray(0, most - bytes));
      bytes += piece.length;
      if (bytes >= most) break;
    }
  } catch {
    // The status is what counts; its body is told as far as it came.
  }
  return new TextDecoder().decode(joinBytes(pieces));
}

async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

/** Seconds or a date (RFC 9110, 10.2.3) as milliseconds from now; null where it is missing or neither. */
export function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
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

function readData(url: string, maxBytes: number): Fetched {
  // Four letters hold three bytes: checked before any memory is taken.
  if (url.length * 0.7 > maxBytes + 1000) return { ok: false, problem: { kind: 'too-large', bytes: null } };
  const bytes = readDataUrl(url);
  return bytes === null ? { ok: false, problem: { kind: 'address' } } : { ok: true, bytes };
}

/** A host with its port, whose slots are one another's; null for what is no link to http. */
function hostOf(url: string): string | null {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? host : null;
  } catch {
    return null;
  }
}
