import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; `count` is how many came for this path before. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A real server on this machine's loopback that answers as it is told. */
export interface FaultServer {
  readonly url: string;
  /** Paths of the requests that came, in their order. */
  readonly asked: readonly string[];
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** Starts a {@link FaultServer}; a path that has no answer is 404. */
export async function startFaultServer(answers: Readonly<Record<string, Answer>>): Promise<FaultServer> {
  const asked: string[] = [];
  let busy = 0;
  let most = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const count = asked.filter((earlier) => earlier === path).length;
    asked.push(path);
    most = Math.max(most, ++busy);
    response.on('close', () => busy--);
    const answer = answers[path.split('?')[0]];
    if (answer) return answer(request, response, count);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // `address()` is a string for pipes only.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    mostAtOnce: () => most,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
