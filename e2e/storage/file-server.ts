import { createServer } from 'node:http';
import { listenAnywhere } from './listen';

/** A real server on loopback that hands out files to any page, whole or, where it is told to, in parts. */
export interface FileServer {
  readonly url: string;
  /** What was asked for, in its order: `GET /a.zip bytes=0-9`, and how many bytes were sent. */
  readonly asked: readonly { readonly what: string; bytes: number }[];
  close(): Promise<void>;
}

export interface FileServerOptions {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** True to heed `Range`. */
  readonly ranges: boolean;
  /** Bytes after which each connection for a whole file is broken off, so many times in all. */
  readonly breaks?: { readonly after: number; readonly times: number };
}

/** Starts a {@link FileServer}. Like most buckets it shares no head but the plainest with pages, and answers no question before. */
export async function startFileServer({ files, ranges, breaks }: FileServerOptions): Promise<FileServer> {
  const asked: { readonly what: string; bytes: number }[] = [];
  let broken = 0;
  const server = createServer((request, response) => {
    const { range } = request.headers;
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const log = { what: [request.method, path, ...(range === undefined ? [] : [range])].join(' '), bytes: 0 };
    asked.push(log);
    if (request.method !== 'GET') return response.writeHead(405).end();
    response.setHeader('access-control-allow-origin', '*');
    const file = files[path.slice(1)];
    if (file === undefined) return response.writeHead(404).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec((ranges && range) || '') ?? [];
    const part = first === undefined ? file : file.subarray(Number(first), Number(last) + 1);
    log.bytes = part.length;
    response.setHeader('content-length', part.length);
    if (first !== undefined) {
      response.setHeader('content-range', `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`);
      return response.writeHead(206).end(part);
    }
    response.writeHead(200);
    if (breaks === undefined || broken >= breaks.times || part.length <= breaks.after)
      return response.end(part);
    broken++;
    return response.write(part.subarray(0, breaks.after), () => response.destroy());
  });
  return { ...(await listenAnywhere(server)), asked };
}
