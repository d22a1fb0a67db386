import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../core/recipe';
import { grantFiles } from '../sources';
import { listImages } from './listing';
import { schema } from './registry';

const recipe = parseRecipe({ source: { type: 'folder' } }, schema);
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0);

const fileOf = (key: string, content: Uint8Array<ArrayBuffer> | string = '') => ({
  key,
  file: new File([content], key),
});
const list = (files: readonly { key: string; file: File }[], found?: (count: number) => void) =>
  listImages(recipe, { files }, new AbortController().signal, found);

describe('listImages', () => {
  it('sorts images by code points and keeps names as they are', async () => {
    const keys = [
      '😀.jpg',
      '\uff5e.jpg',
      'b.jpg',
      'B.jpg',
      'a/#.jpg',
      'a/%41.jpg',
      'a/ .jpg',
      'e\u0301.jpg',
      '\u00e9.jpg',
    ];
    const { images } = await list(keys.map((key) => fileOf(key)));
    expect(images.map(({ key }) => key)).toEqual([
      'B.jpg',
      'a/ .jpg',
      'a/#.jpg',
      'a/%41.jpg',
      'b.jpg',
      'e\u0301.jpg',
      '\u00e9.jpg',
      '\uff5e.jpg',
      '😀.jpg',
    ]);
  });

  it('leaves hidden files out with a count, a hidden folder once', async () => {
    const keys = [
      '.x.jpg',
      'a/.git/1.jpg',
      'a/.git/2/3.jpg',
      '__MACOSX/1.jpg',
      'b/Thumbs.db',
      'b/desktop.ini',
      'ok.jpg',
    ];
    const { images, hidden, notAnImage } = await list(keys.map((key) => fileOf(key)));
    expect(images.map(({ key }) => key)).toEqual(['ok.jpg']);
    expect([hidden, notAnImage]).toEqual([5, 0]);
  });

  it('takes every image extension, and tells unknown ones by their bytes', async () => {
    const { images, notAnImage } = await list([
      fileOf('text.jpg', 'text'),
      fileOf('empty.PNG'),
      fileOf('later.heic', 'x'),
      fileOf('a.b/no-extension', jpeg),
      fileOf('odd.jpg_large', jpeg),
      fileOf('odd.thing', 'words'),
      fileOf('none', ''),
      fileOf('paper.pdf', jpeg),
      fileOf('notes.txt', 'words'),
    ]);
    expect(images.map(({ key }) => key)).toEqual([
      'a.b/no-extension',
      'empty.PNG',
      'later.heic',
      'odd.jpg_large',
      'text.jpg',
    ]);
    expect(notAnImage).toBe(4);
  });

  it('hands over sidecar tables of any folder', async () => {
    const tables = ['z/metadata.jsonl', 'metadata.csv', 'a/b/metadata.csv'];
    const listing = await list(
      [...tables, 'other.csv', '.hidden/metadata.csv'].map((key) => fileOf(key, 'file_name')),
    );
    expect(listing.tables.map(({ key }) => key)).toEqual([
      'a/b/metadata.csv',
      'metadata.csv',
      'z/metadata.jsonl',
    ]);
    expect([listing.hidden, listing.notAnImage]).toEqual([1, 1]);
  });

  it('tells keys apart that come twice, without taking another file’s', async () => {
    const twice = ['a/1.jpg', 'a/1.jpg', 'a/1 (2).jpg', 'a/1.jpg', 'a.b/c', 'a.b/c'].map((key, i) =>
      fileOf(key, jpeg.subarray(0, 5 + i)),
    );
    const { images } = await list(twice);
    expect(images.map(({ key, bytes }) => `${key} ${bytes}`)).toEqual([
      'a.b/c 9',
      'a.b/c (2) 10',
      'a/1 (2).jpg 7',
      'a/1 (3).jpg 6',
      'a/1 (4).jpg 8',
      'a/1.jpg 5',
    ]);
  });

  it('tells how many images were found, at the end in any case', async () => {
    const counts: number[] = [];
    await list([fileOf('a.jpg'), fileOf('b.jpg'), fileOf('c.txt')], (count) => counts.push(count));
    expect(counts.at(-1)).toBe(2);
  });

  it('stops when its signal aborts, and lists nothing when nothing is granted', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(listImages(recipe, { files: [fileOf('a.jpg')] }, aborted)).rejects.toThrow('enough');
    await expect(listImages(recipe, {}, aborted)).rejects.toThrow('enough');
    expect((await listImages(recipe, {}, new AbortController().signal)).images).toEqual([]);
  });
});

describe('grantFiles', () => {
  const pick = (path: string) => ({ path, file: new File([], 'x') });
  it.each([
    [
      ['pets/cat/1.jpg', 'pets/2.jpg'],
      ['cat/1.jpg', '2.jpg'],
    ],
    [
      ['/pets/cat/1.jpg', '/pets/2.jpg'],
      ['cat/1.jpg', '2.jpg'],
    ],
    [
      ['cats/1.jpg', 'dogs/1.jpg'],
      ['cats/1.jpg', 'dogs/1.jpg'],
    ],
    [
      ['pets/1.jpg', '2.jpg'],
      ['pets/1.jpg', '2.jpg'],
    ],
    [['1.jpg'], ['1.jpg']],
    [[], []],
  ])('makes of %j the keys %j', (paths, keys) => {
    expect(grantFiles(paths.map(pick)).map(({ key }) => key)).toEqual(keys);
  });

  it('takes plain files by their name', () => {
    expect(grantFiles([new File([], 'a.jpg')]).map(({ key }) => key)).toEqual(['a.jpg']);
  });
});
