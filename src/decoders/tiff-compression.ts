import lercUrl from 'lerc/lerc-wasm.wasm?url';
import { succeeded } from '../core/failure';
import { withVips } from './vips';
import { withoutDelta } from './xz-delta';

/** Undoes one block's compression. `expected` is the bytes it should have; what comes out may be shorter or longer. */
export type Decompress = (block: Uint8Array, expected: number) => Promise<Uint8Array> | Uint8Array;

/** Compressions that are undone here, by their numbers; the libraries load when they are first needed. */
export const decompressors: ReadonlyMap<number, Decompress> = new Map<number, Decompress>([
  [1, (block) => block],
  [5, unpackLzw],
  [8, inflate],
  [32773, unpackBits],
  [32946, inflate],
  [34925, unpackXz],
  [50001, unpackWebp],
  [50000, async (block) => (await import('fzstd')).decompress(block)],
]);

/** LERC carries samples, not bytes, so it stands apart. */
export const lercCompression = 34887;

/** Decodes a LERC block (Limited Error Raster Compression, esri/lerc) to its samples' bytes in this machine's order. */
export async function unpackLerc(block: Uint8Array, method: number, expected: number): Promise<Uint8Array> {
  const lerc = await import('lerc');
  await lerc.load({ locateFile: () => lercUrl });
  const outer = method === 1 ? inflate : method === 2 ? decompressors.get(50000) : undefined;
  const blob = outer === undefined ? block : await outer(block, expected);
  const { pixels } = lerc.decode(blob, { returnInterleaved: true });
  const [band] = pixels;
  return new Uint8Array(band.buffer, band.byteOffset, band.byteLength);
}

async function inflate(block: Uint8Array): Promise<Uint8Array> {
  // A file's bytes are never in shared memory, which is all that the type asks.
  const source = new Blob([block as Uint8Array<ArrayBuffer>]).stream();
  return collect(source.pipeThrough(new DecompressionStream('deflate')));
}

async function unpackXz(block: Uint8Array): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const plain = withoutDelta(block);
  const stream = plain?.stream ?? block;
  const out = await collect(new XzReadableStream(new Blob([stream as Uint8Array<ArrayBuffer>]).stream()));
  if (plain !== null) for (let i = plain.distance; i < out.length; i++) out[i] += out[i - plain.distance];
  return out;
}

/** A block of WebP is a picture of its own. wasm-vips' libtiff gives black for it, so its own loader is asked. */
async function unpackWebp(block: Uint8Array, expected: number): Promise<Uint8Array> {
  const pixels = await withVips({ label: 'WebP-compressed TIFF', plugin: 'none' }, (vips) => {
    const image = vips.Image.webploadBuffer(block, { fail_on: 'warning' });
    // A block without transparency has none in a file with alpha, either.
    const wanted = expected >= image.width * image.height * 4 && image.bands === 3;
    return succeeded(new Uint8Array((wanted ? image.bandjoin(255) : image).writeToMemory().buffer));
  });
  if (!pixels.ok) throw new Error(pixels.failure.message);
  return pixels.value;
}

/** Reads a stream to its end, or to where it breaks: what is missing then is seen by its length. */
async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = stream.getReader();
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      length += read.value.length;
    }
  } catch (error) {
    // Some writers leave a byte behind the end, which the browser refuses after it has given the data.
    if (length === 0) throw error;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** PackBits (TIFF 6.0, section 9). */
function unpackBits(block: Uint8Array, expected: number): Uint8Array {
  const out = new Uint8Array(expected);
  let to = 0;
  for (let at = 0; at < block.length && to < expected; ) {
    const count = (block[at++] << 24) >> 24;
    if (count >= 0) {
      const run = block.subarray(at, at + count + 1).subarray(0, expected - to);
      out.set(run, to);
      to += run.length;
      at += count + 1;
    } else if (count !== -128) {
      out.fill(block[at++], to, to + 1 - count);
      to = Math.min(expected, to + 1 - count);
    }
  }
  return out.subarray(0, to);
}

/** LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, high bits first, which widen one code early. */
function unpackLzw(block: Uint8Array, expected: number): Uint8Array {
  const out = new Uint8Array(expected);
  // A code from 258 stands for text that is in `out` already: where it begins, and its length.
  const starts = new Uint32Array(4097);
  const lengths = new Uint32Array(4097);
  let [to, next, width, bits, held, lastStart, lastLength] = [0, 258, 9, 0, 0, 0, 0];
  for (let at = 0; to < expected; ) {
    while (bits < width) {
      if (at >= block.length) return out.subarray(0, to);
      held = ((held << 8) | block[at++]) & 0xffffff;
      bits += 8;
    }
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === 257) break;
    if (code === 256) {
      [next, width, lastLength] = [258, 9, 0];
      continue;
    }
    if (lastLength > 0 && next < 4096) {
      // The last text and the first byte of the one to come, which will stand right behind it.
      starts[next] = lastStart;
      lengths[next++] = lastLength + 1;
      if (next >= (1 << width) - 1 && width < 12) width++;
    }
    if (code >= next) break;
    lastStart = to;
    if (code < 256) out[to++] = code;
    else {
      const end = Math.min(expected, to + lengths[code]);
      for (let from = starts[code]; to < end; from++) out[to++] = out[from];
    }
    lastLength = to - lastStart;
  }
  return out.subarray(0, to);
}
