import { z } from 'zod';
import { assert } from '../base/assert';
import { RunError } from '../core/failure';
import type { Grants, TargetFolder, WholeFile } from '../core/plugin';
import { bufferFile } from './buffered-file';

/** The folder behind the command line's server, as its target speaks to it. */
export function createServerFolder(grant: NonNullable<Grants['server']>): TargetFolder {
  const request = (method: string, what: string, path: string, more: RequestMore = {}) =>
    ask(grant, method, what, path, more);
  return {
    async create(path) {
      let begun = false;
      return bufferFile(path, {
        async write(at, bytes) {
          assert(at > 0 || !begun, `${path} patched at 0, which would begin it anew`);
          begun = true;
          await request('PUT', 'file', path, { at, body: bytes });
        },
        async commit(at, rest) {
          // One request for a small file: a folder of pictures is thousands.
          const last = !begun || rest.length > 0 ? { at, body: rest } : {};
          const response = await request('POST', 'commit', path, last);
          return recordSchema.parse(await response.json());
        },
        async discard() {
          // The server forgets unfinished files by itself when it is gone.
          await request('POST', 'discard', path).catch(() => undefined);
        },
      });
    },
    async putAll(files) {
      const response = await request('POST', 'files', files[0]?.path ?? '', { body: packFiles(files) });
      return recordSchema.array().parse(await response.json());
    },
    async read(path) {
      const response = await request('GET', 'file', path, { missing: true });
      return response.status === 404 ? null : response.blob();
    },
    async look(path) {
      const { status, headers } = await request('HEAD', 'file', path, { missing: true });
      if (status === 404) return null;
      return {
        bytes: Number(headers.get('content-length')),
        async read(start, end) {
          const response = await request('GET', 'file', path, { part: { start, end } });
          return new Uint8Array(await response.arrayBuffer());
        },
      };
    },
    async list(path) {
      const response = await request('GET', 'files', path);
      return z.array(z.string()).parse(await response.json());
    },
    async remove(path) {
      await request('DELETE', 'file', path, { missing: true });
    },
  };
}

interface RequestMore {
  readonly at?: number;
  readonly part?: { readonly start: number; readonly end: number };
  readonly body?: Uint8Array;
  /** True when 404 is an answer. */
  readonly missing?: boolean;
}

async function ask(
  { url, token }: NonNullable<Grants['server']>,
  method: string,
  what: string,
  path: string,
  { at, part, body, missing = false }: RequestMore,
): Promise<Response> {
  const address = new URL(`/_target/${what}`, url);
  address.searchParams.set('path', path);
  if (at !== undefined) address.searchParams.set('at', String(at));
  for (const [name, value] of Object.entries(part ?? {})) address.searchParams.set(name, String(value));
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      cache: 'no-store',
      headers: { 'x-imagemill-token': token },
      // Our buffers are never shared between threads, which the type would allow.
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
  } catch (error) {
    throw new RunError(
      'target',
      `The command line stopped answering at ${path} (${error instanceof Error ? error.message : error}). Run the same command again to go on.`,
    );
  }
  if (response.ok || (missing && response.status === 404)) return response;
  throw await refusal(response, path);
}

async function refusal(response: Response, path: string): Promise<RunError> {
  const told = refusalSchema.safeParse(await response.json().catch(() => null));
  if (told.success) return new RunError(told.data.code, told.data.message);
  const code = response.status === 507 ? 'target-full' : 'target';
  return new RunError(code, `The command line refused ${path} with status ${response.status}.`);
}

const refusalSchema = z.object({
  code: z.enum(['target-full', 'permission', 'target']),
  message: z.string(),
});

const recordSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
});

/**
 * Several files in one body: the length of a JSON list of their paths and bytes as uint32, the list, their contents.
 * Its reader is `readFiles` of the command line's server.
 */
function packFiles(files: readonly WholeFile[]): Uint8Array {
  const list = new TextEncoder().encode(
    JSON.stringify(files.map(({ path, bytes }) => ({ path, bytes: bytes.length }))),
  );
  const body = new Uint8Array(files.reduce((sum, { bytes }) => sum + bytes.length, 4 + list.length));
  new DataView(body.buffer).setUint32(0, list.length, true);
  body.set(list, 4);
  let at = 4 + list.length;
  for (const { bytes } of files) {
    body.set(bytes, at);
    at += bytes.length;
  }
  return body;
}
