import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { startChild } from './child-server.ts';
import { azuriteMain } from './ensure-azurite.ts';

export interface Azurite extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/devstoreaccount1`. */
  readonly url: string;
  /** Makes a container that holds these blobs. */
  fill(name: string, blobs: Readonly<Record<string, Uint8Array>>): Promise<ContainerClient>;
  /** A container's SAS; by default one that lists and reads for an hour. */
  sas(container: string, grant?: { permissions?: string; startsOn?: Date; expiresOn?: Date }): string;
  /** Lets pages of these origins read, or none. */
  allow(origins: readonly string[]): Promise<void>;
}

/** Starts Azure's own emulator of Blob Storage on a free port, in memory. */
export async function startAzurite(): Promise<Azurite> {
  const folder = mkdtempSync(join(tmpdir(), 'imagemill-azurite-'));
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--blobPort', '0'];
  const server = await startChild(
    [azuriteMain, ...flags],
    folder,
    /successfully listens on http:\/\/.*:(\d+)/,
  );
  const url = `http://127.0.0.1:${server.port}/${account}`;
  const credential = new StorageSharedKeyCredential(account, accountKey);
  const service = new BlobServiceClient(url, credential);
  return {
    url,
    async fill(name, blobs) {
      const container = service.getContainerClient(name);
      await container.create();
      for (const [key, bytes] of Object.entries(blobs)) {
        await container.getBlockBlobClient(key).upload(bytes, bytes.length);
      }
      return container;
    },
    sas(container, { permissions = 'rl', startsOn, expiresOn = new Date(Date.now() + 3_600_000) } = {}) {
      const wanted = {
        containerName: container,
        permissions: ContainerSASPermissions.parse(permissions),
        expiresOn,
        ...(startsOn && { startsOn }),
      };
      return generateBlobSASQueryParameters(wanted, credential).toString();
    },
    async allow(origins) {
      const cors = origins.map((origin) => ({
        allowedOrigins: origin,
        allowedMethods: 'GET,HEAD',
        allowedHeaders: '*',
        exposedHeaders: '*',
        maxAgeInSeconds: 0,
      }));
      await service.setProperties({ cors });
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The emulator's account, which everyone knows (learn.microsoft.com, storage-use-azurite). */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
