import { createServer, type ServerResponse } from 'node:http';
import { listenAnywhere } from './listen';

/** A real server on loopback that hands images out by links like those that S3 signs. */
export interface LinkServer {
  readonly url: string;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface LinkServerOptions {
  /** The image of a path, or null where there is none. */
  image(path: string): Uint8Array | null;
  /** Milliseconds before an answer. */
  delayMs?(path: string): number;
  /** True for a path that fails with 503 when it is asked for the first time. */
  failsOnce?(path: string): boolean;
  /** True for paths that are not shared with pages. */
  withoutCors?(path: string): boolean;
}

/**
 * Starts a {@link LinkServer}. A link whose `X-Amz-Date` and `X-Amz-Expires` have passed is refused as S3 does it; a signature
 * other than `good` as well.
 */
export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname);
    const count = (asked.get(path) ?? 0) + 1;
    asked.set(path, count);
    const reply = () => {
      if (!options.withoutCors?.(path)) response.setHeader('access-control-allow-origin', '*');
      if (options.failsOnce?.(path) && count === 1)
        return refuse(response, 503, 'SlowDown', 'Please reduce your request rate.');
      const signature = searchParams.get('X-Amz-Signature');
      if (signature !== null && signature !== 'good')
        return refuse(
          response,
          403,
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match.',
        );
      if (hasExpired(searchParams)) return refuse(response, 403, 'AccessDenied', 'Request has expired');
      const image = options.image(path);
      if (image === null) return refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': image.length }).end(image);
    };
    const delay = options.delayMs?.(path) ?? 0;
    if (delay > 0) setTimeout(reply, delay);
    else reply();
  });
  server.keepAliveTimeout = 60_000;
  return { ...(await listenAnywhere(server)), asked };
}

/** Signs a link of a {@link LinkServer} in the shape of S3's. */
export function signLink(url: string, signedAt: Date, seconds: number): string {
  const date = signedAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIASECRET%2F20261125%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=${date}&X-Amz-Expires=${seconds}&X-Amz-SignedHeaders=host&X-Amz-Signature=good`;
}

function hasExpired(query: URLSearchParams): boolean {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  if (parts.length === 0) return false;
  const [year, month, day, hour, minute, second] = parts.map(Number);
  return (
    Date.UTC(year, month - 1, day, hour, minute, second) + Number(query.get('X-Amz-Expires')) * 1000 <
    Date.now()
  );
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    );
}
