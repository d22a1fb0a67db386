import { joinBytes } from './join-bytes';

/**
 * Reads a body whole; gives null as soon as there is more than `maxBytes`. Rejects when it breaks off.
 * @param alive Told of each piece that comes.
 */
export async function readBody(
  response: Response,
  maxBytes: number,
  alive: () => void,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(response)) {
    alive();
    bytes += piece.length;
    if (bytes > maxBytes) return null;
    pieces.push(piece);
  }
  return joinBytes(pieces);
}

/** Reads the beginning of a body as text, up to so many bytes; what is damaged within ends it. */
export async function readBeginning(response: Response, most: number, alive: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of piecesOf(response)) {
      alive();
      pieces.push(piece.subarray(0, most - bytes));
      bytes += piece.length;
      if (bytes >= most) break;
    }
  } catch {
    // The status is what counts; its body is told as far as it came.
  }
  return new TextDecoder().decode(joinBytes(pieces));
}

async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
