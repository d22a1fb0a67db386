import { failed, type Outcome, succeeded } from '../core/failure';
import type { Size } from '../core/image';
import { corrupt, truncated } from './damage';
import { createRowBuffer } from './unfilter';

/** The picture data of a PNG of 16 bits a sample, as its chunks hold it. */
export interface PngData extends Size {
  readonly channels: 1 | 2 | 3 | 4;
  /** True for Adam7. */
  readonly interlaced: boolean;
  /** What the IDAT chunks hold, in their order: one zlib stream. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** Blocks of so many pixels both ways are averaged while rows arrive; 1 for interlaced ones. */
  readonly reduction: number;
}

/** Samples with their size, which is the picture's divided by the reduction, rounded up. */
export interface PngRows extends Size {
  readonly samples: Uint16Array;
}

/**
 * Inflates and unfilters the picture data of a PNG of 16 bits (PNG third edition, sections 7 to 10) while it arrives, so
 * that no more than the samples is held. Data that end early are `truncated`, all else that is wrong is `corrupt`; more
 * than the picture needs is passed over, as libpng does.
 */
export async function readPngRows(png: PngData): Promise<Outcome<PngRows>> {
  const { channels, reduction } = png;
  const width = Math.ceil(png.width / reduction);
  const height = Math.ceil(png.height / reduction);
  let samples: Uint16Array;
  try {
    samples = new Uint16Array(width * height * channels);
  } catch {
    const message = `There is no memory for ${png.width} × ${png.height} pixels of 16 bits. Lower decode.max_megapixels.`;
    return failed('decode', 'too-large', message);
  }
  const sink = createSink(png, samples);
  const reader = inflated(png.parts).getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      if (sink.isFull()) {
        await reader.cancel();
        break;
      }
      const wrong = sink.take(value);
      if (wrong !== null) {
        await reader.cancel();
        return corrupt(`The PNG has a row with filter ${wrong}; 0 to 4 are known.`);
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/truncated/i.test(reason)) {
      // The last bytes are a checksum: a picture that is whole without them is not called whole.
      return truncated(`The PNG's picture data end after ${sink.rowsTaken()} of ${sink.rows} rows.`);
    }
    if (!sink.isFull() || !/junk|trailing|additional/i.test(reason)) {
      return corrupt(`The PNG's picture data cannot be inflated (${reason.replace(/\.$/, '')}).`);
    }
  }
  if (!sink.isFull())
    return truncated(`The PNG's picture data end after ${sink.rowsTaken()} of ${sink.rows} rows.`);
  return succeeded({ samples, width, height });
}

/**
 * Compressed bytes handed to the browser's zlib at a time. Many writers cut IDAT into 8 KB: so little costs more in
 * calls than in inflating. More fill memory, since zlib gives all that a piece becomes before anything is read.
 */
const pieceBytes = 256 * 1024;

/** A writer in place of a piped stream spares a tenth of the time. What goes wrong is told by the reader as well. */
function inflated(parts: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  const { readable, writable } = new DecompressionStream('deflate');
  feed(parts, writable.getWriter()).catch(() => undefined);
  return readable;
}

async function feed(
  parts: readonly Uint8Array<ArrayBuffer>[],
  writer: WritableStreamDefaultWriter<BufferSource>,
): Promise<void> {
  for (const piece of piecesOf(parts)) {
    await writer.ready;
    writer.write(piece).catch(() => undefined);
  }
  await writer.close();
}

function* piecesOf(parts: readonly Uint8Array<ArrayBuffer>[]): Generator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const taken = part.subarray(at, at + pieceBytes - filled);
      piece.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
}

const whole: readonly Pass[] = [{ left: 0, top: 0, stepX: 1, stepY: 1 }];
/** Adam7's seven passes (section 8.1). */
const adam7: readonly Pass[] = [
  { left: 0, top: 0, stepX: 8, stepY: 8 },
  { left: 4, top: 0, stepX: 8, stepY: 8 },
  { left: 0, top: 4, stepX: 4, stepY: 8 },
  { left: 2, top: 0, stepX: 4, stepY: 4 },
  { left: 0, top: 2, stepX: 2, stepY: 4 },
  { left: 1, top: 0, stepX: 2, stepY: 2 },
  { left: 0, top: 1, stepX: 1, stepY: 2 },
];

/**
 * Puts the mean of each block, or of what there is of it at the right edge, rounded to the nearest, from the sums of `rows` rows
 * into `out`. A sum is at most of 64 samples of 16 bits.
 */
function putMeans(
  sums: Uint32Array,
  rows: number,
  out: Uint16Array,
  { width, channels, reduction }: PngData,
) {
  let to = 0;
  for (let left = 0; left < width; left += reduction) {
    const columns = Math.min(reduction, width - left);
    const count = rows * columns;
    const end = (left + columns) * channels;
    for (let channel = 0; channel < channels; channel++, to++) {
      let sum = 0;
      for (let at = left * channels + channel; at < end; at += channels) sum += sums[at];
      out[to] = Math.floor((sum + count / 2) / count);
    }
  }
}

/** Takes inflated bytes as they come and puts the samples of every complete row where they belong. */
function createSink(png: PngData, samples: Uint16Array) {
  const { width, height, channels, interlaced, reduction } = png;
  const passes = (interlaced ? adam7 : whole)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.left) / pass.stepX),
      rows: Math.ceil((height - pass.top) / pass.stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const rows = passes.reduce((sum, pass) => sum + pass.rows, 0);
  const buffer = createRowBuffer(width * channels * 2, channels * 2);
  let pass = 0;
  let rowInPass = 0;
  let taken = 0;
  let filter = -1;
  let row = buffer.row();
  let filled = 0;

  function addRow(): void {
    const sums = buffer.addUp(filter, width * channels);
    const rows = (rowInPass % reduction) + 1;
    if (rows < reduction && rowInPass + 1 < height) return;
    const from = Math.floor(rowInPass / reduction) * Math.ceil(width / reduction) * channels;
    putMeans(sums, rows, samples.subarray(from), png);
    buffer.clearSums();
  }

  function storeRow(): void {
    const { left, top, stepX, stepY, columns } = passes[pass];
    const values = buffer.finish(filter, columns * channels);
    const start = ((top + rowInPass * stepY) * width + left) * channels;
    if (stepX === 1) samples.set(values, start);
    else {
      for (let x = 0, at = 0; x < columns; x++)
        for (let channel = 0; channel < channels; channel++, at++)
          samples[start + x * stepX * channels + channel] = values[at];
    }
  }

  function finishRow(): void {
    if (reduction > 1) addRow();
    else storeRow();
    filter = -1;
    filled = 0;
    taken++;
    rowInPass++;
    if (rowInPass === passes[pass].rows) {
      pass++;
      rowInPass = 0;
      buffer.restart();
    }
    row = buffer.row();
  }

  return {
    rows,
    rowsTaken: () => taken,
    isFull: () => taken === rows,
    /** Gives an unknown filter's number, else null. */
    take(bytes: Uint8Array): number | null {
      let at = 0;
      while (at < bytes.length && taken < rows) {
        if (filter === -1) {
          filter = bytes[at++];
          if (filter > 4) return filter;
        }
        const end = passes[pass].columns * channels * 2;
        const count = Math.min(end - filled, bytes.length - at);
        row.set(bytes.subarray(at, at + count), filled);
        at += count;
        filled += count;
        if (filled === end) finishRow();
      }
      return null;
    },
  };
}
