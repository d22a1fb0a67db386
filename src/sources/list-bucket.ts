import type { ImageRef, LinkOrigin, Listed } from '../core/image';
import type { Grants } from '../core/plugin';
import { throughProxy } from '../core/through-proxy';
import { type Bucket, type BucketKnobs, readBucket } from './bucket-address';
import { getPage, listObjects, type Network, readObjectText } from './bucket-listing';
import type { ListedObject } from './bucket-page';
import { hiddenPart, kindByName } from './classify';

/** Lists a bucket over any network; keys are relative to the folder that the prefix lies in. */
export async function* listBucket(
  wanted: BucketKnobs,
  query: string,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const found = readBucket(wanted, query);
  const base = found.prefix.lastIndexOf('/') + 1;
  const hidden = new Set<string>();
  for await (const object of objectsOf(found, network, signal)) {
    if (typeof object === 'string') {
      yield { kind: 'note', text: object };
      continue;
    }
    const key = object.key.slice(base);
    const part = hiddenPart(key);
    if (part !== null) {
      if (!hidden.has(part)) yield { kind: 'left-out', key: part, why: 'hidden' };
      hidden.add(part);
      continue;
    }
    const kind = kindByName(key);
    if (kind === 'table') {
      const text = await readObjectText(found.api.objectUrl(object.key), network, signal);
      yield { kind: 'table', key, file: new File([text], key.slice(key.lastIndexOf('/') + 1)) };
    } else if (kind === 'archive') {
      const { origin, ...ref } = refOf(object, key, found);
      yield { kind: 'archive', link: origin, ...ref };
    } else if (kind === 'other') yield { kind: 'left-out', key, why: 'not-an-image' };
    else yield { kind: 'image', ref: refOf(object, key, found) };
  }
}

/** A bucket's objects, and what there is to say of them. */
async function* objectsOf(
  { api, prefix, signedPage }: Bucket,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<ListedObject | string, void, undefined> {
  if (signedPage === null) return yield* listObjects(api, prefix, network, signal);
  const page = await getPage(api, signedPage, network, signal);
  yield* page.objects;
  if (page.next !== null) {
    yield `The presigned listing is good for one page: its first ${page.objects.length} objects are taken, and there are more. Make the bucket public for listing, or paste a list of presigned links.`;
  }
}

function refOf(
  { key: whole, bytes, modified, etag, md5 }: ListedObject,
  key: string,
  { api }: Bucket,
): ImageRef & { readonly origin: LinkOrigin } {
  const origin = {
    kind: 'link',
    url: api.objectUrl(whole),
    ...(etag !== null && { etag }),
    ...(md5 !== null && { md5 }),
  } as const;
  return { key, origin, bytes, modified };
}

/** The network of this page, or of who asks in its stead. */
export function pageNetwork(proxy: Grants['proxy']): Network {
  return {
    fetch: proxy === undefined ? (input, init) => fetch(input, init) : throughProxy(proxy),
    proxied: proxy !== undefined,
    origin: location.origin,
    online: () => navigator.onLine,
    now: Date.now,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}
