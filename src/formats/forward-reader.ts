import { assert } from '../base/assert';
import { inflatePieces } from '../base/inflate';
import { joinBytes } from '../base/join-bytes';
import type { CommittedFile } from '../core/plugin';

/** Bytes that come one piece after the other, read at places that ascend. */
export interface ForwardReader {
  /**
   * Reads the bytes `[start, end)`, fewer where they end. Throws a RangeError when what gives the pieces throws: streams
   * throw errors of many kinds.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Lets go of what gives the pieces, wherever it is. */
  close(): Promise<void>;
}

/** Makes pieces readable at ascending places; none is asked for before it is needed. */
export function forwardReader(pieces: AsyncGenerator<Uint8Array, void, undefined>): ForwardReader {
  let held: Uint8Array = new Uint8Array(0);
  let heldAt = 0;
  return {
    async read(start, end) {
      assert(start >= heldAt, `a stream was asked for its byte ${start} behind ${heldAt}`);
      const found: Uint8Array[] = [];
      let length = 0;
      while (true) {
        const from = Math.max(0, start + length - heldAt);
        if (from < held.length) {
          const piece = held.subarray(from, Math.min(held.length, end - heldAt));
          found.push(piece);
          length += piece.length;
        }
        if (start + length >= end) break;
        const next = await pieces.next().catch((error: unknown) => {
          throw new RangeError(`it cannot be unpacked (${String(error)})`);
        });
        if (next.done) break;
        heldAt += held.length;
        held = next.value;
      }
      return joinBytes(found);
    },
    async close() {
      await pieces.return();
    },
  };
}

/** A part of a file unpacked. */
export function unpacked(
  file: Pick<CommittedFile, 'read'>,
  start: number,
  end: number,
  packing: 'deflate-raw' | 'gzip',
): ForwardReader {
  return forwardReader(inflatePieces(filePieces(file, start, end), packing));
}

/** A part of a file in a few large pieces: on the command line each is a request. */
export async function* filePieces(
  file: Pick<CommittedFile, 'read'>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  for (let at = start; at < end; ) {
    const piece = await file.read(at, Math.min(end, at + pieceBytes));
    if (piece.length === 0) throw new RangeError('it ends too early');
    at += piece.length;
    yield piece as Uint8Array<ArrayBuffer>; // what is read is never shared memory
  }
}

/** More holds more memory, less makes more requests. */
const pieceBytes = 4 * 2 ** 20;
