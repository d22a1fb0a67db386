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
  const { Gunzip } = await import('fflate');
  const ready: Uint8Array[] = [];
  let further = 0;
  const stream = new Gunzip((bytes) => void ready.push(bytes));
  stream.onmember = () => void further++; // not told of the first
  async function* unpacked() {
    for await (const bytes of piecesOf(packed)) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        stream.push(bytes.subarray(at, at + pieceBytes));
        yield* ready.splice(0);
      }
    }
    stream.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  try {
    await pour(unpacked(), packed.size, sink);
  } catch (error) {
    for (const bytes of ready) sink.write(bytes);
    return hardFailure(error, packed) ?? damaged(packed);
  }
  return further > 0 ? null : damaged(packed);
}

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
