import { combineCrc32, crc32 } from '../base/crc32';
import { inflatePieces } from '../base/inflate';
import { joinBytes } from '../base/join-bytes';
import { type Failure, megabytes } from '../core/failure';
import { RemoteLost } from '../core/remote-file';
import { refusal } from './archive-member';

/** Where unpacked bytes go, in order. */
export interface Sink {
  /** Throws a DOMException `QuotaExceededError` when there is no room. */
  write(bytes: Uint8Array): void;
  /** Forgets what was written. */
  restart(): void;
}

/**
 * Unpacks a gzip file (RFC 1952) as a stream; what came out before an error stays. Null when it is whole, else what is
 * wrong: cut off, damaged, without room for it, or swelling as no archive of images does.
 */
export async function gunzip(packed: Blob, sink: Sink): Promise<Failure | null> {
  try {
    await pour(inflatePieces(piecesOf(packed), 'gzip'), () => packed.size, sink);
    return null;
  } catch (error) {
    const failure = hardFailure(error, packed.size);
    if (failure !== null) return failure;
  }
  // Browsers take one member alone; files of several (pigz, bgzip, cat) are valid too. Their own error does not tell.
  sink.restart();
  const { failure, members } = await gunzipOnce(piecesOf(packed), packed.size, sink);
  return failure ?? (members > 1 ? null : damaged(packed.size));
}

/** Unpacks gzip of any number of members in one go, as {@link gunzip} does; slower than that for a single one. */
export async function gunzipOnce(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  size: number | null,
  sink: Pick<Sink, 'write'>,
): Promise<{ readonly failure: Failure | null; readonly members: number }> {
  const ready: Uint8Array[] = [];
  const progress = { members: 0, packed: 0 };
  try {
    await pour(unpackMembers(pieces, ready, progress), () => size ?? progress.packed, sink);
    return { failure: null, members: progress.members };
  } catch (error) {
    for (const bytes of ready) sink.write(bytes);
    const failure = hardFailure(error, size ?? progress.packed) ?? damaged(size ?? progress.packed);
    return { failure, members: progress.members };
  }
}

/** Writes what comes as it is; says what is wrong, or null. What came before an error stays. */
export async function copy(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  size: number | null,
  sink: Pick<Sink, 'write'>,
): Promise<Failure | null> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      sink.write(piece);
    }
    return null;
  } catch (error) {
    const failure = hardFailure(error, size ?? bytes);
    if (failure === null) throw error;
    return failure;
  }
}

/**
 * Unpacks a file of several members and checks each against its own end, which the library does not.
 * @param ready What is out and not yet taken, when this throws.
 * @param progress Whole members, and bytes read, so far.
 * @throws Whatever says that the file is broken.
 */
async function* unpackMembers(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>>,
  ready: Uint8Array[],
  progress: { members: number; packed: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { Gunzip } = await import('fflate');
  let sum = 0;
  let size = 0;
  let recent = new Uint8Array(0);
  const check = (end: number) => {
    const at = recent.length - (progress.packed - end) - trailerBytes;
    if (at < 0) throw new Error('a header that is longer than any');
    const trailer = new DataView(recent.buffer, recent.byteOffset + at, trailerBytes);
    if (trailer.getUint32(0, true) !== sum || trailer.getUint32(4, true) !== size % 2 ** 32)
      throw new Error('a member is not what its checksum says');
    progress.members++;
    sum = size = 0;
  };
  const stream = new Gunzip((bytes) => {
    sum = combineCrc32(sum, crc32(bytes), bytes.length);
    size += bytes.length;
    ready.push(bytes);
  });
  stream.onmember = check; // told of the end of each but the last, once what it held is out
  for await (const bytes of packed) {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.slice(at, at + pieceBytes);
      recent = joinBytes([recent.subarray(-pieceBytes), piece]);
      progress.packed += piece.length;
      stream.push(piece);
      yield* ready.splice(0);
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* ready.splice(0);
  check(progress.packed);
}

/** CRC-32 and size, at the end of every member. */
const trailerBytes = 8;

/** Bytes unpacked at a time: zeros swell a thousandfold. */
const pieceBytes = 32 * 1024;

async function pour(
  unpacked: AsyncIterable<Uint8Array>,
  packedBytes: () => number,
  sink: Pick<Sink, 'write'>,
): Promise<void> {
  let bytes = 0;
  for await (const piece of unpacked) {
    bytes += piece.length;
    if (bytes > harmless && bytes > packedBytes() * mostRatio) throw new Swelling();
    sink.write(piece);
  }
}

/** Bytes that any archive may unpack to, and times its own size beyond them. Drawings as BMP reach 100 times. */
const harmless = 2 ** 30;
const mostRatio = 250;

class Swelling extends Error {}

async function* piecesOf(blob: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = blob.stream().getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel();
  }
}

/** What no second try would mend; null for a stream that is broken, or of several members. */
function hardFailure(error: unknown, size: number): Failure | null {
  if (error instanceof RemoteLost) return error.failure;
  if (error instanceof Swelling)
    return refusal(
      'too-large',
      `The archive of ${megabytes(size)} unpacks to more than ${mostRatio} times its size, as archives do that are made to fill a disk. Unpack it yourself if you trust it, and choose the folder.`,
    );
  if (!(error instanceof DOMException)) return null;
  if (error.name === 'QuotaExceededError')
    return refusal(
      'too-large',
      `The archive of ${megabytes(size)} does not fit unpacked into the browser's storage. Free space on the disk, or unpack it yourself and choose the folder.`,
    );
  throw error; // the file itself cannot be read
}

const damaged = (size: number) =>
  refusal(
    'corrupt',
    `The archive of ${megabytes(size)} is cut off or damaged within its gzip stream; what could be unpacked before is read. Download or make it again.`,
  );
