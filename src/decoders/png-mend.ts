import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';
import { fourCharacters, u32be } from './bytes';

/**
 * Rewrites a damaged PNG up to its end chunk, without it: every chunk gets the checksum that fits its data, one that the file
 * ends in keeps what there is of it, and what is no chunk ends the file.
 */
export function mend(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, firstChunk)];
  for (const { at, length } of chunks(bytes)) {
    const end = at + 8 + length;
    if (end > bytes.length) {
      parts.push(bytes.subarray(at));
      break;
    }
    const checksum = new Uint8Array(4);
    new DataView(checksum.buffer).setUint32(0, crc32(bytes, at + 4, end));
    parts.push(bytes.subarray(at, end), checksum);
  }
  return joinBytes(parts);
}

/** True when the file ends inside a chunk's data, so that a codec waits for the rest of it. */
export function cutInside(bytes: Uint8Array): boolean {
  return [...chunks(bytes)].some(({ at, length }) => at + 8 + length > bytes.length);
}

/** The end chunk. */
export const endChunk = Uint8Array.of(0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82);

/** The beginning of a data chunk that never ends. */
export const openChunk = Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0x49, 0x44, 0x41, 0x54);

const firstChunk = 8;

/** Chunks up to the end chunk, or to the first that has no name; the last may reach beyond the file. */
function* chunks(bytes: Uint8Array): Generator<{ readonly at: number; readonly length: number }> {
  let at = firstChunk;
  while (at + 8 <= bytes.length) {
    const length = u32be(bytes, at);
    const name = fourCharacters(bytes, at + 4);
    if (name === 'IEND' || !/^[A-Za-z]{4}$/.test(name) || length > 0x7fffffff) return;
    yield { at, length };
    at += 12 + length;
  }
}
