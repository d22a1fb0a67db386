import { spawn } from 'node:child_process';

/** A server in a process of its own. */
export interface ChildServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts a server with this Node and waits until it says on which port it listens.
 * @param listening Finds the port, its first group, in what the server says.
 * @throws Error with what it said when it ends before.
 */
export async function startChild(
  args: readonly string[],
  folder: string,
  listening: RegExp,
): Promise<ChildServer> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended before it listened: ${said}`)));
    child.stdout.on('data', (bytes: Buffer) => {
      said = (said + bytes).slice(-2000);
      const found = listening.exec(said);
      if (found) resolve(Number(found[1]));
    });
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill();
      await gone;
    },
  };
}
