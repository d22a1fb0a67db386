/**
 * Unpacks a stream piece by piece, in the platform's own code. A piece is fed only when the one before it is out: browsers
 * unpack a whole piece before they heed that nobody reads, and deflate can swell a thousandfold.
 * @throws What the platform throws (a TypeError in browsers) when the stream is broken, ends early, or goes on after its end.
 */
export async function* inflatePieces(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>,
  format: 'deflate-raw' | 'gzip',
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const stream = new DecompressionStream(format);
  const reader = stream.readable.getReader();
  const fed = feed(packed, stream.writable.getWriter());
  fed.catch(() => undefined); // the reader throws the same
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      // Browsers give buffers of their own; the type allows for shared ones.
      yield piece.value as Uint8Array<ArrayBuffer>;
    }
    await fed;
  } finally {
    await reader.cancel().catch(() => undefined); // a broken stream cannot be cancelled
  }
}

async function feed(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>,
  writer: WritableStreamDefaultWriter<BufferSource>,
): Promise<void> {
  try {
    for await (const bytes of packed) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        await writer.ready;
        await writer.write(bytes.subarray(at, at + pieceBytes));
      }
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/** Larger pieces of zeros would hold more than 32 MB unpacked; smaller ones cost a turn of the loop each. */
const pieceBytes = 32 * 1024;

/** Unpacks raw deflate that is known to give exactly `size` bytes; null when it is broken, or gives more or fewer. */
export async function inflateRaw(
  packed: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(size);
  let at = 0;
  try {
    for await (const piece of inflatePieces([packed], 'deflate-raw')) {
      if (at + piece.length > size) return null;
      bytes.set(piece, at);
      at += piece.length;
    }
  } catch {
    return null; // nothing else than the stream can fail here; its error says no more than that
  }
  return at === size ? bytes : null;
}
