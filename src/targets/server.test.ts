import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TargetFolder } from '../core/plugin';
import { server } from './server';

// The command line's side of the protocol, in memory.
let listening: Server;
let folder: TargetFolder;
let requests: string[];
let parts: Map<string, Buffer>;
let files: Map<string, Buffer>;
let refuse: { status: number; body: string } | null;

beforeEach(async () => {
  requests = [];
  parts = new Map();
  files = new Map();
  refuse = null;
  listening = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  folder = await server.open({}, { server: { url: `http://127.0.0.1:${port}`, token: 'secret' } }, 'run');
});

afterEach(() => {
  listening.closeAllConnections();
  listening.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://x');
  const path = url.searchParams.get('path') ?? '';
  const at = Number(url.searchParams.get('at'));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  requests.push(
    `${request.method} ${url.pathname.slice(9)} ${path}${url.searchParams.has('at') ? ` ${at} ${body.length}` : ''}`,
  );
  if (request.headers['x-imagemill-token'] !== 'secret') return void response.writeHead(403).end();
  if (refuse !== null) return void response.writeHead(refuse.status).end(refuse.body);
  const write = () => {
    const part = parts.get(path) ?? Buffer.alloc(0);
    const grown = Buffer.alloc(Math.max(at === 0 ? 0 : part.length, at + body.length));
    if (at > 0) part.copy(grown);
    body.copy(grown, at);
    parts.set(path, grown);
  };
  switch (`${request.method} ${url.pathname}`) {
    case 'PUT /_target/file':
      write();
      return void response.writeHead(204).end();
    case 'POST /_target/commit': {
      if (url.searchParams.has('at')) write();
      const part = parts.get(path) ?? Buffer.alloc(0);
      files.set(path, part);
      const sha256 = createHash('sha256').update(part).digest('hex');
      return void response.end(JSON.stringify({ path, bytes: part.length, sha256 }));
    }
    case 'POST /_target/files': {
      const listEnd = 4 + body.readUInt32LE(0);
      let place = listEnd;
      const list: { path: string; bytes: number }[] = JSON.parse(body.toString('utf8', 4, listEnd));
      const records = list.map(({ path, bytes }) => {
        const content = body.subarray(place, place + bytes);
        place += bytes;
        files.set(path, content);
        return { path, bytes, sha256: createHash('sha256').update(content).digest('hex') };
      });
      return void response.end(JSON.stringify(records));
    }
    case 'GET /_target/files':
      return void response.end(
        JSON.stringify([...files.keys()].filter((name) => name.startsWith(`${path}/`))),
      );
    case 'POST /_target/discard':
      parts.delete(path);
      return void response.end();
    case 'HEAD /_target/file':
    case 'GET /_target/file': {
      const [start, end] = ['start', 'end'].map((name) => url.searchParams.get(name));
      const file = files.get(path)?.subarray(Number(start ?? 0), end === null ? undefined : Number(end));
      if (file === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-length': file.length });
      return void response.end(request.method === 'HEAD' ? undefined : file);
    }
    case 'DELETE /_target/file':
      return void response.writeHead(files.delete(path) ? 204 : 404).end();
  }
}

it('puts many small files in one request', async () => {
  const given = ['train/ä &?#+%.jpg', 'b.jpg'].map((path, i) => ({
    path,
    bytes: new Uint8Array(i * 3).fill(i),
  }));
  const records = await folder.putAll!(given);
  expect(records.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['train/ä &?#+%.jpg', 0],
    ['b.jpg', 3],
  ]);
  expect(files.get('b.jpg')).toEqual(Buffer.from([1, 1, 1]));
  expect(requests.length).toBe(1);
});

it('lists what lies below a folder', async () => {
  await folder.putAll!(['images/cat/ä.jpg', 'b.jpg'].map((path) => ({ path, bytes: new Uint8Array(1) })));
  expect(await folder.list('images')).toEqual(['images/cat/ä.jpg']);
});

it('writes, patches and commits', async () => {
  const file = await folder.create('train/ä &?#+%.npy');
  const big = new Uint8Array(6_000_000).fill(1);
  await file.write(new Uint8Array(128));
  await file.write(big);
  for (let i = 0; i < 1000; i++) await file.write(new Uint8Array(8).fill(2));
  await file.patch(10, new Uint8Array([5, 6]));
  const wanted = Buffer.concat([Buffer.alloc(128), big, Buffer.alloc(8000, 2)]);
  wanted.set([5, 6], 10);
  const sha256 = createHash('sha256').update(wanted).digest('hex');
  expect(await file.close()).toEqual({ path: 'train/ä &?#+%.npy', bytes: wanted.length, sha256 });
  expect(files.get('train/ä &?#+%.npy')?.equals(wanted)).toBe(true);
  expect(requests.length).toBe(3); // the first 4 MB, the patch, the commit with the rest
});

it('writes an empty file', async () => {
  expect(await (await folder.create('a.jsonl')).close()).toMatchObject({ bytes: 0 });
  expect(files.get('a.jsonl')?.length).toBe(0);
});

it('reads and removes, a missing file too', async () => {
  files.set('a.csv', Buffer.from('abc'));
  expect(await (await folder.read('a.csv'))?.text()).toBe('abc');
  await folder.remove('a.csv');
  await folder.remove('a.csv');
  expect(await folder.read('a.csv')).toBeNull();
});

it('looks at parts of a file without reading the rest', async () => {
  files.set('a.npy', Buffer.from('header and rows'));
  const stored = (await folder.look('a.npy'))!;
  expect(stored.bytes).toBe(15);
  expect(Buffer.from(await stored.read(7, 10)).toString()).toBe('and');
  expect(requests).toEqual(['HEAD file a.npy', 'GET file a.npy']);
  expect(await folder.look('b.npy')).toBeNull();
});

it('discards', async () => {
  const file = await folder.create('a.csv');
  await file.write(new Uint8Array(9_000_000));
  expect(parts.size).toBe(1);
  await file.discard();
  expect(parts.size + files.size).toBe(0);
});

it.each([
  [
    { status: 507, body: '{"code":"target-full","message":"No room on the disk."}' },
    'target-full',
    'No room on the disk.',
  ],
  [
    { status: 403, body: '{"code":"permission","message":"out is read-only"}' },
    'permission',
    'out is read-only',
  ],
  [{ status: 507, body: '' }, 'target-full', 'refused a.csv with status 507'],
  [{ status: 500, body: '<html>' }, 'target', 'refused a.csv with status 500'],
])('turns the refusal %j into a RunError', async (refusal, code, message) => {
  const file = await folder.create('a.csv');
  await file.write(new Uint8Array(1));
  refuse = refusal;
  await expect(file.close()).rejects.toMatchObject({
    name: 'RunError',
    code,
    message: expect.stringContaining(message),
  });
  expect(requests.at(-1)).toBe('POST discard a.csv');
});

it('says so when nothing answers', async () => {
  const file = await folder.create('a.csv');
  await file.write(new Uint8Array(1));
  listening.closeAllConnections();
  await new Promise((resolve) => listening.close(resolve));
  await expect(file.close()).rejects.toMatchObject({
    code: 'target',
    message: expect.stringContaining('stopped answering at a.csv'),
  });
});

it('refuses to open without its grant', async () => {
  await expect(server.open({}, {}, 'run')).rejects.toMatchObject({ name: 'RunError', code: 'permission' });
});
