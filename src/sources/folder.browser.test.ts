import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../core/failure';
import type { Listed } from '../core/image';
import { folder } from './folder';

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0);
let root: FileSystemDirectoryHandle;

beforeEach(async () => {
  const opfs = await navigator.storage.getDirectory();
  root = await opfs.getDirectoryHandle(`folder-test-${crypto.randomUUID()}`, { create: true });
});

afterEach(async () => {
  const opfs = await navigator.storage.getDirectory();
  await opfs.removeEntry(root.name, { recursive: true });
});

async function folderAt(path: string): Promise<FileSystemDirectoryHandle> {
  let handle = root;
  for (const part of path.split('/').slice(0, -1))
    handle = await handle.getDirectoryHandle(part, { create: true });
  return handle;
}

async function put(path: string, bytes: Uint8Array<ArrayBuffer> = jpeg): Promise<void> {
  const handle = await (await folderAt(path)).getFileHandle(path.slice(path.lastIndexOf('/') + 1), {
    create: true,
  });
  const writable = await handle.createWritable();
  await writable.write(bytes);
  await writable.close();
}

async function list(signal = new AbortController().signal): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const listed of folder.list({}, { folder: root }, signal)) found.push(describeListed(listed));
  return found.sort();
}

function describeListed(listed: Listed): string {
  if (listed.kind === 'image') return `image ${listed.ref.key} ${listed.ref.bytes}`;
  if (listed.kind === 'note') return listed.text;
  return listed.kind === 'table' ? `table ${listed.key}` : `${listed.why} ${listed.key}`;
}

describe('the folder source over a directory handle', () => {
  it('walks every level and says what each file is', async () => {
    for (const path of ['1.jpg', 'a/2.png', 'a/b/c/3.webp', 'a/metadata.csv', 'a/notes.txt', 'unnamed'])
      await put(path);
    for (const path of ['.hidden.jpg', '.git/1.jpg', '.git/2/3.jpg', 'a/__MACOSX/4.jpg', 'a/Thumbs.db'])
      await put(path);
    await put('words', new TextEncoder().encode('words'));
    expect(await list()).toEqual([
      'hidden .git',
      'hidden .hidden.jpg',
      'hidden a/Thumbs.db',
      'hidden a/__MACOSX',
      'image 1.jpg 11',
      'image a/2.png 11',
      'image a/b/c/3.webp 11',
      'image unnamed 11',
      'not-an-image a/notes.txt',
      'not-an-image words',
      'table a/metadata.csv',
    ]);
  });

  it('keeps odd names as they are', async () => {
    const names = [
      '#1.jpg',
      '100%41.jpg',
      'a b.jpg',
      '😀.jpg',
      'e\u0301.jpg',
      '\u00e9.jpg',
      "it's \u0026 {}.jpg",
      `${'x'.repeat(200)}.jpg`,
    ];
    for (const name of names) await put(`class #%/${name}`);
    expect(await list()).toEqual(names.map((name) => `image class #%/${name} 11`).sort());
  });

  it('lists a few hundred files of many folders once each', async () => {
    const paths = Array.from({ length: 300 }, (_, i) => `${i % 7}/${i % 5}/${i}.jpg`);
    for (const path of paths) await put(path, Uint8Array.of(1));
    expect(await list()).toEqual(paths.map((path) => `image ${path} 1`).sort());
  });

  it('stops the run with the folder’s name when a folder is gone', async () => {
    const parent = root;
    root = await parent.getDirectoryHandle('gone', { create: true });
    await put('x/1.jpg');
    await parent.removeEntry('gone', { recursive: true });
    const error = await list().catch((thrown: unknown) => thrown);
    root = parent;
    expect(error).toBeInstanceOf(RunError);
    expect((error as RunError).code).toBe('permission');
    expect((error as RunError).message).toContain('"gone"');
    expect((error as RunError).message).toContain('choose the folder again');
  });

  it('passes over a file that goes while its folder is listed', async () => {
    await put('1.jpg');
    await put('2.jpg');
    const gone = await root.getFileHandle('2.jpg');
    await root.removeEntry('2.jpg');
    await expect(gone.getFile()).rejects.toThrow();
    // A directory whose listing still names the file, as another process leaves it between two questions.
    const stale = Object.create(root, {
      name: { value: 'stale' },
      entries: {
        value: async function* () {
          yield* root.entries();
          yield ['2.jpg', gone];
        },
      },
    }) as FileSystemDirectoryHandle;
    const keys: string[] = [];
    for await (const listed of folder.list({}, { folder: stale }, new AbortController().signal))
      keys.push(describeListed(listed));
    expect(keys).toEqual(['image 1.jpg 11']);
  });

  it('stops when its signal aborts', async () => {
    await put('a/1.jpg');
    await expect(list(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

it('falls back to picked files where there is no directory picker', async () => {
  const files = [{ key: 'a/1.jpg', file: new File([jpeg], '1.jpg') }];
  const found: string[] = [];
  for await (const listed of folder.list({}, { files }, new AbortController().signal))
    found.push(describeListed(listed));
  expect(found).toEqual(['image a/1.jpg 11']);
});
