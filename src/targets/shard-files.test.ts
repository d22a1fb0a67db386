import { expect, it } from 'vitest';
import type { TargetFolder } from '../core/plugin';
import { bufferFile } from './buffered-file';
import { createShardFiles } from './shard-files';

function memoryFolder(): TargetFolder & { readonly files: Map<string, string>; readonly open: Set<string> } {
  const files = new Map<string, string>();
  const open = new Set<string>();
  return {
    files,
    open,
    async create(path) {
      await null;
      open.add(path);
      let text = '';
      return bufferFile(path, {
        async write(_at, bytes) {
          text += new TextDecoder().decode(bytes);
        },
        async commit(_at, rest) {
          text += new TextDecoder().decode(rest);
          open.delete(path);
          files.set(path, text);
          return { path, bytes: text.length, sha256: 'x' };
        },
        async discard() {
          open.delete(path);
        },
      });
    },
    read: async () => null,
    look: async () => null,
    async remove(path) {
      files.delete(path);
    },
  };
}

const shard = { index: 0, folder: '', part: 0, of: 1, start: 0, end: 1, rows: 1 };
const text = (value: string) => new TextEncoder().encode(value);

it('gives plain names to a lone shard and numbers to others', async () => {
  const names = async (more: object) =>
    (await createShardFiles(memoryFolder(), { ...shard, ...more }).create('images', 'npy')).path;
  expect(await names({})).toBe('images.npy');
  expect(await names({ folder: 'train/' })).toBe('train/images.npy');
  expect(await names({ folder: 'test/', part: 3, of: 10 })).toBe('test/images-00003-of-00010.npy');
});

it('calls the one file of a split by its name, behind a name of its own', async () => {
  const names = async (stem: string, more: object) =>
    (await createShardFiles(memoryFolder(), { ...shard, ...more }).createOne(stem, 'csv')).path;
  expect(await names('images', {})).toBe('images.csv');
  expect(await names('images', { part: 3, of: 10 })).toBe('images-00003-of-00010.csv');
  expect(await names('images', { folder: 'train/' })).toBe('train.csv');
  expect(await names('images', { folder: 'test/', part: 3, of: 10 })).toBe('test-00003-of-00010.csv');
  expect(await names('flowers', { folder: 'test/' })).toBe('flowers-test.csv');
});

it('commits all files, and lists them in the order of the calls', async () => {
  const folder = memoryFolder();
  const files = createShardFiles(folder, { ...shard, folder: 'test/' });
  const table = await files.create('images', 'csv');
  await files.putAll([
    { path: 'images/b.jpg', bytes: text('b') },
    { path: 'images/a.jpg', bytes: text('aa') },
  ]);
  await table.write(text('row'));
  expect(folder.files.has('test/images.csv')).toBe(false);
  expect((await files.closeAll()).map(({ path, bytes }) => [path, bytes])).toEqual([
    ['test/images.csv', 3],
    ['test/images/b.jpg', 1],
    ['test/images/a.jpg', 2],
  ]);
  expect(folder.files.get('test/images.csv')).toBe('row');
});

it('leaves nothing behind when it is discarded', async () => {
  const folder = memoryFolder();
  const files = createShardFiles(folder, shard);
  await (await files.create('images', 'csv')).write(text('half'));
  await files.putAll([{ path: 'images/a.jpg', bytes: text('whole') }]);
  await files.discardAll();
  expect([...folder.files, ...folder.open]).toEqual([]);
});

it('waits for all files that were put together when one fails, so that none appears after they are discarded', async () => {
  const folder = memoryFolder();
  const late = new Promise<void>((later) => setTimeout(later));
  const files = createShardFiles(
    {
      ...folder,
      async create(path) {
        if (path === 'c') throw new Error('disk on fire');
        await late; // the others are not yet open when this one fails
        return folder.create(path);
      },
    },
    shard,
  );
  const put = files.putAll(['a', 'b', 'c'].map((path) => ({ path, bytes: text(path) })));
  await expect(put).rejects.toThrow('disk on fire');
  await files.discardAll();
  await new Promise((later) => setTimeout(later));
  expect([...folder.files.keys()]).toEqual([]);
});

it('leaves an older file alone that a failed putting of several did not come to', async () => {
  const folder = memoryFolder();
  folder.files.set('c/3.jpg', 'older');
  const files = createShardFiles(
    {
      ...folder,
      async putAll() {
        throw new Error('disk on fire'); // having taken back what it put
      },
    },
    shard,
  );
  const put = files.putAll(['a/1.jpg', 'c/3.jpg'].map((path) => ({ path, bytes: text('new') })));
  await expect(put).rejects.toThrow('disk on fire');
  await files.discardAll();
  expect([...folder.files]).toEqual([['c/3.jpg', 'older']]);
});
