import { parseUrl } from '../base/parse-url';
import { type CorsRule, corsRules, neverShared } from './cors-rules';
import { type ProviderError, readProviderError, tellProviderError } from './provider-error';
import { readSignedUrl, type SignedUrl } from './signed-url';
import { readStorageAddress } from './storage-address';

/** Why a link gave nothing. */
export type TroubleCode =
  | 'expired'
  | 'forbidden'
  | 'missing'
  | 'cors'
  | 'interrupted'
  | 'mixed-content'
  | 'offline'
  | 'unreachable'
  | 'server-error';

/** What is the matter with a link, in words without secrets. */
export interface Diagnosis {
  readonly code: TroubleCode;
  /** What was seen and the way out, in a few sentences; it does not name the link. */
  readonly message: string;
  /** What allows this origin, where that is what is missing. */
  readonly cors: readonly CorsRule[];
}

/** An answer that could be read and was no success. */
export interface Refusal {
  /** The link as it was fetched. */
  readonly url: string;
  /** 300 to 599. */
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The body as text, or its first part. */
  readonly body: string;
}

/**
 * Explains an answer that is no success: expired, forbidden, missing or the server's own trouble, with the provider's words.
 * @param now Ms since 1970; the server's own `Date` is believed more where it can be read.
 */
export async function explainRefusal(refusal: Refusal, now: number): Promise<Diagnosis> {
  const { url, status, headers, body } = refusal;
  const error = await readProviderError(body, headers.get('x-ms-error-code'));
  const serverDate = headers.get('date');
  const time = (serverDate === null ? Number.NaN : Date.parse(serverDate)) || now;
  const said = error === null ? `${status}` : `${status} (${tellProviderError(error)})`;
  const signed = readSignedUrl(url);
  if (status === 404 || status === 410 || status === 301) return missing(said, error);
  if (status === 408 || status === 429 || status >= 500) {
    return tell(
      'server-error',
      `The server answered ${said}. It is overloaded or in trouble: try again later.`,
    );
  }
  if (saysExpired(error) || hasEnded(signed, time)) return expired(signed, time, said);
  if (signed?.startsAt != null && signed.startsAt > time + clockSkewMs) {
    return tell(
      'forbidden',
      `The link is not good before ${utc(signed.startsAt)}: the server answered ${said}. Wait until then, or set this computer’s clock right if it is late.`,
    );
  }
  return tell('forbidden', `The server refused the link with ${said}. ${wayOut(signed, error, status)}`);
}

/** What is needed to find out why a fetch failed without an answer. */
export interface Silence {
  /** The link as it was fetched. */
  readonly url: string;
  /** Origin of the page, `https://imagemill.example`. */
  readonly origin: string;
  /** False when the browser knows that it has no network. */
  readonly online: boolean;
  /** True when the command line's server asks, which may ask anyone; the page may ask by http on this computer alone. */
  readonly proxied: boolean;
  /** Ms since 1970. */
  readonly now: number;
  /** Asks whether there is a server at all, as {@link serverAnswers} does; asked only where nothing else tells. */
  readonly answers: () => Promise<boolean>;
}

/**
 * Tells apart why a fetch failed with a `TypeError`, which browsers make of all these alike: what the link itself and the
 * browser know is asked first (expired, mixed content, offline); then the same is fetched once more with `mode: 'no-cors'`,
 * which succeeds when there is a server at all, and so means that its answer may not be read. To the command line's server CORS
 * does not apply: there it means that the answer broke off.
 *
 * The page must be served with `Cross-Origin-Embedder-Policy: credentialless` or none: under `require-corp` Chromium refuses
 * the second fetch as well, and everything would look unreachable.
 */
export async function explainSilence(silence: Silence): Promise<Diagnosis> {
  const { url, online, proxied, now } = silence;
  const parsed = parseUrl(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return tell(
      'unreachable',
      `This is no address that can be fetched${parsed === null ? '' : `: it begins with ${JSON.stringify(parsed.protocol)}`}. Links begin with https://.`,
    );
  }
  const signed = readSignedUrl(url);
  if (hasEnded(signed, now)) return expired(signed, now, null);
  if (!proxied && parsed.protocol === 'http:' && !isLocal(parsed.hostname)) {
    return tell(
      'mixed-content',
      'The page fetches by https only, and the link is plain http (mixed content). Use the https address if the server has one, or the command line with --through_node True.',
    );
  }
  if (!online) {
    return tell('offline', 'This computer has no network. Connect it, then try again: what is done is kept.');
  }
  if (!(await silence.answers())) return unreachable(parsed);
  return proxied ? interrupted(parsed) : unreadable(silence, parsed);
}

