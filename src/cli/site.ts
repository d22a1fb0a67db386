import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { parseHostHeaders } from './host-headers';
import { serveModels } from './serve-models';

/** The built page, beside which the built command line lies. */
export const distFolder = fileURLToPath(new URL('../', import.meta.url));

/**
 * Serves a built page with the headers of its own `_headers` file, as a static host would, and beside it the models that are
 * installed, as they are at that moment.
 */
export function createSite(folder: string, models: string = join(folder, '../models')): RequestListener {
  const headersFor = parseHostHeaders(readFileSync(join(folder, '_headers'), 'utf8'));
  const files = sirv(folder, { etag: true });
  const modelFiles = serveModels(models);
  return (request, response) => {
    const [pathname] = (request.url ?? '/').split('?');
    for (const [name, value] of Object.entries(headersFor(pathname))) response.setHeader(name, value);
    const refuse = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET and HEAD.\n');
    // The command line's own code is no part of the page.
    if (pathname.startsWith('/cli/')) return refuse(404, 'Not found.\n');
    modelFiles(request, response, () => files(request, response, () => refuse(404, 'Not found.\n')));
  };
}

/** Listens on a port, or on any free one for 0, and resolves to the port; rejects with Node's error when it is taken. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port); // an address with a port, as we listen on one
    });
  });
}

/** A server of the page alone. */
export function createSiteServer(folder: string = distFolder): Server {
  return createServer(createSite(folder));
}
