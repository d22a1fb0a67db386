import { child, childText, readXml, type XmlElement } from '../base/xml';
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

/**
 * Azure's `List Blobs` (learn.microsoft.com, rest/api/storageservices/list-blobs). Pages have up to 5,000 blobs.
 * @param containerUrl The container's address, without a slash at the end.
 * @param sas Query of a container's SAS that allows to list and to read, as it was given; `''` for a public container.
 */
export function azureListing(containerUrl: string, sas: string): ListingApi {
  const join = (query: string) => [query, sas].filter((part) => part !== '').join('&');
  return {
    pageUrl(prefix, next) {
      const query = new URLSearchParams({ restype: 'container', comp: 'list', maxresults: '5000' });
      if (prefix !== '') query.set('prefix', prefix);
      if (next !== null) query.set('marker', next);
      return `${containerUrl}?${join(query.toString())}`;
    },
    readPage: readAzurePage,
    objectUrl: (key) => `${containerUrl}/${encodeKey(key)}${sas && `?${sas}`}`,
  };
}

async function readAzurePage(body: string): ReturnType<ListingApi['readPage']> {
  const root = await readXml(body);
  const blobs = child(root, 'Blobs');
  if (root.name !== 'EnumerationResults' || blobs === undefined) {
    throw new Error(`it is <${root.name.slice(0, 100)}>, not a list of blobs`);
  }
  const objects: ListedObject[] = [];
  for (const blob of blobs.children) {
    const listed = blob.name === 'Blob' ? readBlob(blob) : null;
    if (listed !== null) objects.push(listed);
  }
  return { objects, next: childText(root, 'NextMarker') || null };
}

function readBlob(blob: XmlElement): ListedObject | null {
  const name = child(blob, 'Name');
  const key = name?.attributes.Encoded === 'true' ? decode(name.text) : (name?.text ?? '');
  const properties = child(blob, 'Properties');
  // Hierarchical namespaces list their directories among the blobs.
  if (isFolder(key) || childText(properties, 'ResourceType') === 'directory') return null;
  return {
    key,
    bytes: byteCount(childText(properties, 'Content-Length')),
    modified: timeOf(childText(properties, 'Last-Modified')),
    etag: plainEtag(childText(properties, 'Etag')),
    md5: md5FromBase64(childText(properties, 'Content-MD5')),
  };
}

/** Names with characters that XML cannot hold come percent-encoded. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
