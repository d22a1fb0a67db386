/**
 * Reads from a link itself who signed it and how long it is good for, without asking anyone. Null where it is not signed.
 * Names of parameters match in any case; of a parameter that comes twice the first counts, as providers have it.
 *
 * Formats: AWS Signature Version 4 in query strings (docs.aws.amazon.com, sigv4-query-string-auth) and Version 2
 * (RESTAuthentication), Google Cloud Storage V4 and V2 signing (cloud.google.com, access-control/signed-urls), CloudFront
 * with a canned policy, Azure service, account and user delegation SAS (learn.microsoft.com, create-service-sas).
 */
export function readSignedUrl(url: string): SignedUrl | null {
  const query = readQuery(url);
  if (query === null) return null;
  return readV4(query, url) ?? readV2(query) ?? readAzure(query);
}

/** Who answers for a link, and so whose words and whose CORS rules are meant. */
export type Provider = 's3' | 'gcs' | 'azure';

export interface SignedUrl {
  readonly provider: Provider;
  readonly scheme: 's3-v4' | 's3-v2' | 'gcs-v4' | 'gcs-v2' | 'cloudfront' | 'azure-sas';
  /** When it begins to be good, ms since 1970; null where it does not say, or not in a date that there is. */
  readonly startsAt: number | null;
  /**
   * When it ceases to be good, ms since 1970; null where it does not say (an Azure stored access policy does) or not in a
   * date that there is.
   */
  readonly expiresAt: number | null;
  /** True when it was signed with credentials that end by themselves, perhaps long before the link would. */
  readonly temporary: boolean;
}

/** The parameters that are looked for, by lower-case name. */
type Query = ReadonlyMap<string, string>;

const wantedNames: ReadonlySet<string> = new Set([
  'x-amz-date', 'x-amz-expires', 'x-amz-signature', 'x-amz-security-token',
  'x-goog-date', 'x-goog-expires', 'x-goog-signature', 'x-goog-security-token',
  'awsaccesskeyid', 'googleaccessid', 'key-pair-id', 'expires', 'signature',
  'sig', 'sv', 'st', 'se', 'si', 'skt', 'ske',
]); // biome-ignore format: a list

const longestName = 'x-goog-security-token'.length;

/** Read by hand, for a list pasted by people may hold what `URL` refuses; it takes a few microseconds as well. */
function readQuery(url: string): Query | null {
  const mark = url.indexOf('?');
  if (mark < 0) return null;
  const hash = url.indexOf('#');
  if (hash >= 0 && hash < mark) return null;
  let found: Map<string, string> | null = null;
  for (const part of url.slice(mark + 1, hash < 0 ? undefined : hash).split('&')) {
    const equals = part.indexOf('=');
    if (equals < 2 || equals > longestName) continue;
    const name = part.slice(0, equals).toLowerCase();
    if (!wantedNames.has(name)) continue;
    found ??= new Map();
    if (!found.has(name)) found.set(name, decode(part.slice(equals + 1)));
  }
  return found;
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // not encoded as it should be: it will be no date either
  }
}

function readV4(query: Query, url: string): SignedUrl | null {
  for (const vendor of ['amz', 'goog'] as const) {
    if (!query.has(`x-${vendor}-signature`)) continue;
    const startsAt = basicDate(query.get(`x-${vendor}-date`));
    const lifeMs = seconds(query.get(`x-${vendor}-expires`));
    const s3 = vendor === 'amz';
    return {
      // Google's interoperable API takes Amazon's signatures too; its errors and its CORS are Google's all the same.
      provider: s3 && !isGoogleHost(url) ? 's3' : 'gcs',
      scheme: s3 ? 's3-v4' : 'gcs-v4',
      startsAt,
      expiresAt: startsAt === null || lifeMs === null ? null : startsAt + lifeMs,
      temporary: query.has(`x-${vendor}-security-token`),
    };
  }
  return null;
}

function readV2(query: Query): SignedUrl | null {
  if (!query.has('signature')) return null;
  const scheme = query.has('awsaccesskeyid')
    ? 's3-v2'
    : query.has('googleaccessid')
      ? 'gcs-v2'
      : query.has('key-pair-id')
        ? 'cloudfront'
        : null;
  if (scheme === null) return null;
  return {
    provider: scheme === 'gcs-v2' ? 'gcs' : 's3',
    scheme,
    startsAt: null,
    expiresAt: seconds(query.get('expires')),
    temporary: query.has('x-amz-security-token'),
  };
}

function readAzure(query: Query): SignedUrl | null {
  if (!query.has('sig') || !(query.has('sv') || query.has('se') || query.has('si'))) return null;
  // A user delegation SAS is signed with a key that has a life of its own (`skt` to `ske`): both must hold.
  const starts = ['st', 'skt'].map((name) => isoDate(query.get(name))).filter((date) => date !== null);
  const ends = ['se', 'ske'].map((name) => isoDate(query.get(name))).filter((date) => date !== null);
  return {
    provider: 'azure',
    scheme: 'azure-sas',
    startsAt: starts.length > 0 ? Math.max(...starts) : null,
    expiresAt: ends.length > 0 ? Math.min(...ends) : null,
    temporary: query.has('ske'),
  };
}

function isGoogleHost(url: string): boolean {
  return (
    url.includes('storage.googleapis.com') && // most links end here
    /^https?:\/\/([^/?#@]*@)?([^/?#@:]+\.)?storage\.googleapis\.com(:\d+)?\//i.test(url)
  );
}

/** `20261125T075410Z`. */
function basicDate(text: string | undefined): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i.exec(text ?? '');
  return parts && utc(parts.slice(1).map(Number));
}

/**
 * What Azure takes: `2026-11-25`, with a time to the minute, second or a fraction of it, in UTC or with an offset. Longer
 * fractions than milliseconds are cut.
 */
function isoDate(text: string | undefined): number | null {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/i.exec(
      text ?? '',
    );
  if (parts === null) return null;
  const [
    ,
    year,
    month,
    day,
    hour = 0,
    minute = 0,
    second = 0,
    fraction = '',
    sign,
    offsetHours,
    offsetMinutes,
  ] = parts;
  const time = utc([year, month, day, hour, minute, second].map(Number));
  if (time === null) return null;
  const offsetMs = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  return time + Number(fraction.padEnd(3, '0').slice(0, 3)) - (sign === '-' ? -offsetMs : offsetMs);
}

/** Null for a date that no calendar has, which `Date.UTC` would carry over into the next month. */
function utc([year, month, day, hour, minute, second]: readonly number[]): number | null {
  if (hour > 23 || minute > 59 || second > 59 || day < 1) return null;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : null;
}

/** Whole seconds as milliseconds; eleven digits reach the year 5138. */
function seconds(text: string | undefined): number | null {
  return /^\d{1,11}$/.test(text ?? '') ? Number(text) * 1000 : null;
}
