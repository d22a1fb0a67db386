/** What of hyparquet-writer is used: its writer, and the parts of which the tensor column's own pages are made. */
export type ParquetLibrary = Awaited<ReturnType<typeof loadParquet>>;

/**
 * Loads hyparquet-writer, 40 kB. Measured against parquet-wasm, 1.6 MB gzipped, on rows of photographs with 15 kB of
 * JPEG each: 0.06 ms a row against 0.11 uncompressed; its memory is a row group's, the other's grew to 330 MB.
 */
export async function loadParquet() {
  const [
    { ByteWriter, ParquetWriter },
    { writePageHeader },
    { writeRleBitPackedHybrid },
    { snappyCompress },
  ] = await Promise.all([
    import('hyparquet-writer'),
    import('hyparquet-writer/src/datapage.js'),
    import('hyparquet-writer/src/encoding.js'),
    import('hyparquet-writer/src/snappy.js'),
  ]);
  return { ByteWriter, ParquetWriter, writePageHeader, writeRleBitPackedHybrid, snappyCompress };
}

/** How pages are compressed, and what Parquet calls it. */
export interface Compression {
  readonly codec: 'SNAPPY' | 'ZSTD';
  compress(bytes: Uint8Array): Uint8Array;
}

/** Gives a compression, of which the second is loaded when it is wanted: 80 kB of WebAssembly. */
export async function loadCompression(
  name: 'snappy' | 'zstd' | 'none',
  library: ParquetLibrary,
): Promise<Compression | null> {
  if (name === 'none') return null;
  if (name === 'snappy') return { codec: 'SNAPPY', compress: library.snappyCompress };
  zstdLibrary ??= loadZstd();
  const zstd = await zstdLibrary;
  return { codec: 'ZSTD', compress: (bytes) => zstd.compress(bytes, zstdLevel) };
}

/** What hyparquet needs beside its own snappy to read a compression. */
export async function loadDecompression(name: 'snappy' | 'zstd' | 'none') {
  if (name !== 'zstd') return {};
  zstdLibrary ??= loadZstd();
  const zstd = await zstdLibrary;
  return { ZSTD: (bytes: Uint8Array) => zstd.decompress(bytes) };
}

/** Once for all shards: a second start would put a new memory under the running one. */
let zstdLibrary: ReturnType<typeof loadZstd> | null = null;

async function loadZstd() {
  const zstd = await import('@bokuweb/zstd-wasm');
  await zstd.init();
  return zstd;
}

/** zstd's own default: 1 is a quarter faster and packs less, higher ones take several times as long for a few percent. */
const zstdLevel = 3;
