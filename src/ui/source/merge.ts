import { byCodePoint } from '../../base/order';
import type { ImageRef } from '../../core/image';
import type { Grants } from '../../core/plugin';
import type { Listing } from '../api';

/** A listed source, as far as putting several together needs to know it. */
export interface ListedSource {
  readonly kind: 'folder' | 'files' | 'links' | 'bucket' | 'sample';
  readonly name: string;
  readonly grants: Grants;
  readonly listing: Listing;
  /** The source's own knobs, where it has some. */
  readonly knobs?: unknown;
}

/** What a run works on: one source as it is, or several put together as granted files. */
export interface RunInput {
  /** The recipe's `source.type`. */
  readonly type: string;
  /** The recipe's knobs of that source, where it has some. */
  readonly knobs?: unknown;
  readonly name: string;
  readonly grants: Grants;
  readonly listing: Listing;
}

/**
 * Puts sources together. A lone source keeps its keys; of several, each folder's keys begin with its name, so that
 * folders named `cat` and `dog` give those labels, and files keep theirs.
 */
export function mergeSources(sources: readonly ListedSource[]): RunInput | null {
  const [first] = sources;
  if (first === undefined) return null;
  if (sources.length === 1) {
    const { kind: type, name, grants, listing, knobs } = first;
    return { type, name, grants, listing, ...(knobs !== undefined && { knobs }) };
  }
  const prefixes = uniquePrefixes(sources);
  const rekey = <T extends { readonly key: string }>(items: readonly T[], prefix: string): readonly T[] =>
    prefix === '' ? items : items.map((item) => ({ ...item, key: prefix + item.key }));
  const images = sources.map(({ listing }, i) => rekey(listing.images, prefixes[i] ?? ''));
  const tables = sources.map(({ listing }, i) => rekey(listing.tables, prefixes[i] ?? ''));
  const listing: Listing = {
    images: images.reduce((a, b) => mergeSorted(a, b)),
    tables: tables.reduce((a, b) => mergeSorted(a, b)),
    hidden: sum(sources.map((source) => source.listing.hidden)),
    notAnImage: sum(sources.map((source) => source.listing.notAnImage)),
    notes: sources.flatMap((source) => source.listing.notes),
  };
  return {
    type: 'files',
    name: sources.map(({ name }) => name).join(' + '),
    grants: {
      files: [...listing.images.flatMap(grantOf), ...listing.tables],
      lists: sources.flatMap((source) => source.grants.lists ?? []),
      freshLists: sources.flatMap((source) => source.grants.freshLists ?? []),
    },
    listing,
  };
}

/** What a run that lists again needs of an image: only files can be granted. */
function grantOf({ key, origin }: ImageRef): readonly { readonly key: string; readonly file: File }[] {
  return origin.kind === 'file' ? [{ key, file: origin.file }] : [];
}

function uniquePrefixes(sources: readonly ListedSource[]): readonly string[] {
  const taken = new Set<string>();
  return sources.map(({ kind, name }) => {
    if (kind === 'files') return '';
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
    taken.add(unique);
    return `${unique}/`;
  });
}

/** Merges two lists that are sorted by key: linear, so that a hundred thousand images do not hold up the page. */
function mergeSorted<T extends { readonly key: string }>(a: readonly T[], b: readonly T[]): readonly T[] {
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    // Both are in range, by the loop's condition.
    if (byCodePoint((a[i] as T).key, (b[j] as T).key) <= 0) merged.push(a[i++] as T);
    else merged.push(b[j++] as T);
  }
  for (; i < a.length; i++) merged.push(a[i] as T);
  for (; j < b.length; j++) merged.push(b[j] as T);
  return merged;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
