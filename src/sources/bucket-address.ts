import { RunError } from '../core/failure';
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
  const url = toHttps(knobs);
  const whole = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
  const address = readStorageAddress(whole, {
    provider: knobs.provider === 'auto' ? providerOfScheme(knobs.url) : knobs.provider,
    style: knobs.style === 'auto' ? undefined : knobs.style,
  });
  if (address === null) throw new RunError('bucket', notKnown(url));
  if (address.bucket === '') {
    throw new RunError(
      'bucket',
      `The address ${JSON.stringify(url)} names no bucket: add its name behind the host.`,
    );
  }
  const parameters = new URL(whole).searchParams;
  const prefix = address.key || (parameters.get('prefix') ?? '');
  const signedPage = address.provider !== 'azure' && readSignedUrl(whole) !== null ? whole : null;
  if (signedPage !== null && address.key !== '') {
    throw new RunError(
      'bucket',
      'This link is signed for one object, and lists nothing. Paste it as a link; for a bucket, use its own address or a presigned link to its listing.',
    );
  }
  return { address, prefix, signedPage, api: apiOf(address, knobs, query) };
}

function toHttps({ url, region, endpoint }: BucketKnobs): string {
  const [, scheme = '', rest = ''] = /^([a-z0-9+.-]+):\/\/(.*)$/i.exec(url.trim()) ?? [];
  if (/^https?$/i.test(scheme)) return url.trim();
  const [bucket, ...key] = rest.split('/');
  // A key stands in these as it is; in an address, it must be encoded.
  const path = key.map(encodeURIComponent).join('/');
  if (/^gs$/i.test(scheme)) return `https://storage.googleapis.com/${bucket}/${path}`;
  if (!/^s3a?$/i.test(scheme)) throw new RunError('bucket', notKnown(url));
  if (endpoint !== '') return `${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`;
  const host = region === '' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
  // Amazon's certificate covers one label before `s3`.
  return bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`;
}

function providerOfScheme(url: string): Provider | undefined {
  if (/^\s*s3a?:/i.test(url)) return 's3';
  return /^\s*gs:/i.test(url) ? 'gcs' : undefined;
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
  return `The address ${JSON.stringify(url.slice(0, 200))} is no bucket’s as far as it tells. Write s3://bucket/prefix, gs://bucket/prefix, or an https address and its provider.`;
}
