import { describe, expect, it } from 'vitest';
import { byCodePoint } from '../../base/order';
import { fileRef } from '../../core/image';
import { type ListedSource, mergeSources } from './merge';

const refs = (...keys: string[]) => keys.map((key) => fileRef(key, new File([key], key)));

function source(
  kind: ListedSource['kind'],
  name: string,
  keys: string[],
  tables: string[] = [],
): ListedSource {
  const listing = {
    images: refs(...keys),
    tables: tables.map((key) => ({ key, file: new Blob([key]) })),
    hidden: 1,
    notAnImage: 2,
    notes: [],
  };
  return { kind, name, grants: { files: [] }, listing };
}

describe('mergeSources', () => {
  it('is null without sources', () => {
    expect(mergeSources([])).toBeNull();
  });

  it('keeps a lone source as it is', () => {
    const pets = source('folder', 'pets', ['cat/1.jpg']);
    expect(mergeSources([pets])).toEqual({
      type: 'folder',
      name: 'pets',
      grants: pets.grants,
      listing: pets.listing,
    });
  });

  it('puts the names of several folders before their keys, so that they can be labels', () => {
    const merged = mergeSources([
      source('folder', 'dog', ['1.jpg', '2.jpg']),
      source('folder', 'cat', ['1.jpg']),
    ]);
    expect(merged?.type).toBe('files');
    expect(merged?.name).toBe('dog + cat');
    expect(merged?.listing.images.map(({ key }) => key)).toEqual(['cat/1.jpg', 'dog/1.jpg', 'dog/2.jpg']);
    expect(merged?.listing).toMatchObject({ hidden: 2, notAnImage: 4 });
  });

  it('tells folders of one name apart and leaves files their names', () => {
    const merged = mergeSources([
      source('folder', 'a', ['x.jpg']),
      source('folder', 'a', ['x.jpg']),
      source('files', 'Files', ['b.jpg']),
    ]);
    expect(merged?.listing.images.map(({ key }) => key)).toEqual(['a (2)/x.jpg', 'a/x.jpg', 'b.jpg']);
  });

  it('takes a lone archive for a folder, and no folder that an archive among files has', () => {
    const merged = mergeSources([
      source('files', 'cat.tar.gz', ['1.jpg']),
      source('folder', 'cat', ['1.jpg']),
    ]);
    expect(merged?.listing.images.map(({ key }) => key)).toEqual(['cat (2)/1.jpg', 'cat/1.jpg']);
    const beside = mergeSources([
      source('folder', 'cat', ['1.jpg']),
      source('files', 'Files', ['cat/1.jpg']),
    ]);
    expect(beside?.listing.images.map(({ key }) => key)).toEqual(['cat (2)/1.jpg', 'cat/1.jpg']);
  });

  it('keeps the code-point order of the whole', () => {
    const keys = ['Z.jpg', 'é.jpg', '\u{ffff}.jpg'];
    const merged = mergeSources([
      source('files', 'Files', keys),
      source('folder', '\u{1f600}', ['A.jpg', 'b c.jpg']),
    ]);
    const got = merged?.listing.images.map(({ key }) => key) ?? [];
    expect(got).toEqual([...got].sort(byCodePoint));
    expect(got).toHaveLength(5);
  });

  it('grants what was listed, under the keys that it has together', () => {
    const merged = mergeSources([
      source('folder', 'a', ['1.jpg'], ['metadata.csv']),
      source('files', 'Files', ['2.jpg']),
    ]);
    const { images, tables } = merged?.grants.listed ?? {};
    expect(images?.map(({ key }) => key)).toEqual(['2.jpg', 'a/1.jpg']);
    expect(tables?.map(({ key }) => key)).toEqual(['a/metadata.csv']);
  });
});
