/** Bytes on their way through a compressor. */
export interface Deflater {
  /** Compresses; what comes of it has been taken by the sink, or waits for more. The buffer may then be reused. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the stream; everything has been taken by the sink. */
  close(): Promise<void>;
}

/**
 * Compresses with the platform's own deflate (RFC 1951, without a header) and hands the result to `sink`, which is
 * awaited before more is compressed. What the sink throws, the next call throws.
 */
export function createDeflater(sink: (bytes: Uint8Array) => Promise<void>): Deflater {
  const stream = new CompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const pumped = pump(stream.readable.getReader(), sink);
  pumped.catch(() => undefined); // whoever writes next or closes hears of it
  return {
    async write(bytes) {
      // The stream wants bytes that no other thread can change, which ours are: nothing here is shared memory.
      await writer.write(bytes as Uint8Array<ArrayBuffer>);
    },
    async close() {
      const closing = writer.close();
      await Promise.all([closing, pumped]);
    },
  };
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  sink: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) await sink(piece.value);
  } catch (error) {
    await reader.cancel(error); // makes every further write fail with it
    throw error;
  }
}
