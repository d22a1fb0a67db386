import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  promises,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderBusy, type OutputFolder, openOutputFolder } from './output-folder';
import { createOutputServer, describeRefusal } from './output-server';
import { listen } from './site';

const token = 'a token';
let root = '';
let folder: OutputFolder;
let server: Server;
let origin = '';
beforeEach(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'imagemill-server-')), 'out');
  folder = await openOutputFolder(root);
  server = createOutputServer((_, response) => response.end('the page'), folder, token);
  origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await folder.close();
  rmSync(join(root, '..'), { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { 'x-imagemill-token': token },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a file', () => {
  it('appears whole when it is committed, with its size and checksum', async () => {
    const path = encodeURIComponent('train/käse, 1.csv');
    expect((await ask('PUT', `/_target/file?path=${path}&at=0`, 'hello ')).status).toBe(204);
    await ask('PUT', `/_target/file?path=${path}&at=6`, 'world');
    expect(existsSync(join(root, 'train/käse, 1.csv'))).toBe(false);
    expect((await ask('GET', `/_target/file?path=${path}`)).status).toBe(404);
    const committed = await ask('POST', `/_target/commit?path=${path}`);
    expect(JSON.parse(committed.text)).toEqual({
      path: 'train/käse, 1.csv',
      bytes: 11,
      sha256: sha256('hello world'),
    });
    expect(readFileSync(join(root, 'train/käse, 1.csv'), 'utf8')).toBe('hello world');
    expect((await ask('GET', `/_target/file?path=${path}`)).text).toBe('hello world');
    expect((await ask('DELETE', `/_target/file?path=${path}`)).status).toBe(204);
    expect((await ask('GET', `/_target/file?path=${path}`)).status).toBe(404);
  });

  it('that was patched has the checksum of what it became', async () => {
    await ask('PUT', '/_target/file?path=a.npy&at=0', '????data');
    await ask('PUT', '/_target/file?path=a.npy&at=8', 'more');
    await ask('PUT', '/_target/file?path=a.npy&at=1', 'ead');
    expect(JSON.parse((await ask('POST', '/_target/commit?path=a.npy')).text)).toEqual({
      path: 'a.npy',
      bytes: 12,
      sha256: sha256('?eaddatamore'),
    });
  });

  it('is committed with its last bytes, or with others, in one request', async () => {
    const whole = await ask('POST', '/_target/commit?path=a.csv&at=0', 'a,b\n');
    expect(JSON.parse(whole.text)).toEqual({ path: 'a.csv', bytes: 4, sha256: sha256('a,b\n') });
    const packed = (files: readonly { path: string; bytes: number }[], content: string) => {
      const list = Buffer.from(JSON.stringify(files));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(list.length);
      return new Uint8Array(Buffer.concat([length, list, Buffer.from(content)]));
    };
    const files = [
      { path: 'cats/käse 1.jpg', bytes: 3 },
      { path: 'cats/none.jpg', bytes: 0 },
      { path: 'b.jpg', bytes: 2 },
    ];
    expect(JSON.parse((await ask('POST', '/_target/files?path=', packed(files, 'onetw'))).text)).toEqual([
      { path: 'cats/käse 1.jpg', bytes: 3, sha256: sha256('one') },
      { path: 'cats/none.jpg', bytes: 0, sha256: sha256('') },
      { path: 'b.jpg', bytes: 2, sha256: sha256('tw') },
    ]);
    expect(readFileSync(join(root, 'cats/käse 1.jpg'), 'utf8')).toBe('one');
    for (const bad of [
      packed(files, 'onet'),
      packed([{ path: '../out.jpg', bytes: 1 }], 'x'),
      packed([{ path: '.imagemill-parts/lock', bytes: 1 }], 'x'),
    ])
      expect((await ask('POST', '/_target/files?path=', bad)).status).toBe(400);
    expect(existsSync(join(root, '../out.jpg'))).toBe(false);
  });

  it('among several is gone again when a later one fails, and those after it are as they were', async () => {
    mkdirSync(join(root, 'b'));
    mkdirSync(join(root, 'c'));
    writeFileSync(join(root, 'c/3.jpg'), 'older');
    const paths = ['a/1.jpg', 'b', 'c/3.jpg'];
    await expect(folder.putAll(paths.map((path) => ({ path, bytes: Buffer.from('new') })))).rejects.toThrow(
      'b',
    );
    expect(readdirSync(join(root, 'a'))).toEqual([]);
    expect(readFileSync(join(root, 'c/3.jpg'), 'utf8')).toBe('older');
    expect(readdirSync(join(root, '.imagemill-parts'))).toEqual(['lock']);
  });

  it('among many does not have its folder looked up for each', async () => {
    const looks = vi.spyOn(promises, 'stat');
    syncBuiltinESMExports(); // so that the folder's own import is the spy
    try {
      const files = Array.from({ length: 50 }, (_, i) => ({ path: `a/b/${i}.jpg`, bytes: Buffer.from('x') }));
      await folder.putAll(files);
      expect(looks.mock.calls.length).toBeLessThan(10);
      rmSync(join(root, 'a'), { recursive: true });
      await folder.putAll(files); // though somebody deleted it
      expect(readdirSync(join(root, 'a/b')).length).toBe(50);
    } finally {
      looks.mockRestore();
      syncBuiltinESMExports();
    }
  });

  it('gives its size, and parts of it', async () => {
    writeFileSync(join(root, 'a.npy'), 'header and rows');
    const head = await fetch(`${origin}/_target/file?path=a.npy`, {
      method: 'HEAD',
      headers: { 'x-imagemill-token': token },
    });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '15']);
    const part = async (query: string) => (await ask('GET', `/_target/file?path=a.npy&${query}`)).text;
    expect(await part('start=7&end=10')).toBe('and');
    expect(await part('start=11&end=99')).toBe('rows');
    expect(await part('start=3&end=3')).toBe('');
    expect((await ask('GET', '/_target/file?path=a.npy&start=-1')).status).toBe(400);
    expect((await ask('HEAD', '/_target/file?path=b.npy')).status).toBe(404);
  });

  it('replaces an older one only when it is whole, and leaves nothing when it is discarded', async () => {
    writeFileSync(join(root, 'a.csv'), 'old');
    await ask('PUT', '/_target/file?path=a.csv&at=0', 'new');
    expect((await ask('POST', '/_target/discard?path=a.csv')).status).toBe(204);
    expect(readFileSync(join(root, 'a.csv'), 'utf8')).toBe('old');
    expect((await ask('POST', '/_target/commit?path=a.csv')).status).toBe(400);
    expect((await ask('POST', '/_target/discard?path=never')).status).toBe(204);
    await folder.close();
    expect(readdirSync(root)).toEqual(['a.csv']);
  });

  it('may be begun anew, and may not have a hole', async () => {
    await ask('PUT', '/_target/file?path=a&at=0', 'a longer first try');
    await ask('PUT', '/_target/file?path=a&at=0', 'second');
    expect((await ask('PUT', '/_target/file?path=a&at=7', 'x')).text).toContain(
      'has 6 bytes, and a write came at 7',
    );
    expect(JSON.parse((await ask('POST', '/_target/commit?path=a')).text).sha256).toBe(sha256('second'));
  });

  it('of some megabytes arrives as it was', async () => {
    const bytes = new Uint8Array(5_000_000).map((_, i) => (i * 2654435761) >>> 24);
    await ask('PUT', '/_target/file?path=big&at=0', bytes);
    expect(JSON.parse((await ask('POST', '/_target/commit?path=big')).text).sha256).toBe(sha256(bytes));
  });
});

