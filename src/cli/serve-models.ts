import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import type { Plugin } from 'vite';

/** Answers, or calls `next` for what is none of its business. */
type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Serves what lies in a folder of installed models under `/models/`: each model's own folder and `index.json`, which is empty
 * where there is none. The manifests beside them are part of the page's code.
 */
export function serveModels(folder: string): Handler {
  const files = sirv(folder, { dev: true, etag: true }); // looks at the disk each time: models come while it runs
  return (request, response, next) => {
    const url = request.url ?? '/';
    const [path] = url.split('?');
    const isIndex = path === '/models/index.json';
    if (!isIndex && !/^\/models\/[^/]+\/[^/]/.test(path)) return next();
    request.url = url.slice('/models'.length);
    files(request, response, () => {
      request.url = url;
      if (!isIndex) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"models":[]}');
    });
  };
}

/** The same for the development server, which would take a file of weights for a module. */
export function devModels(): Plugin {
  return {
    name: 'dev-models',
    configureServer(server) {
      server.middlewares.use(serveModels('models'));
    },
  };
}
