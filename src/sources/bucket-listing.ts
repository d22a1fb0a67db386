import { exchange, type FetchProblem } from '../base/exchange';
import { systemClock } from '../base/host-slots';
import { backOffMs, mayPass } from '../base/retry';
import { type Diagnosis, explainRefusal, explainSilence, serverAnswers } from '../core/doctor';
import { RunError } from '../core/failure';
import type { ListedObject, ListingApi, ListingPage } from './bucket-page';

/** The network as a listing needs it; tests give their own. */
export interface Network {
  readonly fetch: typeof fetch;
  /** True when the command line's server asks in the page's stead. */
  readonly proxied: boolean;
  /** Origin of the page, for the CORS rule that would let it read. */
  readonly origin: string;
  readonly online: () => boolean;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Resolves after so many ms; rejects with the signal's reason when it aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Lists all objects below a prefix, page by page, in the provider's order. A page is asked for again after errors of the
 * network and of the server, a few times and each time later.
 * @throws RunError `bucket` that says what the provider said and the way out, with the CORS rule where that is what lacks.
 */
export async function* listObjects(
  api: ListingApi,
  prefix: string,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<ListedObject, void, undefined> {
  const asked = new Set<string>();
  for (let next: string | null = null; ; ) {
    const page = await getPage(api, api.pageUrl(prefix, next), network, signal);
    for (const object of page.objects) {
      // Some servers compare prefixes loosely; a key above the prefix would have no place below it.
      if (object.key.startsWith(prefix)) yield object;
    }
    next = page.next;
    if (next === null) return;
    if (asked.has(next)) throw failed('The server gives the same page again and again.');
    asked.add(next);
  }
}

/**
 * Gets one page from an address exactly as it is.
 * @throws RunError `bucket` like {@link listObjects}.
 */
export async function getPage(
  api: Pick<ListingApi, 'readPage'>,
  url: string,
  network: Network,
  signal: AbortSignal,
): Promise<ListingPage> {
  const body = await getText(url, network, signal);
  try {
    return await api.readPage(body);
  } catch (error) {
    // A server that answers with a page of HTML, or with an error in a 200.
    const said = await explainRefusal({ url, status: 200, headers: new Headers(), body }, network.now());
    const why = error instanceof Error ? error.message : String(error);
    throw failed(
      body.includes('<Error')
        ? said.message
        : `The answer is no listing: ${why}. Check the address and the provider.`,
    );
  }
}

/** A text of an object beside the images: a table of labels. Throws as {@link listObjects} does. */
export function readObjectText(url: string, network: Network, signal: AbortSignal): Promise<string> {
  return getText(url, network, signal);
}

/** A listing of 5,000 blobs with long names takes some 10 MB. */
const longestPageBytes = 64 * 1024 * 1024;

/** Of a server in trouble, and of a network that gives no answer: what CORS refuses is refused each time. */
const attemptsOfTrouble = 5;
const attemptsOfSilence = 3;

const firstDelayMs = 500;
/** A server that asks for more patience than this is down as far as a person who waits is concerned. */
const patienceMs = 30_000;
const attemptMs = 60_000;

async function getText(url: string, network: Network, signal: AbortSignal): Promise<string> {
  const limits = {
    fetch: network.fetch,
    clock: { ...systemClock, now: network.now },
    connectMs: attemptMs,
    stallMs: attemptMs,
    totalMs: attemptMs,
    heedRobots: false, // what is asked for is no image
  };
  for (let attempt = 1; ; attempt++) {
    const tried = await exchange({ url, maxBytes: longestPageBytes }, limits, signal);
    signal.throwIfAborted();
    if (tried.ok) return new TextDecoder().decode(tried.bytes);
    const { problem, retryAfterMs } = tried;
    if (attempt >= attemptsFor(problem) || (retryAfterMs ?? 0) > patienceMs) {
      const { message, cors } = await explain(problem, url, network, signal);
      throw failed(message, cors);
    }
    await network.wait(retryAfterMs ?? backOffMs(firstDelayMs, attempt, Math.random()), signal);
  }
}

function attemptsFor(problem: FetchProblem): number {
  switch (problem.kind) {
    case 'status':
      return mayPass(problem.status) ? attemptsOfTrouble : 1;
    case 'network':
    case 'interrupted':
    case 'timeout':
      return attemptsOfSilence;
    default:
      return 1;
  }
}

async function explain(
  problem: FetchProblem,
  url: string,
  network: Network,
  signal: AbortSignal,
): Promise<Pick<Diagnosis, 'message' | 'cors'>> {
  const { fetch, origin, online, proxied, now } = network;
  switch (problem.kind) {
    case 'status': {
      const { status, headers, body } = problem;
      const get = (name: string) => headers[name.toLowerCase()] ?? null;
      return explainRefusal({ url, status, headers: { get }, body }, now());
    }
    case 'interrupted':
      return say(`The connection broke off (${problem.seen}). Try again later.`);
    case 'timeout':
      return say(`The server gave no whole answer within ${attemptMs / 1000} s. Try again later.`);
    case 'too-large':
      return say(
        `The answer is longer than ${longestPageBytes / 1024 / 1024} MB, and so no page of a listing.`,
      );
    default: {
      const answers = () => serverAnswers(url, { fetch, withinMs: attemptMs, signal });
      return explainSilence({ url, origin, online: online(), proxied, now: now(), answers });
    }
  }
}

const say = (message: string) => ({ message, cors: [] });

function failed(message: string, cors: Diagnosis['cors'] = []): RunError {
  const rules = cors.map(({ title, text }) => `\n\n${title}:\n${text}`);
  const below = rules.length > 0 ? ' The rule is below.' : '';
  return new RunError('bucket', `The bucket cannot be listed. ${message}${below}${rules.join('')}`);
}