describe('the server refuses', () => {
  it('any path outside its folder, and its own files', async () => {
    const bad = [
      '../x',
      'a/../../x',
      '/etc/x',
      '',
      '.',
      'a//b',
      'a\\b',
      'a\0b',
      '.imagemill-parts/lock',
      '.imagemill-checkpoint.json',
    ];
    for (const path of bad)
      for (const [method, what] of [
        ['PUT', 'file'],
        ['GET', 'file'],
        ['DELETE', 'file'],
      ]) {
        const { status } = await ask(
          method,
          `/_target/${what}?at=0&path=${encodeURIComponent(path)}`,
          method === 'PUT' ? 'x' : undefined,
        );
        expect([path, method, status]).toEqual([path, method, 400]);
      }
    expect(readdirSync(join(root, '..'))).toEqual(['out']);
  });

  it('whoever has not its token, and serves the page to anyone', async () => {
    for (const path of ['/_target/file?path=a&at=0', '/_checkpoint']) {
      const response = await fetch(`${origin}${path}`, { method: 'PUT', body: 'x' });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'permission' });
    }
    expect(await (await fetch(`${origin}/`)).text()).toBe('the page');
  });

  it('what it does not know, in words', async () => {
    expect((await ask('POST', '/_target/file?path=a')).status).toBe(405);
    expect((await ask('PUT', '/_target/file?path=a&at=-1', 'x')).status).toBe(400);
    expect((await ask('PUT', '/_target/file?path=a&at=5', 'x')).text).toContain('a was not begun');
  });

  it('with the code and the way out when the disk says no', () => {
    const told = (code: string) =>
      describeRefusal(Object.assign(new Error('no'), { code }), 'a.npy', '/no/such/out');
    expect(told('ENOSPC')).toMatchObject({ status: 507, code: 'target-full' });
    expect(told('ENOSPC').message).toBe(
      'No space is left for a.npy in /no/such/out. Free some and run the same command again to go on.',
    );
    const full = describeRefusal(Object.assign(new Error('no'), { code: 'ENOSPC' }), 'a.npy', tmpdir());
    expect(full.message).toMatch(/, whose disk has \d[\d.]* [KMG]B free\. Free some/);
    expect(told('EACCES')).toMatchObject({ status: 403, code: 'permission' });
    expect(told('EIO')).toMatchObject({ status: 500, code: 'target' });
  });
});

describe('the checkpoint', () => {
  it('is replaced as a whole and taken away', async () => {
    expect((await ask('GET', '/_checkpoint')).status).toBe(404);
    await ask('PUT', '/_checkpoint', '{"id":"1"}');
    await ask('PUT', '/_checkpoint', '{"id":"2"}');
    expect((await ask('GET', '/_checkpoint')).text).toBe('{"id":"2"}');
    expect(readFileSync(join(root, '.imagemill-checkpoint.json'), 'utf8')).toBe('{"id":"2"}');
    await ask('DELETE', '/_checkpoint');
    expect((await ask('GET', '/_checkpoint')).status).toBe(404);
  });
});

describe('the folder', () => {
  it('clears what a killed run left, whose process is gone', async () => {
    await ask('PUT', '/_target/file?path=half.npy&at=0', 'half');
    const parts = join(root, '.imagemill-parts');
    expect(readdirSync(parts).length).toBeGreaterThan(1);
    writeFileSync(join(parts, 'lock'), '4194305'); // above the largest process number
    const again = await openOutputFolder(root);
    expect(readdirSync(parts)).toEqual(['lock']);
    await again.close();
    expect(readdirSync(root)).toEqual([]);
  });

  it('is not shared by two commands', async () => {
    writeFileSync(join(root, '.imagemill-parts/lock'), String(process.ppid));
    await expect(openOutputFolder(root)).rejects.toThrow(FolderBusy);
  });
});
