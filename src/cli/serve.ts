import { parseArgs } from 'node:util';
import { createSiteServer, listen } from './site';

const help = `npm start -- [--port N] [--host NAME]

Serves the page. Without --port it takes 4173, or the next free port.
Without --host only this computer can reach it; --host 0.0.0.0 opens it to the network
(where browsers give cross-origin isolation only over HTTPS).
`;

const usualPort = 4173;

async function main(): Promise<number> {
  const given = readArguments();
  if (typeof given === 'string') {
    process.stderr.write(`${given}\n\n${help}`);
    return 2;
  }
  if (given.help) {
    process.stdout.write(help);
    return 0;
  }
  const { host } = given;
  try {
    const port = await listenSomewhere(host, given.port);
    const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host;
    process.stdout.write(`Imagemill is at http://${shown}:${port}/\nPress Ctrl-C to stop.\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error, host, given.port)}\n`);
    return 1;
  }
}

interface ServeArguments {
  readonly host: string;
  readonly port: number | null;
  readonly help: boolean;
}

/** The arguments, or a sentence saying what is wrong with them. */
function readArguments(): ServeArguments | string {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string', default: 'localhost' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = values.port === undefined ? null : Number(values.port);
    if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
      return `--port is ${JSON.stringify(values.port)}; a port is a whole number from 0 (any free one) to 65535.`;
    return { host: values.host, port, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Listens on the wanted port, or on the first free one from the usual port on. */
async function listenSomewhere(host: string, wanted: number | null): Promise<number> {
  if (wanted !== null) return listen(createSiteServer(), wanted, host);
  for (let port = usualPort; ; port++) {
    try {
      return await listen(createSiteServer(), port, host);
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || port >= usualPort + 50) throw error;
    }
  }
}

function explain(error: unknown, host: string, port: number | null): string {
  const code = codeOf(error);
  if (code === 'EADDRINUSE')
    return `Port ${port ?? usualPort} is in use by another program. Choose another with --port, or leave it out.`;
  if (code === 'EACCES')
    return `Port ${port} may not be used by this user. Choose one above 1023 with --port.`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return `${host} is no address of this computer. Leave --host out, or use 0.0.0.0.`;
  return String(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

process.exitCode = await main();
