import { combineCrc32, crc32 } from '../base/crc32';
import { joinBytes } from '../base/data-url';
import { inflatePieces } from '../base/inflate';
import { type Failure, megabytes } from '../core/failure';
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
    await pour(inflatePieces(piecesOf(packed), 'gzip'), packed.size, sink);
    return null;
  } catch (error) {
    const failure = hardFailure(error, packed);
    if (failure !== null) return failure;
  }
  // Browsers take one member alone; files of several (pigz, bgzip, cat) are valid too. Their own error does not tell.
  sink.restart();
  const ready: Uint8Array[] = [];
  const members = { count: 0 };
  try {
    await pour(unpackMembers(packed, ready, members), packed.size, sink);
  } catch (error) {
    for (const bytes of ready) sink.write(bytes);
    return hardFailure(error, packed) ?? damaged(packed);
  }
  return members.count > 1 ? null : damaged(packed);
}

/**
 * Unpacks a file of several members and checks each against its own end, which the library does not.
 * @param ready What is out and not yet taken, when this throws.
 * @throws Whatever says that the file is broken.
 */
async function* unpackMembers(
  packed: Blob,
  ready: Uint8Array[],
  members: { count: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { Gunzip } = await import('fflate');
  let sum = 0;
  let size = 0;
  let recent = new Uint8Array(0);
  let pushed = 0;
  const check = (end: number) => {
    const at = recent.length - (pushed - end) - trailerBytes;
    if (at < 0) throw new Error('a header that is longer than any');
    const trailer = new DataView(recent.buffer, recent.byteOffset + at, trailerBytes);
    if (trailer.getUint32(0, true) !== sum || trailer.getUint32(4, true) !== size % 2 ** 32)
      throw new Error('a member is not what its checksum says');
    members.count++;
    sum = size = 0;
  };
  const stream = new Gunzip((bytes) => {
    sum = combineCrc32(sum, crc32(bytes), bytes.length);
    size += bytes.length;
    ready.push(bytes);
  });
  stream.onmember = check; // told of the end of each but the last, once what it held is out
  for await (const bytes of piecesOf(packed)) {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.slice(at, at + pieceBytes);
      recent = joinBytes([recent.subarray(-pieceBytes), piece]);
      pushed += piece.length;
      stream.push(piece);
      yield* ready.splice(0);
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* ready.splice(0);
  check(pushed);
}

/** CRC-32 and size, at the end of every member. */
const trailerBytes = 8;

/** Bytes unpacked at a time: zeros swell a thousandfold. */
const pieceBytes = 32 * 1024;

async function pour(unpacked: AsyncIterable<Uint8Array>, packedBytes: number, sink: Sink): Promise<void> {
  let bytes = 0;
  for await (const piece of unpacked) {
    bytes += piece.length;
    if (bytes > harmless && bytes > packedBytes * mostRatio) throw new Swelling();
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
function hardFailure(error: unknown, { size }: Blob): Failure | null {
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

const damaged = ({ size }: Blob) =>
  refusal(
    'corrupt',
    `The archive of ${megabytes(size)} is cut off or damaged within its gzip stream; what could be unpacked before is read. Download or make it again.`,
  );
