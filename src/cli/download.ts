import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Tells how far a download is; `total` is null where the server does not say. */
export type OnBytes = (bytes: number, total: number | null) => void;

/**
 * Downloads a file, going on where an earlier try broke off: what came is kept beside it as `….part` with the server's mark of
 * the version (`ETag` or `Last-Modified`), and asked for again from there with `Range` and `If-Range` (RFC 9110, 13.1.5 and
 * 14.2). The file appears under its name only when it is whole.
 * @throws Error saying in a sentence what the server did.
 */
export async function download(url: string, path: string, onBytes: OnBytes = () => undefined): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  for (let without = 0; ; ) {
    const before = await sizeOf(part);
    try {
      await fetchRest(url, part, onBytes);
      break;
    } catch (error) {
      if (error instanceof Refused) throw error;
      // A try that brought something is followed by another; those that bring nothing are counted.
      without = (await sizeOf(part)) > before ? 0 : without + 1;
      if (without >= triesWithoutBytes) throw new Error(explain(url, error));
      await new Promise((resolve) => setTimeout(resolve, pauseMs * without));
    }
  }
  await rename(part, path);
  await rm(`${part}.json`, { force: true });
}

const triesWithoutBytes = 3;
const pauseMs = 500;

/** What no other try would change. */
class Refused extends Error {}

async function fetchRest(url: string, part: string, onBytes: OnBytes): Promise<void> {
  const mark = await readMark(part, url);
  const have = mark === null ? 0 : await sizeOf(part);
  const range = have > 0 && mark !== null ? { range: `bytes=${have}-`, 'if-range': mark } : {};
  const response = await fetch(url, { headers: { ...range, 'accept-encoding': 'identity' } });
  const goesOn = response.status === 206 && startOf(response) === have;
  if (!goesOn && response.status !== 200) {
    await response.body?.cancel();
    if (have > 0) await rm(part, { force: true }); // whatever is wrong with it, the next try begins anew
    if (response.status === 416 || response.status === 206) throw new Error('the server gave another range');
    const text = `${new URL(url).host} answers ${response.status} for ${url}.`;
    throw response.status >= 500 || response.status === 429 ? new Error(text) : new Refused(text);
  }
  const from = goesOn ? have : 0;
  const length = response.headers.get('content-length');
  const packed = response.headers.has('content-encoding');
  const total = length === null || packed ? null : from + Number(length);
  await writeMark(part, url, response);
  let bytes = from;
  onBytes(bytes, total);
  const file = await open(part, goesOn ? 'a' : 'w');
  try {
    // Piece by piece: a stream that is piped into another takes what came last with it when it breaks off.
    for await (const piece of response.body ?? []) {
      await file.write(piece);
      bytes += piece.length;
      onBytes(bytes, total);
    }
  } finally {
    await file.close();
  }
  if (total !== null && bytes !== total) throw new Error(`${bytes} of ${total} bytes came`);
}

function startOf(response: Response): number | null {
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return start === undefined ? null : Number(start);
}

/** A weak ETag does not say that bytes are the same, so it is no mark to go on by. */
async function writeMark(part: string, url: string, { headers }: Response): Promise<void> {
  const etag = headers.get('etag');
  const mark = etag !== null && !etag.startsWith('W/') ? etag : headers.get('last-modified');
  await writeFile(`${part}.json`, JSON.stringify({ url, mark }));
}

async function readMark(part: string, url: string): Promise<string | null> {
  try {
    const { url: of, mark }: { url?: unknown; mark?: unknown } = JSON.parse(
      await readFile(`${part}.json`, 'utf8'),
    );
    return of === url && typeof mark === 'string' ? mark : null;
  } catch {
    return null; // nothing to go on from
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

function explain(url: string, error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return `${url} cannot be downloaded (${why}). What came is kept: the same command goes on from there.`;
}
