import { orderedMap } from '../base/flow';
import { type Failure, megabytes, type Outcome, succeeded } from './failure';
import type { LinkFetcher } from './fetch-link';
import { rangeUrl } from './fetch-range';
import { redactText } from './redact';

/** Something behind a link that is read in parts, or as a stream. */
export interface RemoteFile {
  readonly url: string;
  /** Bytes; null where neither its listing nor its server says. */
  readonly size: number | null;
  /** True when its server gives parts of it. */
  readonly ranges: boolean;
  /** Its first bytes, which tell what it is. */
  readonly head: Uint8Array<ArrayBuffer>;
}

/** Whom a remote file is asked of. */
export interface RemoteAccess {
  readonly links: Pick<LinkFetcher, 'fetchRange'>;
  /** A `fetch` of `withRanges`. */
  readonly fetch: typeof fetch;
  /** Milliseconds that may pass between two pieces of a stream. */
  readonly stallMs: number;
  /** Tries in all, at least 1. */
  readonly tries: number;
}

/** Thrown where a remote file can be read no further. */
export class RemoteLost extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Bytes that tell an archive's kind; a tar's first header. */
const headBytes = 512;

/**
 * Looks at what a link gives: its first bytes, its size, and whether its server gives parts. Pages may read the size of the
 * whole (`Content-Length`), but of a part only where the server lets them (`Content-Range`).
 * @param listedSize What a listing says of its size.
 */
export async function lookAt(
  url: string,
  listedSize: number | null,
  { links, fetch }: Pick<RemoteAccess, 'links' | 'fetch'>,
  signal: AbortSignal,
): Promise<Outcome<RemoteFile>> {
  const head = await links.fetchRange(url, 0, headBytes, signal);
  if (!head.ok) return head;
  /** Its answer's head alone. Whoever gives none was heard a moment ago: then nothing more is known, and the file is read whole. */
  const ask = async (asked: string): Promise<Pick<Response, 'status' | 'headers'> | null> => {
    const abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal]);
    const answer = await fetch(asked, { ...plainly, signal: both }).catch(() => null);
    signal.throwIfAborted();
    abort.abort();
    return answer;
  };
  const part = await ask(rangeUrl(url, 0, 1));
  const ranges = part?.status === 206;
  const told = wholeNumber(/\/(\d+)$/.exec(part?.headers.get('content-range') ?? '')?.[1]);
  const known = listedSize ?? told;
  if (known !== null) return succeeded({ url, size: known, ranges, head: head.value });
  const whole = await ask(url);
  const packed = (whole?.headers.get('content-encoding') ?? 'identity') !== 'identity';
  const size =
    whole?.status === 200 && !packed ? wholeNumber(whole.headers.get('content-length') ?? undefined) : null;
  return succeeded({ url, size, ranges: ranges && size !== null, head: head.value });
}

/**
 * Reads a remote file from its beginning to its end: in parts, several ahead, where its server gives them, else as one stream,
 * which after an interruption is read again up to where it broke off.
 * @throws RemoteLost when it can be read no further; the signal's reason when it aborts.
 */
export async function* streamFile(
  { url, size, ranges }: RemoteFile,
  access: RemoteAccess,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (!ranges || size === null) return yield* streamWhole(url, access, signal);
  const starts = Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => i * partBytes);
  const parts = orderedMap(starts, { width: partsAhead }, async (start) => {
    const end = Math.min(start + partBytes, size);
    const part = await access.links.fetchRange(url, start, end, signal);
    if (!part.ok) throw new RemoteLost(part.failure);
    if (part.value.length < end - start) throw new RemoteLost(shorter(start + part.value.length, size));
    return part.value;
  });
  yield* parts;
}

/** Bytes asked for at once. Smaller ones cost a turn to the server each, larger ones are asked for again when one breaks off. */
const partBytes = 4 * 2 ** 20;
/** Fewer let the line idle between two answers; more hold more memory. */
const partsAhead = 4;

/** As the fetcher of links asks: no cache, no cookies, no referrer. */
const plainly = {
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'follow',
} as const;

async function* streamWhole(
  url: string,
  { links, fetch, stallMs, tries }: RemoteAccess,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let given = 0;
  for (let attempt = 1; ; attempt++) {
    const ended = new AbortController();
    const alive = createStall(stallMs, () => ended.abort(new Error(`nothing came for ${stallMs / 1000} s`)));
    try {
      const response = await fetch(url, { ...plainly, signal: AbortSignal.any([signal, ended.signal]) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      let at = 0;
      for await (const piece of piecesOf(response)) {
        alive.again();
        const fresh = piece.subarray(Math.max(0, Math.min(piece.length, given - at)));
        at += piece.length;
        if (fresh.length === 0) continue;
        given += fresh.length;
        alive.stop(); // whoever takes it may take its time
        yield fresh;
        alive.again();
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      // Waits and tries again as for any link, and says why it cannot be had.
      const why = await links.fetchRange(url, 0, 1, signal);
      if (!why.ok) throw new RemoteLost(why.failure);
      if (attempt >= tries) throw new RemoteLost(brokenOff(given, error));
    } finally {
      alive.stop();
      ended.abort();
    }
  }
}

interface Stall {
  again(): void;
  stop(): void;
}

function createStall(ms: number, stalled: () => void): Stall {
  let timer = setTimeout(stalled, ms);
  return {
    again() {
      clearTimeout(timer);
      timer = setTimeout(stalled, ms);
    },
    stop: () => clearTimeout(timer),
  };
}

async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) yield read.value;
}

function brokenOff(bytes: number, error: unknown): Failure {
  const seen = error instanceof Error ? error.message : String(error);
  return {
    stage: 'fetch',
    code: 'interrupted',
    message: `The connection broke off after ${megabytes(bytes)} (${redactText(seen)}), and again when it was tried again. Its server gives no parts of it, so that it must come whole. Retry it later.`,
  };
}

function shorter(bytes: number, size: number): Failure {
  return {
    stage: 'fetch',
    code: 'changed',
    message: `It ends after ${bytes} bytes instead of ${size}. It was changed meanwhile; list it again.`,
  };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
