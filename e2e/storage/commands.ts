import type { BrowserCommand } from 'vitest/node';
import type { Azurite } from './azurite.ts';
import type { FileServer } from './file-server.ts';
import type { S3Server } from './s3-server.ts';

/**
 * What browser tests ask of the servers of storage, which run in Node: `commands.startStorage()` and the like. Vitest hands them to
 * the page by their names.
 */
declare module 'vitest/internal/browser' {
  interface BrowserCommands {
    /** Starts s3rver and azurite, each with a bucket `pets` that holds `a.jpg`, shared with pages of `origins` or with none. */
    startStorage: (origins: readonly string[]) => Promise<StorageLinks>;
    stopStorage: () => Promise<void>;
    /** Starts a server of files, each in base64; gives its address. */
    startFiles: (files: Readonly<Record<string, string>>, ranges: boolean) => Promise<string>;
    /** What that server was asked for so far, and how many bytes it sent. */
    askedFiles: () => Promise<FileServer['asked']>;
    stopFiles: () => Promise<void>;
  }
}

/** Links to the same three bytes, and to what is not there. */
export interface StorageLinks {
  readonly s3: string;
  readonly s3Expired: string;
  readonly s3Missing: string;
  readonly azure: string;
  readonly azureExpired: string;
}

let running: { readonly s3: S3Server; readonly azure: Azurite } | null = null;

export const startStorage: BrowserCommand<[origins: readonly string[]]> = async (
  _context,
  origins,
): Promise<StorageLinks> => {
  // Met when they are wanted: this file is read with the configuration of every test run.
  const [{ startS3 }, { startAzurite }] = await Promise.all([
    import('./s3-server.ts'),
    import('./azurite.ts'),
  ]);
  const [s3, azure] = await Promise.all([startS3({ pets: origins }), startAzurite()]);
  running = { s3, azure };
  await azure.allow(origins);
  const blobs = { 'a.jpg': new Uint8Array([1, 2, 3]) };
  await Promise.all([s3.fill('pets', blobs), azure.fill('pets', blobs)]);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  return {
    s3: await s3.signObject('pets', 'a.jpg'),
    s3Expired: await s3.signObject('pets', 'a.jpg', { expiresIn: 60, signingDate: anHourAgo }),
    s3Missing: await s3.signObject('pets', 'b.jpg'),
    azure: `${azure.url}/pets/a.jpg?${azure.sas('pets')}`,
    azureExpired: `${azure.url}/pets/a.jpg?${azure.sas('pets', { expiresOn: anHourAgo })}`,
  };
};

export const stopStorage: BrowserCommand<[]> = async () => {
  await running?.s3[Symbol.asyncDispose]();
  await running?.azure[Symbol.asyncDispose]();
  running = null;
};

let files: FileServer | null = null;

export const startFiles: BrowserCommand<[files: Readonly<Record<string, string>>, ranges: boolean]> = async (
  _context,
  given,
  ranges,
): Promise<string> => {
  const { startFileServer } = await import('./file-server.ts');
  const decoded = Object.entries(given).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  files = await startFileServer({ files: Object.fromEntries(decoded), ranges });
  return files.url;
};

export const askedFiles: BrowserCommand<[]> = async (): Promise<FileServer['asked']> => files?.asked ?? [];

export const stopFiles: BrowserCommand<[]> = async () => {
  await files?.close();
  files = null;
};
