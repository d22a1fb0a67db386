import { createReadStream, statfsSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { megabytes } from '../core/failure';
import { passOn } from './fetch-proxy';
import { type OutputFolder, RefusedPath } from './output-folder';

/**
 * Serves the page and, behind the token, the output folder: what `targets/server.ts` and the server's checkpoints speak.
 * `/_target/file` PUT GET HEAD DELETE, `/_target/commit` POST (with `&at` its body is written first), `/_target/files` POST,
 * `/_target/discard` POST, each with `?path`; `/_checkpoint` GET PUT DELETE; `/_fetch` GET HEAD with `?url` asks for a link in
 * the page's stead. A refusal is JSON `{ code, message }`.
 */
export function createOutputServer(site: RequestListener, folder: OutputFolder, token: string): Server {
  return createServer((request, response) => {
    const address = `http://localhost${request.url ?? '/'}`;
    if (!URL.canParse(address))
      return answer(response, 400, { code: 'target', message: 'That is no address.' });
    const url = new URL(address);
    if (!url.pathname.startsWith('/_')) return site(request, response);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.headers['x-imagemill-token'] !== token)
      return answer(response, 403, { code: 'permission', message: 'The token is not this run’s.' });
    handle(request, response, url, folder).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, error, url.searchParams.get('path') ?? 'the checkpoint', folder);
    });
  });
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  folder: OutputFolder,
): Promise<void> {
  const path = url.searchParams.get('path') ?? '';
  switch (`${request.method} ${url.pathname}`) {
    case 'PUT /_target/file': {
      const at = readPlace(url, 'at');
      if (at === null) throw new RefusedPath(`a write to ${path} came without its place`);
      await folder.write(path, at, await readBody(request));
      return done(response);
    }
    case 'POST /_target/commit': {
      const at = readPlace(url, 'at');
      if (at !== null) await folder.write(path, at, await readBody(request));
      return answer(response, 200, await folder.commit(path));
    }
    case 'POST /_target/files':
      return answer(response, 200, await folder.putAll(readFiles(await readBody(request))));
    case 'POST /_target/discard':
      await folder.discard(path);
      return done(response);
    case 'HEAD /_target/file':
    case 'GET /_target/file': {
      const found = await folder.find(path);
      if (found === null) return answer(response, 404, { code: 'target', message: `There is no ${path}.` });
      const start = readPlace(url, 'start') ?? 0;
      const end = Math.min(readPlace(url, 'end') ?? found.bytes, found.bytes);
      const bytes = Math.max(0, end - start);
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
      if (request.method === 'HEAD' || bytes === 0) {
        response.end();
        return;
      }
      return pipeline(createReadStream(found.file, { start, end: end - 1 }), response); // `end` is the last byte here
    }
    case 'HEAD /_fetch':
    case 'GET /_fetch':
      return passOn(url.searchParams.get('url') ?? '', request, response);
    case 'DELETE /_target/file':
      await folder.remove(path);
      return done(response);
    case 'GET /_checkpoint': {
      const json = await folder.readCheckpoint();
      if (json === null) return answer(response, 404, { code: 'target', message: 'There is no checkpoint.' });
      response.writeHead(200, { 'content-type': 'application/json' }).end(json);
      return;
    }
    case 'PUT /_checkpoint':
      await folder.writeCheckpoint((await readBody(request)).toString('utf8'));
      return done(response);
    case 'DELETE /_checkpoint':
      await folder.writeCheckpoint(null);
      return done(response);
    default:
      return answer(response, 405, {
        code: 'target',
        message: `${request.method} ${url.pathname} is not served.`,
      });
  }
}

/** Reads what `packFiles` of `targets/server.ts` packed. */
function readFiles(body: Buffer): readonly { readonly path: string; readonly bytes: Buffer }[] {
  const listEnd = 4 + body.readUInt32LE(0);
  // Behind the token: it is our own page's, and the folder checks each path.
  const list = JSON.parse(body.toString('utf8', 4, listEnd)) as {
    readonly path: string;
    readonly bytes: number;
  }[];
  let at = listEnd;
  return list.map(({ path, bytes }) => {
    at += bytes;
    if (at > body.length) throw new RefusedPath(`${path} came without its ${bytes} bytes`);
    return { path, bytes: body.subarray(at - bytes, at) };
  });
}

/** A number of bytes among the query's parameters; null when it is not there. */
function readPlace(url: URL, name: string): number | null {
  const text = url.searchParams.get(name);
  if (text === null) return null;
  const place = Number(text);
  if (text === '' || !Number.isSafeInteger(place) || place < 0)
    throw new RefusedPath(`${name} is ${text}, which is no place in a file`);
  return place;
}

/** A request holds one buffer of a target's file, at most 4 MiB, a batch's pictures, or the checkpoint. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set on it
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** Without a body: one that the page does not read would hold the request, and all that it sent, in memory. */
function done(response: ServerResponse): void {
  response.writeHead(204).end();
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown, path: string, { root }: OutputFolder): void {
  const { status, ...body } = describeRefusal(error, path, root);
  answer(response, status, body);
}

/** What the disk has free for us, where the system tells. */
function freeText(root: string): string {
  try {
    const { bavail, bsize } = statfsSync(root);
    return `, whose disk has ${megabytes(bavail * bsize)} free`;
  } catch {
    return ''; // the folder may be gone with its disk; the message stands without it
  }
}

/** Says in words why the output folder did not take something. */
export function describeRefusal(
  error: unknown,
  path: string,
  root: string,
): {
  readonly status: number;
  readonly code: 'target-full' | 'permission' | 'target';
  readonly message: string;
} {
  if (error instanceof RefusedPath) return { status: 400, code: 'target', message: error.message };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return {
      status: 507,
      code: 'target-full',
      message: `No space is left for ${path} in ${root}${freeText(root)}. Free some and run the same command again to go on.`,
    };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return {
      status: 403,
      code: 'permission',
      message: `${path} may not be written in ${root} (${code}). Change its permissions, or choose another --output.`,
    };
  const told = error instanceof Error ? error.message : String(error);
  return {
    status: 500,
    code: 'target',
    message: `${path} could not be written in ${root}: ${told}. Choose another --output.`,
  };
}
