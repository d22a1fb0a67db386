/** Bytes of which parts are read: a file, or something remote. */
export interface ByteSource {
  readonly size: number;
  /** The bytes `[start, end)`, fewer only where the source ends. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Reads a blob. */
export const blobSource = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
});

/** Reads ahead: parts that lie close together cost one reading. Views stay valid. */
export function readAhead(source: ByteSource, window: number): ByteSource {
  let held = new Uint8Array(0);
  let from = 0;
  return {
    size: source.size,
    async read(start, end) {
      if (start < from || end > from + held.length) {
        held = await source.read(start, Math.min(Math.max(end, start + window), source.size));
        from = start;
      }
      return held.subarray(start - from, end - from);
    },
  };
}
