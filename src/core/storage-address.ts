import { parseUrl } from '../base/parse-url';
import { type Provider, readSignedUrl } from './signed-url';

/** Where in whose storage a link points. */
export interface StorageAddress {
  readonly provider: Provider;
  /** The bucket's or container's own address, without a slash at its end: `https://pets.s3.eu-central-1.amazonaws.com`. */
  readonly bucketUrl: string;
  readonly bucket: string;
  /** Azure's storage account; null elsewhere. */
  readonly account: string | null;
  /** The object's key, or a prefix of keys, decoded; `''` for the bucket itself. */
  readonly key: string;
}

/** What a person may say where the address itself leaves it open. */
export interface AddressHints {
  readonly provider?: Provider | undefined;
  /** `path`: the bucket is the path's first part; `host`: it is in the host's name. */
  readonly style?: 'path' | 'host' | undefined;
}

/**
 * Reads provider, bucket and key out of an https address as S3, its many compatible services, Google Cloud Storage (XML and
 * JSON API, console and browser addresses) and Azure Blob Storage have them. Null where it belongs to none of them, as far
 * as the address tells, or is no address.
 */
export function readStorageAddress(url: string, hints: AddressHints = {}): StorageAddress | null {
  const parsed = parseUrl(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return null;
  const host = parsed.hostname.toLowerCase();
  const provider = hints.provider ?? providerOf(host, parsed.searchParams, url);
  if (provider === null) return null;
  if (provider === 'gcs') return googleAddress(parsed, host);
  if (provider === 'azure') return azureAddress(parsed, host);
  const style = hints.style ?? (bucketInHost.test(host) ? 'host' : 'path');
  return style === 'host'
    ? address(
        's3',
        parsed.origin,
        '',
        parsed.pathname,
        /^(.+?)\.s3[.-]/.exec(host)?.[1] ?? host.split('.')[0],
      )
    : pathAddress('s3', parsed.origin, parsed.pathname);
}

/**
 * Says whether a text is meant as a bucket's address rather than as a link to one thing: `s3://…`, `gs://…`, or an http address
 * that ends with a slash or asks for a listing.
 */
export function isBucketAddress(text: string): boolean {
  if (/^(s3a?|gs):\/\//i.test(text)) return true;
  if (!/^https?:\/\//i.test(text)) return false;
  const [path, query = ''] = text.split(/[?#]/);
  return path.endsWith('/') || query.split('&').some((part) => /^(prefix|list-type|comp)(=|$)/i.test(part));
}

/**
 * Splits a pasted address into what may be saved and what may not: everything in its query but a prefix is taken for a secret,
 * for it is what opens the bucket. A presigned listing keeps its query whole. A name and a password before the host are left
 * out of both: no browser fetches an address that has them.
 */
export function splitAddress(pasted: string): SplitAddress {
  const [, whole, query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(pasted.trim()) ?? ['', ''];
  const before = whole.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
  const parts = query.split('&').filter((part) => part !== '');
  const provider = readStorageAddress(pasted.trim())?.provider ?? null;
  if (readSignedUrl(pasted) !== null && !/[?&]sig=/i.test(pasted)) return { url: before, query, provider };
  const prefix = parts.filter((part) => /^prefix=/i.test(part));
  const secret = parts.filter((part) => !listingParameter.test(part));
  return { url: before + (prefix.length > 0 ? `?${prefix[0]}` : ''), query: secret.join('&'), provider };
}

export interface SplitAddress {
  /** May be saved and shown. */
  readonly url: string;
  /** What opens it, without `?`; `''` for nothing. A secret. */
  readonly query: string;
  /** Whose the address was seen to be while it was whole; null where it does not tell. */
  readonly provider: Provider | null;
}

/** Encodes a key for a path: each of its parts, so that its slashes stay. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodePart).join('/');
}

/** As Amazon's signatures have it: all but letters, digits and `-._~`. A part of dots alone would be taken for a step. */
function encodePart(part: string): string {
  if (/^\.{1,2}$/.test(part)) return part.replaceAll('.', '%2E');
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What asks for a page of a listing, in the words of all three: said by us, page by page. */
const listingParameter =
  /^(prefix|delimiter|restype|comp|marker|maxresults|include|list-type|max-keys|continuation-token|start-after|encoding-type|fetch-owner)(=|$)/i;

const amazon = /(^|\.)s3[.-].*amazonaws\.com(\.cn)?$|^s3\.amazonaws\.com$|\.s3\.amazonaws\.com$/;
const azure = /\.blob\.(core\.(windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)|storage\.azure\.net)$/;
const google = /(^|\.)storage\.googleapis\.com$|^storage\.cloud\.google\.com$|^console\.cloud\.google\.com$/;
/** Services that speak S3, whose hosts say so. */
const compatible =
  /(^|\.)s3[.-]|\.(r2\.cloudflarestorage|digitaloceanspaces|linodeobjects|wasabisys|backblazeb2|scw\.cloud|your-objectstorage|ovh\.net|exo\.io|vultrobjects)(\.com|$)/;
/** `pets.s3.eu-central-1.amazonaws.com`, `pets.s3-eu-west-1.…`, `pets.fra1.digitaloceanspaces.com`. */
const bucketInHost = /^.+\.s3[.-]|^[^.]+\.[^.]+\.(digitaloceanspaces|linodeobjects|vultrobjects)\.com$/;

function providerOf(host: string, query: URLSearchParams, url: string): Provider | null {
  if (google.test(host)) return 'gcs';
  if (azure.test(host)) return 'azure';
  if (amazon.test(host) || compatible.test(host)) return 's3';
  if (query.get('comp') === 'list') return 'azure';
  if (query.has('list-type')) return 's3';
  return readSignedUrl(url)?.provider ?? null;
}

function googleAddress(parsed: URL, host: string): StorageAddress {
  const origin = google.test(host) ? 'https://storage.googleapis.com' : parsed.origin;
  const json = /^\/(?:download\/)?storage\/v1\/b\/([^/]+)(?:\/o\/?(.*))?$/.exec(parsed.pathname);
  if (json) return address('gcs', origin, `/${json[1]}`, `/${json[2] ?? ''}`, decode(json[1]));
  const console = /^\/storage\/browser(?:\/_details)?(\/.*)$/.exec(parsed.pathname);
  if (host === 'console.cloud.google.com' && console) {
    return pathAddress('gcs', origin, console[1].replace(/;.*$/, ''));
  }
  const bucket = /^(.+)\.storage\.googleapis\.com$/.exec(host)?.[1];
  if (bucket !== undefined) return address('gcs', origin, `/${bucket}`, parsed.pathname, bucket);
  return pathAddress('gcs', origin, parsed.pathname);
}

function azureAddress(parsed: URL, host: string): StorageAddress {
  if (azure.test(host)) {
    return { ...pathAddress('azure', parsed.origin, parsed.pathname), account: host.split('.')[0] };
  }
  // An emulator or a server of one's own has the account first in the path.
  const [, account = '', ...rest] = parsed.pathname.split('/');
  const below = pathAddress('azure', `${parsed.origin}/${account}`, `/${rest.join('/')}`);
  return { ...below, account: decode(account) };
}

function pathAddress(provider: Provider, base: string, path: string): StorageAddress {
  const [, bucket = '', ...rest] = path.split('/');
  return address(provider, base, bucket && `/${bucket}`, `/${rest.join('/')}`, decode(bucket));
}

function address(
  provider: Provider,
  base: string,
  bucketPath: string,
  keyPath: string,
  bucket: string,
): StorageAddress {
  return {
    provider,
    bucketUrl: base + bucketPath,
    bucket,
    account: null,
    key: decode(keyPath.slice(1)),
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a stray % stays as it is
  }
}
