import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserCommand } from 'vitest/node';

declare module 'vitest/internal/browser' {
  interface BrowserCommands {
    /**
     * Serves files, in base64, to pages of any origin, by ranges as a bucket does. The first answer for `held` stays in its
     * middle until it is told to break off. Gives its address.
     */
    startModelHost: (files: Readonly<Record<string, string>>, held?: string) => Promise<string>;
    breakOffModelHost: () => Promise<void>;
    /** Gives the ranges that were asked for, as `path range`; it serves on. */
    askedOfModelHost: () => Promise<readonly string[]>;
    stopModelHost: () => Promise<void>;
  }
}

let host: { readonly server: Server; readonly asked: string[]; readonly held: ServerResponse[] } | null =
  null;

export const startModelHost: BrowserCommand<
  [files: Readonly<Record<string, string>>, held?: string]
> = async (_context, files, wanted) => {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1);
    asked.push(`${path} ${request.headers.range ?? 'all'}`);
    const shared = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'range',
      'cross-origin-resource-policy': 'cross-origin',
    };
    if (!(path in files)) return void response.writeHead(404, shared).end();
    const bytes = Buffer.from(files[path], 'base64');
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      ...shared,
      'last-modified': 'Wed, 25 Nov 2026 10:00:00 GMT',
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (path !== wanted || held.length > 0) return void response.end(rest);
    held.push(response);
    response.write(rest.subarray(0, rest.length >> 1));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  host = { server, asked, held };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a port, as we listen on one
};

export const breakOffModelHost: BrowserCommand<[]> = async () => {
  for (const response of host?.held ?? []) response.destroy();
};

export const askedOfModelHost: BrowserCommand<[]> = async () => host?.asked ?? [];

export const stopModelHost: BrowserCommand<[]> = async () => {
  host?.server.close();
  host?.server.closeAllConnections();
  host = null;
};
