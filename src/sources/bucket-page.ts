/** An object as a listing tells of it. */
export interface ListedObject {
  /** Its whole name in the bucket. */
  readonly key: string;
  /** Null where the listing does not say. */
  readonly bytes: number | null;
  /** Ms since 1970; null where the listing does not say. */
  readonly modified: number | null;
  /** Without quotes; null where the listing does not say. */
  readonly etag: string | null;
  /** Of its content, lower-case hex, where the provider vouches for it. */
  readonly md5: string | null;
}

/** One page of a listing. */
export interface ListingPage {
  readonly objects: readonly ListedObject[];
  /** What asks for the next page; null after the last. */
  readonly next: string | null;
}

/** How one provider's listing is asked for and read. */
export interface ListingApi {
  /** Address of a page below a prefix: the first, or the one that `next` of the page before asks for. */
  pageUrl(prefix: string, next: string | null): string;
  /** Reads a page. Throws an Error that says why the body is none. */
  readPage(body: string): Promise<ListingPage>;
  /** Address of an object. */
  objectUrl(key: string): string;
}

/** A count of bytes as text; null for what is none. */
export function byteCount(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Any date that browsers read, as ms since 1970; null for what is none. */
export function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** Takes the quotes off an ETag; null for none. */
export function plainEtag(text: string): string | null {
  return text.replace(/^(W\/)?"(.*)"$/, '$2') || null;
}

/** An MD5 in base64, as Google and Azure write it, in hex; null for what is none. */
export function md5FromBase64(text: string): string | null {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(text)) return null;
  return Array.from(atob(text), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** A key that stands for a folder, as consoles make them: nothing can be fetched there. */
export function isFolder(key: string): boolean {
  return key === '' || key.endsWith('/');
}
