import { failed, type Outcome, succeeded } from '../core/failure';
import type { Size } from '../core/image';
import { corrupt, truncated } from './damage';

/** The picture data of a PNG of 16 bits a sample, as its chunks hold it. */
export interface PngData extends Size {
  readonly channels: 1 | 2 | 3 | 4;
  /** True for Adam7. */
  readonly interlaced: boolean;
  /** What the IDAT chunks hold, in their order: one zlib stream. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Inflates and unfilters the picture data of a PNG of 16 bits (PNG third edition, sections 7 to 10) while it arrives, so
 * that no more than the samples is held. Data that end early are `truncated`, all else that is wrong is `corrupt`; more
 * than the picture needs is passed over, as libpng does.
 */
export async function readPngRows(png: PngData): Promise<Outcome<Uint16Array>> {
  const { width, height, channels } = png;
  let samples: Uint16Array;
  try {
    samples = new Uint16Array(width * height * channels);
  } catch {
    const message = `There is no memory for ${width} × ${height} pixels of 16 bits. Lower decode.max_megapixels.`;
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
  return succeeded(samples);
}

/**
 * Compressed bytes handed to the browser's zlib at a time: it gives all that they become before it looks at the queue,
 * so more fill memory, and less cost calls.
 */
const sliceBytes = 64 * 1024;

function inflated(parts: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  let part = 0;
  let at = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      while (part < parts.length && at >= parts[part].length) {
        part++;
        at = 0;
      }
      if (part === parts.length) {
        controller.close();
        return;
      }
      controller.enqueue(parts[part].subarray(at, at + sliceBytes));
      at += sliceBytes;
    },
  });
  return stream.pipeThrough(new DecompressionStream('deflate'));
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

/** Takes inflated bytes as they come and puts the samples of every complete row where they belong. */
function createSink({ width, height, channels, interlaced }: PngData, samples: Uint16Array) {
  const passes = (interlaced ? adam7 : whole)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.left) / pass.stepX),
      rows: Math.ceil((height - pass.top) / pass.stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const rows = passes.reduce((sum, pass) => sum + pass.rows, 0);
  const pixelBytes = channels * 2;
  // A pixel of zeros before each row is what lies left of it.
  let row = new Uint8Array(pixelBytes + width * pixelBytes);
  let above = new Uint8Array(row.length);
  let pass = 0;
  let rowInPass = 0;
  let taken = 0;
  let filter = -1;
  let filled = pixelBytes;

  function finishRow(): void {
    const { left, top, stepX, stepY, columns } = passes[pass];
    const end = pixelBytes + columns * pixelBytes;
    unfilter(filter, row, above, pixelBytes, end);
    const start = ((top + rowInPass * stepY) * width + left) * channels;
    if (stepX === 1) {
      for (let at = pixelBytes, to = start; at < end; at += 2, to++)
        samples[to] = (row[at] << 8) | row[at + 1];
    } else {
      for (let x = 0, at = pixelBytes; x < columns; x++)
        for (let channel = 0; channel < channels; channel++, at += 2)
          samples[start + x * stepX * channels + channel] = (row[at] << 8) | row[at + 1];
    }
    [row, above] = [above, row];
    filter = -1;
    filled = pixelBytes;
    taken++;
    rowInPass++;
    if (rowInPass === passes[pass].rows) {
      pass++;
      rowInPass = 0;
      above.fill(0);
    }
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
        const end = pixelBytes + passes[pass].columns * pixelBytes;
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

/** Undoes a row's filter in place (section 9.2); both rows begin with a pixel of zeros. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number, end: number): void {
  switch (filter) {
    case 1:
      for (let i = step; i < end; i++) row[i] += row[i - step];
      break;
    case 2:
      for (let i = step; i < end; i++) row[i] += above[i];
      break;
    case 3:
      for (let i = step; i < end; i++) row[i] += (row[i - step] + above[i]) >> 1;
      break;
    case 4:
      for (let i = step; i < end; i++) {
        const left = row[i - step];
        const up = above[i];
        const corner = above[i - step];
        // The distances of section 9.4 of left + up - corner to each, without computing it.
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        row[i] += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      }
      break;
  }
}
