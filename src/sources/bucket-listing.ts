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

/** A listing of 5,000 blobs with long names takes some 10 MB. */
const longestPageBytes = 64 * 1024 * 1024;

/** Of a server in trouble, and of a network that gives no answer: what CORS refuses is refused each time. */
const attemptsOfTrouble = 5;
const attemptsOfSilence = 3;
/** A text of an object beside the images: a table of labels. Throws as {@link listObjects} does. */
export function readObjectText(url: string, network: Network, signal: AbortSignal): Promise<string> {
  return getText(url, network, signal);
}

const firstDelayMs = 500;
/** A server that asks for more patience than this is down as far as a person who waits is concerned. */
const longestDelayMs = 30_000;
const attemptMs = 60_000;

async function getText(url: string, network: Network, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(url, network, signal);
    if (answer.text !== null) return answer.text;
    if (attempt >= answer.attempts) {
      const { message, cors } = await answer.explain();
      throw failed(message, cors);
    }
    const backOffMs = firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    await network.wait(Math.min(answer.afterMs ?? backOffMs, longestDelayMs), signal);
  }
}

/** A text, or how to go on without one. */
type Answer =
  | { readonly text: string }
  | {
      readonly text: null;
      /** How often to ask in all. */
      readonly attempts: number;
      readonly afterMs: number | null;
      readonly explain: () => Promise<Diagnosis>;
    };

async function ask(url: string, network: Network, signal: AbortSignal): Promise<Answer> {
  // A timer that aborts, for a body that stalls counts as well.
  const limited = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
  try {
    const response = await network.fetch(url, { cache: 'no-store', credentials: 'omit', signal: limited });
    const body = await readText(response);
    if (response.ok) return { text: body };
    const { status, headers } = response;
    return {
      text: null,
      attempts: status === 408 || status === 429 || status >= 500 ? attemptsOfTrouble : 1,
      afterMs: retryAfterMs(headers.get('retry-after'), network.now()),
      explain: () => explainRefusal({ url, status, headers, body }, network.now()),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError) throw error;
    const explainIt = () => (isTimeout(error) ? tooSlow : explain(url, network, signal));
    return { text: null, attempts: attemptsOfSilence, afterMs: null, explain: async () => explainIt() };
  }
}

const tooSlow: Diagnosis = {
  code: 'server-error',
  message: `The server gave no whole answer within ${attemptMs / 1000} s. Try again later.`,
  cors: [],
};

function explain(url: string, network: Network, signal: AbortSignal): Promise<Diagnosis> {
  const { fetch, origin, online, proxied, now } = network;
  const answers = () => serverAnswers(url, { fetch, withinMs: attemptMs, signal });
  return explainSilence({ url, origin, online: online(), proxied, now: now(), answers });
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError';

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (response.body === null) return text;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > longestPageBytes) {
      await reader.cancel();
      throw failed(
        `The answer is longer than ${longestPageBytes / 1024 / 1024} MB, and so no page of a listing.`,
      );
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const time = /^\d{1,9}$/.test(header) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}

function failed(message: string, cors: Diagnosis['cors'] = []): RunError {
  const rules = cors.map(({ title, text }) => `\n\n${title}:\n${text}`);
  const below = rules.length > 0 ? ' The rule is below.' : '';
  return new RunError('bucket', `The bucket cannot be listed. ${message}${below}${rules.join('')}`);
}
