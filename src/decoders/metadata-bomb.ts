import type { Outcome } from '../core/failure';
import { fourCharacters, u32be } from './bytes';
import { tooLargeMetadata } from './damage';

/**
 * Looks for a compressed block of a PNG's metadata (iCCP, zTXt, iTXt) that unpacks to more than `maxBytes`. Only one that could
 * is unpacked, piece by piece, and never kept: small ones cost nothing.
 */
export async function findMetadataBomb(bytes: Uint8Array, maxBytes: number): Promise<Outcome<never> | null> {
  let at = 8;
  while (at + 12 <= bytes.length) {
    const length = u32be(bytes, at);
    const name = fourCharacters(bytes, at + 4);
    const end = at + 8 + length;
    if (name === 'IEND' || end > bytes.length) return null;
    if (length * mostExpansion > maxBytes) {
      const start = compressedAt(bytes, name, at + 8, end);
      if (start !== null && (await unpacksBeyond(bytes.subarray(start, end), maxBytes)))
        return tooLargeMetadata(`The PNG's ${name} chunk`, maxBytes, maxBytes);
    }
    at = end + 4;
  }
  return null;
}

/** Deflate's largest: 258 bytes for two bits. */
const mostExpansion = 1032;

/** Where the compressed data of a chunk begins (PNG third edition, 11.3.2.3 and 11.3.3); null when it has none. */
function compressedAt(bytes: Uint8Array, name: string, at: number, end: number): number | null {
  if (name !== 'iCCP' && name !== 'zTXt' && name !== 'iTXt') return null;
  const keywordEnd = bytes.indexOf(0, at);
  if (keywordEnd < 0 || keywordEnd >= end) return null;
  if (name !== 'iTXt') return keywordEnd + 2; // behind the compression method
  if (bytes[keywordEnd + 1] !== 1) return null; // plain text
  const languageEnd = bytes.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd < 0 ? -1 : bytes.indexOf(0, languageEnd + 1);
  return translatedEnd < 0 || translatedEnd >= end ? null : translatedEnd + 1;
}

/** True when zlib data gives more than `maxBytes`; data that is broken before gives less. */
async function unpacksBeyond(data: Uint8Array, maxBytes: number): Promise<boolean> {
  // A file's bytes are never in shared memory, which is all that the type asks.
  const stream = new Blob([data as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  let total = 0;
  try {
    while (total <= maxBytes) {
      const { done, value } = await reader.read();
      if (done) return false;
      total += value.length;
    }
    return true;
  } catch {
    return false; // broken data ends; whoever reads the metadata says so
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
