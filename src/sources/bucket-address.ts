import { RunError } from '../core/failure';
import { redactUrl } from '../core/redact';
import type { Provider } from '../core/signed-url';
import { readSignedUrl } from '../core/signed-url';
import { readStorageAddress, type StorageAddress } from '../core/storage-address';
import { azureListing } from './azure-listing';
import type { ListingApi } from './bucket-page';
import { gcsJsonListing, gcsXmlListing } from './gcs-listing';
import { s3Listing } from './s3-listing';

/** What decides where a bucket is and how it is asked. */
export interface BucketKnobs {
  /** `s3://bucket/prefix`, `gs://bucket/prefix` or an https address, without what opens it. */
  readonly url: string;
  readonly provider: 'auto' | Provider;
  /** Of an `s3://` address: `eu-central-1`; `''` leaves it to Amazon's redirect. */
  readonly region: string;
  /** Of an `s3://` address at another service: `https://minio.example:9000`. */
  readonly endpoint: string;
  readonly style: 'auto' | 'path' | 'host';
  /** Google's: its JSON API may be read by any page, its XML API by those that the bucket's CORS rules name. */
  readonly google_api: 'json' | 'xml';
}

/** A bucket that is ready to be listed. */
export interface Bucket {
  readonly address: StorageAddress;
  readonly api: ListingApi;
  /** Only keys that begin with it are listed; decoded. */
  readonly prefix: string;
  /** A presigned link to one page of a listing, exactly as it was given; null where the bucket can be paged. */
  readonly signedPage: string | null;
}

/**
 * Finds out what a bucket's address means.
 * @param query What opens it, as it was given: an Azure SAS, or the whole query of a presigned listing; `''` for a public one.
 * @throws RunError `bucket` that says what was seen and what would be right.
 */
export function readBucket(knobs: BucketKnobs, query: string): Bucket {
  const url = knobs.url.trim();
  if (userInfo.test(url)) throw new RunError('bucket', withName);
  const named = readNamed(knobs);
  const whole = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
  const address =
    named ??
    readStorageAddress(whole, {
      provider: knobs.provider === 'auto' ? undefined : knobs.provider,
      style: knobs.style === 'auto' ? undefined : knobs.style,
    });
  if (address === null) throw new RunError('bucket', notKnown(url));
  if (address.bucket === '') {
    throw new RunError(
      'bucket',
      `The address ${JSON.stringify(redactUrl(url))} names no bucket: add its name behind the host.`,
    );
  }
  const inQuery = named === null ? new URL(whole).searchParams.get('prefix') : null;
  const prefix = address.key || (inQuery ?? '');
  const signedPage = address.provider !== 'azure' && readSignedUrl(whole) !== null ? whole : null;
  if (signedPage !== null && address.key !== '') {
    throw new RunError(
      'bucket',
      'This link is signed for one object, and lists nothing. Paste it as a link; for a bucket, use its own address or a presigned link to its listing.',
    );
  }
  return { address, prefix, signedPage, api: apiOf(address, knobs, query) };
}

const userInfo = /^[a-z0-9+.-]+:\/\/[^/?#]*@/i;

const withName =
  'The address holds a name or password in front of its host, with which no page may ask. Leave it out, and give a presigned link or an Azure SAS where the bucket is not public.';

/**
 * Reads an address that names its bucket and key itself, `s3://bucket/key` or `gs://bucket/key`: they stand in it as they are,
 * so that nothing is guessed. Null for any other.
 */
function readNamed({ url, provider, region, endpoint, style }: BucketKnobs): StorageAddress | null {
  const [, scheme = '', bucket = '', key = ''] = /^(s3a?|gs):\/\/([^/]*)\/?(.*)$/is.exec(url.trim()) ?? [];
  if (scheme === '') return null;
  const own = /^gs$/i.test(scheme) ? 'gcs' : 's3';
  if (provider !== 'auto' && provider !== own)
    throw new RunError(
      'bucket',
      `The address begins with ${scheme}://, which is ${own === 's3' ? 'S3’s' : 'Google’s'}, and the provider is ${provider}. Leave one of them out, or give an https address.`,
    );
  const bucketUrl =
    own === 'gcs'
      ? `https://storage.googleapis.com/${bucket}`
      : s3BucketUrl(bucket, { region, endpoint, style });
  return { provider: own, bucketUrl, bucket, account: null, key };
}

function s3BucketUrl(
  bucket: string,
  { region, endpoint, style }: Pick<BucketKnobs, 'region' | 'endpoint' | 'style'>,
): string {
  const amazon = region === '' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
  const [, scheme, host] = /^(https?:\/\/)(.*?)\/*$/i.exec(endpoint) ?? ['', 'https://', amazon];
  // Amazon's certificate covers one label before `s3`; others seldom have one for every bucket.
  const inHost = style === 'auto' ? endpoint === '' && !bucket.includes('.') : style === 'host';
  return inHost ? `${scheme}${bucket}.${host}` : `${scheme}${host}/${bucket}`;
}

function apiOf(address: StorageAddress, knobs: BucketKnobs, query: string): ListingApi {
  switch (address.provider) {
    case 's3':
      return s3Listing(address.bucketUrl);
    case 'gcs':
      return knobs.google_api === 'json' && !/[?&]x-goog-signature=/i.test(`?${query}`)
        ? gcsJsonListing(address.bucketUrl)
        : gcsXmlListing(address.bucketUrl);
    case 'azure':
      return azureListing(address.bucketUrl, query);
  }
}

function notKnown(url: string): string {
  return `The address ${JSON.stringify(redactUrl(url.slice(0, 200)))} is no bucket’s as far as it tells. Write s3://bucket/prefix, gs://bucket/prefix, or an https address and its provider.`;
}
