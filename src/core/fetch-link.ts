import { hex, md5 } from '../base/checksum';
import type { FetchProblem } from '../base/exchange';
import type { Fetcher } from '../base/fetch-bytes';
import { untilAborted } from '../base/flow';
import { explainRefusal, explainSilence, serverAnswers } from './doctor';
import { type Failure, failed, type Outcome, succeeded, tooLargeToFetch } from './failure';
import { rangeUrl } from './fetch-range';
import type { LinkOrigin } from './image';
import { unpackMember } from './member';
import { redactText } from './redact';

/** Fetches links, and says of those that give nothing why. */
export interface LinkFetcher {
  /**
   * Gives a link's bytes, checked against the hashes that its list names, or a failure of stage `fetch` without secrets.
   * Rejects only with the signal's reason.
   */
  fetch(
    link: LinkOrigin,
    maxMegabytes: number,
    signal: AbortSignal,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  /** Gives the bytes `[start, end)` of what a link gives, fewer only where it ends; fails as {@link LinkFetcher.fetch} does. */
  fetchRange(
    url: string,
    start: number,
    end: number,
    signal: AbortSignal,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
}

export interface LinkFetcherOptions {
  /** Over a `fetch` of `withRanges`. */
  readonly fetcher: Fetcher;
  /** Asks once more, with `no-cors`, a host that gave no answer. */
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds that it waits for that. */
  readonly answerMs: number;
  /** Of the page. */
  readonly origin: string;
  /** True when the command line's server asks, which may ask anyone; a page asks by https, and by http on this computer. */
  readonly proxied: boolean;
  isOnline(): boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Makes a {@link LinkFetcher}. */
export function createLinkFetcher(options: LinkFetcherOptions): LinkFetcher {
  const answers = new Map<string, Promise<boolean>>();
  const explain = async (url: string, problem: FetchProblem, maxMegabytes: number, signal: AbortSignal) => {
    if (problem.kind === 'network') return explainNetwork(options, answers, url, signal);
    if (problem.kind !== 'status') return tell(problem, maxMegabytes);
    const { status, body, headers } = problem;
    const get = (name: string) => headers[name.toLowerCase()] ?? null;
    return explainRefusal({ url, status, headers: { get }, body }, options.now());
  };
  const get = async (url: string, asked: string, maxBytes: number, signal: AbortSignal) => {
    const fetched = await options.fetcher.fetch({ url: asked, maxBytes }, signal);
    if (fetched.ok) return succeeded(fetched.bytes);
    const { code, message } = await explain(url, fetched.problem, maxBytes / 1e6, signal);
    return failed('fetch', code, redactText(message));
  };
  const fetchRange: LinkFetcher['fetchRange'] = (url, start, end, signal) =>
    get(url, rangeUrl(url, start, end), end - start, signal);
  return {
    fetchRange,
    async fetch(link, maxMegabytes, signal) {
      const { url, part } = link;
      if (part === undefined) {
        const whole = await get(url, url, maxMegabytes * 1e6, signal);
        return whole.ok ? verify(link, whole.value) : whole;
      }
      if (part.bytes > maxMegabytes * 1e6)
        return { ok: false, failure: tooLargeToFetch(part.bytes, maxMegabytes) };
      const record = await fetchRange(url, part.start, part.end, signal);
      return record.ok ? unpackMember(record.value, part, part.bytes) : record;
    },
  };
}

/**
 * Explains a link that gave no answer. Whether its host answers at all is asked only once for all its links, in `answers`; what
 * follows from that is another thing for each: its bucket, its expiry.
 */
async function explainNetwork(
  { origin, fetch, proxied, answerMs, ...options }: LinkFetcherOptions,
  answers: Map<string, Promise<boolean>>,
  url: string,
  signal: AbortSignal,
): Promise<Pick<Failure, 'code' | 'message'>> {
  const { host } = new URL(url); // it was fetched, so it parses
  const answersOnce = () => {
    // All who wait for it share it, so no one of them may abort it.
    const asked = answers.get(host) ?? serverAnswers(url, { fetch, withinMs: answerMs });
    answers.set(host, asked);
    return untilAborted(asked, signal);
  };
  return explainSilence({ url, origin, online: options.isOnline(), proxied, now: options.now(), answers: answersOnce }); // biome-ignore format: short names
}

function tell(
  problem: Exclude<FetchProblem, { kind: 'network' | 'status' }>,
  maxMegabytes: number,
): Pick<Failure, 'code' | 'message'> {
  switch (problem.kind) {
    case 'interrupted':
      return {
        code: 'interrupted',
        message: `The connection broke off at the last try (${problem.seen}). Retry it later.`,
      };
    case 'timeout': {
      const seconds = problem.ms / 1000;
      const what = {
        connect: `The server gave no answer for ${seconds} s. Raise fetch.connect_s if it is only slow.`,
        stall: `The server stopped sending for ${seconds} s. Raise fetch.stall_s if it is only slow.`,
        total: `It was not there after ${seconds} s. Raise fetch.total_s if it is only slow.`,
      };
      return { code: 'timeout', message: what[problem.phase] };
    }
    case 'too-large':
      return tooLargeToFetch(problem.bytes, maxMegabytes);
    case 'robots':
      return {
        code: 'forbidden',
        message: `The server asks that it is not used for training (X-Robots-Tag: ${problem.seen}). Set fetch.robots to ignore if you have its owner's leave.`,
      };
    case 'address':
      return {
        code: 'unreachable',
        message: 'This is no link that can be fetched. Links begin with https://, http:// or data:.',
      };
  }
}

async function verify(
  { md5: wantedMd5, sha256: wantedSha256 }: LinkOrigin,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  if (wantedMd5 !== undefined) {
    const got = await md5(bytes);
    if (got !== wantedMd5) return wrongSum('MD5', got, wantedMd5);
  }
  if (wantedSha256 !== undefined) {
    const got = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
    if (got !== wantedSha256) return wrongSum('SHA-256', got, wantedSha256);
  }
  return succeeded(bytes);
}

function wrongSum(name: string, got: string, wanted: string): Outcome<never> {
  return failed(
    'fetch',
    'checksum',
    `Its ${name} is ${got}; the list says ${wanted}. The image was changed, or the list is wrong.`,
  );
}
