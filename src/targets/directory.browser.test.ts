import { afterEach, beforeEach, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { sha256OfBlob } from '../base/checksum';
import type { TargetFolder } from '../core/plugin';
import { directory } from './directory';

/** Quota belongs to the whole origin: a test that lowers it must have the browser for itself. */
const alone = import.meta.env.VITE_IMAGEMILL_ALONE === '1';

const name = 'directory-test';
let root: FileSystemDirectoryHandle;
let folder: TargetFolder;

beforeEach(async () => {
  root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  folder = await directory.open({}, { output: root }, 'run');
});

afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true });
});

const names = async (handle = root): Promise<string[]> => {
  const found: string[] = [];
  for await (const key of handle.keys()) found.push(key);
  return found.toSorted();
};
const text = (value: string) => new TextEncoder().encode(value);

it('puts a file in place when it is closed, folders and all', async () => {
  const file = await folder.create('train/cats 🐈/a.csv');
  await file.write(text('hello'));
  expect(await names()).toEqual([]);
  await file.patch(1, text('E'));
  const record = await file.close();
  const blob = await folder.read('train/cats 🐈/a.csv');
  expect(await blob?.text()).toBe('hEllo');
  expect(record).toEqual({ path: 'train/cats 🐈/a.csv', bytes: 5, sha256: await sha256OfBlob(blob!) });
});

it('hashes what a large file holds after a patch behind its bytes', async () => {
  const file = await folder.create('big.npy');
  const piece = new Uint8Array(1_500_000).fill(3);
  for (let i = 0; i < 4; i++) await file.write(piece);
  await file.patch(10, text('patched'));
  const record = await file.close();
  const blob = (await folder.read('big.npy'))!;
  expect(record.bytes).toBe(6_000_000);
  expect(blob.size).toBe(6_000_000);
  expect(await blob.slice(10, 17).text()).toBe('patched');
  expect(record.sha256).toBe(await sha256OfBlob(blob));
});

it('replaces an older, longer file whole, and only on close', async () => {
  for (const value of ['a long first version', 'short']) {
    const file = await folder.create('a.csv');
    await file.write(new Uint8Array(4_300_000)); // beyond the buffer: the target has it
    await file.patch(0, text(value));
    if (value === 'short') expect(await (await folder.read('a.csv'))?.slice(0, 6).text()).toBe('a long');
    await file.close();
  }
  expect(await (await folder.read('a.csv'))?.slice(0, 5).text()).toBe('short');
});

it('leaves nothing of what is discarded, and an older file as it was', async () => {
  const old = await folder.create('old.csv');
  await old.write(text('old'));
  await old.close();
  for (const path of ['old.csv', 'new.csv', 'sub/new.csv']) {
    const file = await folder.create(path);
    await file.write(new Uint8Array(4_300_000));
    await file.discard();
  }
  const untouched = await folder.create('untouched.csv');
  await untouched.discard();
  expect(await names()).toEqual(['old.csv', 'sub']);
  expect(await names(await root.getDirectoryHandle('sub'))).toEqual([]);
  expect(await (await folder.read('old.csv'))?.text()).toBe('old');
});

it('does not take the empty place of a file that never came for a file', async () => {
  await root.getFileHandle('a.csv', { create: true });
  expect(await folder.read('a.csv')).toBeNull();
  expect(await folder.read('missing/b.csv')).toBeNull();
});

it('takes no folder for a file, nor a file for a folder', async () => {
  await root.getDirectoryHandle('a.csv', { create: true });
  const file = await folder.create('b.csv');
  await file.write(text('b'));
  await file.close();
  for (const path of ['a.csv', 'b.csv/c.csv']) {
    expect(await folder.read(path)).toBeNull();
    expect(await folder.look(path)).toBeNull();
  }
});

it('removes files, a missing one too', async () => {
  await (await folder.create('a/b.csv')).close();
  await folder.remove('a/b.csv');
  await folder.remove('a/b.csv');
  expect(await names(await root.getDirectoryHandle('a'))).toEqual([]);
});

it.runIf(alone)(
  'says that there is no room, and leaves no half file (alone: VITE_IMAGEMILL_ALONE=1)',
  async () => {
    const { quota } = await navigator.storage.estimate();
    const origin = location.origin;
    const session = cdp();
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3_000_000 });
    try {
      const file = await folder.create('big.npy');
      const fill = async () => {
        for (let i = 0; i < 20; i++) await file.write(new Uint8Array(4_300_000));
        await file.close();
      };
      await expect(fill()).rejects.toMatchObject({
        name: 'RunError',
        code: 'target-full',
        message: expect.stringContaining('No room left while writing big.npy. Make room'),
      });
      expect(await names()).toEqual([]);
    } finally {
      await session.send('Storage.overrideQuotaForOrigin', { origin });
    }
    expect((await navigator.storage.estimate()).quota).toBe(quota);
  },
);

it('says so when the folder went away', async () => {
  const file = await folder.create('sub/a.csv');
  await (await folder.create('sub/b.csv')).close();
  await root.removeEntry('sub', { recursive: true });
  await file.write(text('x'));
  await expect(file.close()).rejects.toMatchObject({
    code: 'target',
    message: expect.stringContaining('went away while writing sub/a.csv'),
  });
});

it('asks for a folder when none was chosen', async () => {
  await expect(directory.open({}, {}, 'run')).rejects.toMatchObject({ name: 'RunError', code: 'permission' });
});