/** How {@link serverAnswers} asks. */
export interface Asking {
  readonly fetch: typeof fetch;
  /** Milliseconds until an answer must be there. */
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/**
 * True when a server answers in time, whatever it says: its status and its body stay hidden. Rejects only with the signal's
 * reason.
 */
export async function serverAnswers(url: string, { fetch, withinMs, signal }: Asking): Promise<boolean> {
  const limits = [AbortSignal.timeout(withinMs), ...(signal ? [signal] : [])];
  try {
    // HEAD brings no body. A signature for GET does not fit it, but a refusal is an answer as well.
    await fetch(url, {
      method: 'HEAD',
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any(limits),
    });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** A clock may be off by so much before S3 itself complains (docs.aws.amazon.com, RequestTimeTooSkewed). */
const clockSkewMs = 15 * 60_000;

function hasEnded(signed: SignedUrl | null, now: number): boolean {
  return signed?.expiresAt != null && signed.expiresAt <= now;
}

/**
 * S3 says it with 403 and a message, or 400 where a session's token ended first; R2 with 403 `ExpiredRequest`; Google with 400
 * `ExpiredToken`; Azure with 403 and one of two details, where the link itself does not tell.
 */
function saysExpired(error: ProviderError | null): boolean {
  if (error === null) return false;
  if (/^(ExpiredToken|ExpiredRequest|TokenExpired)$/i.test(error.code)) return true;
  return (
    /\b(has expired|is expired|request expired)/i.test(error.message) ||
    /signed expiry time/i.test(error.detail) ||
    endedByAzure(error.detail)
  );
}

/** `Signature not valid in the specified time frame: Start [Tue, …] - Expiry [Tue, …] - Current [Wed, …]`. */
function endedByAzure(detail: string): boolean {
  const times = /Expiry \[([^\]]+)\].*Current \[([^\]]+)\]/i.exec(detail);
  return times !== null && Date.parse(times[1]) <= Date.parse(times[2]);
}

function expired(signed: SignedUrl | null, now: number, said: string | null): Diagnosis {
  const answer = said === null ? '' : `; the server answered ${said}`;
  if (!hasEnded(signed, now)) {
    return tell(
      'expired',
      `The credentials that signed the link have expired, before the link itself would${answer}. Paste a fresh link to retry it.`,
    );
  }
  const endedAt = signed?.expiresAt ?? 0;
  const clock = said === null ? ' by this computer’s clock' : '';
  return tell(
    'expired',
    `The link expired on ${utc(endedAt)}, ${ago(now - endedAt)} ago${clock}${answer}. Paste a fresh link to retry it.`,
  );
}

function missing(said: string, error: ProviderError | null): Diagnosis {
  if (error?.endpoint) {
    return tell(
      'missing',
      `The bucket lies elsewhere: the server answered ${said}, and names ${error.endpoint}. Use that address.`,
    );
  }
  const what = error?.code === 'NoSuchBucket' || error?.code === 'ContainerNotFound' ? 'bucket' : 'object';
  return tell(
    'missing',
    `There is no such ${what}: the server answered ${said}. Check its name, upper and lower case included.`,
  );
}

function wayOut(signed: SignedUrl | null, error: ProviderError | null, status: number): string {
  const code = error?.code ?? '';
  if (/SignatureDoesNotMatch|AuthenticationFailed|AuthorizationFailure|MalformedSecurity/i.test(code)) {
    return 'The signature does not fit: the link was changed after it was signed, or the key was. Paste it exactly as it was made, or make a new one.';
  }
  if (/RequestTimeTooSkewed/i.test(code))
    return 'The clock of whoever signed it is wrong: set it right, and sign again.';
  if (/InvalidObjectState|BlobArchived/i.test(code)) {
    return 'The object lies in an archive: restore it, then try again.';
  }
  if (/PermissionMismatch|ResourceTypeMismatch|ServiceMismatch/i.test(code)) {
    return 'The signature does not allow this: make one that allows to read (r), and to list (l) for a whole container.';
  }
  if (status === 400) return 'Check the link: it may be cut off, or altered.';
  if (signed === null) {
    return 'It is not public: use a signed link, or allow everyone to read it. S3 says the same of an object that is not there.';
  }
  return 'Who signed it may not read this. S3 says the same of an object that is not there.';
}

function unreadable({ url, origin }: Silence, { host, hostname }: URL): Diagnosis {
  const address = readStorageAddress(url);
  const cors = corsRules(address, origin);
  if (hostname === neverShared) {
    return {
      code: 'cors',
      message: `${neverShared} lets no page read its answers, whatever CORS rule the bucket has. Use the same path at storage.googleapis.com.`,
      cors: [],
    };
  }
  const what =
    address === null || address.bucket === ''
      ? `the server ${host} does not let`
      : `the bucket ${JSON.stringify(address.bucket)} at ${host} does not let`;
  return {
    code: 'cors',
    message: `There is an answer, and ${what} pages of ${origin} read it: its CORS rules do not name this origin. Let them name it, or use the command line with --through_node True, where CORS does not apply. A refusal may hide behind it too.`,
    cors,
  };
}

function interrupted({ host }: URL): Diagnosis {
  return tell(
    'interrupted',
    `There is a server at ${host}, but its connection broke off before an answer to this came. Retry it later.`,
  );
}

function unreachable({ host }: URL): Diagnosis {
  return tell(
    'unreachable',
    `No server answers at ${host}: there is no such name, it refuses connections, its certificate is not trusted, or an extension or a firewall blocks it. Check the name, and open the address in a tab of its own.`,
  );
}

/** What the page's policy lets it fetch by http, `public/_headers`. */
function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1';
}

const tell = (code: TroubleCode, message: string): Diagnosis => ({ code, message, cors: [] });

/** `2026-11-25 14:02:00 UTC`. */
function utc(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? 'an unknown date'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `3 hours`, in the largest unit that fits. */
function ago(ms: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  const [unitMs, name] = units.find(([length]) => ms >= length) ?? units[3];
  const count = Math.floor(ms / unitMs);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
