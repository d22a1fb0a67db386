import { parseUrl } from '../base/parse-url';
import { child, childText, readXml, type XmlElement } from '../base/xml';
import { encodeKey } from '../core/storage-address';
import { byteCount, isFolder, type ListedObject, type ListingApi, plainEtag, timeOf } from './bucket-page';

/**
 * Amazon's `ListObjectsV2` (docs.aws.amazon.com, API_ListObjectsV2), which its compatible services and Google's XML API speak
 * too. Pages have up to 1,000 objects. A server that knows the first version only answers with it, and is paged by its marker.
 * @param bucketUrl The bucket's address, in its path or its host, without a slash at the end.
 */
export function s3Listing(bucketUrl: string): ListingApi {
  // Signatures and servers alike take the root of a host-style bucket as `/`.
  const root = parseUrl(bucketUrl)?.pathname === '/' ? `${bucketUrl.replace(/\/$/, '')}/` : bucketUrl;
  return {
    pageUrl(prefix, next) {
      // In code-point order, as Amazon's signatures would have them, though nothing is signed here.
      const query = [
        ...(next === null ? [] : [next.startsWith(byMarker) ? `marker=${encode(next.slice(1))}` : '']),
        ...(next === null || next.startsWith(byMarker) ? [] : [`continuation-token=${encode(next)}`]),
        'encoding-type=url',
        ...(next?.startsWith(byMarker) ? [] : ['list-type=2']),
        'max-keys=1000',
        `prefix=${encode(prefix)}`,
      ];
      return `${root}?${query.filter((part) => part !== '').join('&')}`;
    },
    readPage: readS3Page,
    objectUrl: (key) => `${bucketUrl.replace(/\/$/, '')}/${encodeKey(key)}`,
  };
}

/** Stands before a marker of the first version, to tell it from a token. No key or token begins with it. */
const byMarker = '\0';

/** Reads a page of either version. S3 may answer with an error in a 200 (API_ListObjectsV2), which is no page. */
export async function readS3Page(body: string): ReturnType<ListingApi['readPage']> {
  const root = await readXml(body);
  if (root.name !== 'ListBucketResult')
    throw new Error(`it is <${root.name.slice(0, 100)}>, not <ListBucketResult>`);
  const encoded = childText(root, 'EncodingType').toLowerCase() === 'url';
  const objects: ListedObject[] = [];
  let last = '';
  for (const element of root.children) {
    if (element.name !== 'Contents') continue;
    last = keyText(element, 'Key', encoded);
    if (!isFolder(last)) objects.push(readObject(element, last));
  }
  return { objects, next: nextPage(root, encoded, last) };
}

function readObject(element: XmlElement, key: string): ListedObject {
  return {
    key,
    bytes: byteCount(childText(element, 'Size')),
    modified: timeOf(childText(element, 'LastModified')),
    etag: plainEtag(childText(element, 'ETag')),
    md5: null, // an ETag is one for some objects only, and does not say for which
  };
}

function nextPage(root: XmlElement, encoded: boolean, last: string): string | null {
  if (childText(root, 'IsTruncated').toLowerCase() !== 'true') return null;
  const token = childText(root, 'NextContinuationToken');
  if (token !== '') return token;
  // The first version names a marker only where there is a delimiter; else the last key is meant.
  const marker = keyText(root, 'NextMarker', encoded) || last;
  if (marker === '') throw new Error('it says that there is more and not where');
  return byMarker + marker;
}

/** Encoded keys write a space as `+` and a plus as `%2B`. Spaces around a key are its own. */
function keyText(element: XmlElement, name: string, encoded: boolean): string {
  const text = child(element, name)?.text ?? '';
  if (!encoded) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const encode = (text: string) => encodeKey(text).replaceAll('/', '%2F');
