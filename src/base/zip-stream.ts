import { makeZip } from 'client-zip';

/** A file for {@link zipStream}. */
export interface ZipFile {
  /** `/`-separated. */
  readonly path: string;
  readonly bytes: number;
  readonly content: Blob | AsyncIterable<Uint8Array>;
}

/**
 * Streams files into an archive in the order given, uncompressed (pictures and pixels hardly shrink), Zip64 where it
 * must be. The same files give the same bytes, in a page and in Node: no clock goes in.
 */
export function zipStream(files: AsyncIterable<ZipFile>): ReadableStream<Uint8Array> {
  async function* entries() {
    for await (const { path, bytes, content } of files)
      yield { name: path, input: content, size: bytes, lastModified: archiveDate };
  }
  return makeZip(entries());
}

/** The earliest that the format can say. Zip keeps local time, so it is made from local parts to be the same anywhere. */
const archiveDate = new Date(1980, 0, 1);
