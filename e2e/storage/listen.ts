import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on any free port of this computer. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Lets a server listen on loopback; closing it ends what is open. */
export async function listenAnywhere(server: Server): Promise<Listening> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // `address()` is a string for pipes only.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
