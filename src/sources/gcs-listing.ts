import { encodeKey } from '../core/storage-address';
import {
  byteCount,
  isFolder,
  type ListedObject,
  type ListingApi,
  md5FromBase64,
  plainEtag,
  timeOf,
} from './bucket-page';
import { s3Listing } from './s3-listing';

/** Google's XML API, which speaks `ListObjectsV2` (cloud.google.com, xml-api/get-bucket-list). */
export const gcsXmlListing = s3Listing;

/**
 * Google's JSON API (cloud.google.com, json_api/v1/objects/list). It gives each object's MD5, and its answers may be read by
 * any page, whatever CORS rule the bucket has.
 * @param bucketUrl `https://storage.googleapis.com/pets`, or the like at another server.
 */
export function gcsJsonListing(bucketUrl: string): ListingApi {
  const slash = bucketUrl.lastIndexOf('/');
  const objects = `${bucketUrl.slice(0, slash)}/storage/v1/b${bucketUrl.slice(slash)}/o`;
  return {
    pageUrl(prefix, next) {
      const query = new URLSearchParams({
        fields: 'nextPageToken,items(name,size,updated,etag,md5Hash)',
        maxResults: '1000',
        prefix,
        ...(next !== null && { pageToken: next }),
      });
      return `${objects}?${query}`;
    },
    readPage: async (body) => readJsonPage(body),
    objectUrl: (key) => `${objects}/${encodeKey(key).replaceAll('/', '%2F')}?alt=media`,
  };
}

function readJsonPage(body: string): Awaited<ReturnType<ListingApi['readPage']>> {
  let page: unknown;
  try {
    page = JSON.parse(body);
  } catch {
    throw new Error('it is no JSON');
  }
  if (!isObject(page) || (page.items !== undefined && !Array.isArray(page.items))) {
    throw new Error('it is no listing in JSON');
  }
  const items: readonly unknown[] = page.items ?? []; // an empty bucket has none
  const objects: ListedObject[] = [];
  for (const item of items) {
    if (!isObject(item) || typeof item.name !== 'string') throw new Error('an object in it has no name');
    if (isFolder(item.name)) continue;
    objects.push({
      key: item.name,
      bytes: byteCount(text(item.size)), // a number in a string
      modified: timeOf(text(item.updated)),
      etag: plainEtag(text(item.etag)),
      md5: md5FromBase64(text(item.md5Hash)), // composed objects have none
    });
  }
  return { objects, next: text(page.nextPageToken) || null };
}

const text = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
