import { createJpegBits, type JpegBits } from './jpeg-bits';
import type { JpegPlane, JpegScan } from './jpeg-plane';
import type { Huffman } from './jpeg-scan';

/** Decodes a sequential scan of DCT blocks into its planes (ITU-T T.81, F.2), and gives how many whole units it had. */
export function decodeBlocks(scan: JpegScan): number {
  const { columns, rows, interval, bits: depth } = scan;
  const bits = createJpegBits(scan.bytes, scan.start);
  const alone = scan.parts.length === 1;
  const parts = scan.parts.map(({ plane, dc, ac }) => ({
    plane,
    dc: scan.codes.get(dc),
    ac: scan.codes.get(ac),
    quantization: scan.quantizations[plane.quantization],
    across: alone ? 1 : plane.horizontal,
    down: alone ? 1 : plane.vertical,
    last: 0,
  }));
  const block = new Float32Array(64);
  const draw = createInverse(depth);
  const units = columns * rows;
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      if (!bits.restart(unit / interval - 1)) return unit;
      for (const part of parts) part.last = 0;
    }
    const [left, top] = [unit % columns, Math.floor(unit / columns)];
    for (const part of parts) {
      const { plane, dc, ac, quantization, across, down } = part;
      if (dc === undefined || ac === undefined || quantization === undefined) return unit;
      for (let i = 0; i < across * down; i++) {
        const size = bits.code(dc);
        if (size < 0 || size > 15) return unit;
        part.last += bits.difference(size);
        block.fill(0);
        block[0] = part.last * quantization[0];
        if (!readCoefficients(bits, ac, quantization, block)) return unit;
        const x = left * across + (i % across);
        const y = top * down + Math.floor(i / across);
        draw(block, plane, x, y);
      }
    }
  }
  return units;
}

/** Reads a block's coefficients but the first; false when the data ends or makes no sense. */
function readCoefficients(
  bits: JpegBits,
  table: Huffman,
  quantization: Uint16Array,
  block: Float32Array,
): boolean {
  for (let k = 1; k < 64; k++) {
    const code = bits.code(table);
    if (code < 0) return false;
    const [run, size] = [code >> 4, code & 15];
    if (size === 0) {
      if (run < 15) break; // the end of the block
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) return false;
    block[zigzag[k]] = bits.difference(size) * quantization[k];
  }
  return !bits.isOver();
}

/** Where the k-th coefficient stands in its block, row by row (figure A.6). */
const zigzag = Uint8Array.of(
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
  28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
  47, 55, 62, 63,
); // biome-ignore format: a table

/** What writes a block's samples, with the level shift, to its place in a plane (A.3.3, in floats). */
function createInverse(depth: number) {
  const zero = 2 ** (depth - 1);
  const white = 2 ** depth - 1;
  const half = new Float32Array(64);
  return (block: Float32Array, { samples, stride }: JpegPlane, column: number, row: number): void => {
    for (let v = 0; v < 8; v++) transform(block, 8 * v, 1, half);
    for (let u = 0; u < 8; u++) transform(half, u, 8, block);
    for (let y = 0; y < 8; y++) {
      const to = (8 * row + y) * stride + 8 * column;
      for (let x = 0; x < 8; x++)
        samples[to + x] = Math.min(white, Math.max(0, Math.round(block[8 * y + x] / 4 + zero)));
    }
  };
}

/** One row or column of eight numbers, `step` apart: even and odd frequencies apart, whose sums and differences mirror. */
function transform(from: Float32Array, at: number, step: number, to: Float32Array): void {
  const [a, b, c, d] = [from[at], from[at + 2 * step], from[at + 4 * step], from[at + 6 * step]];
  const [e, f, g, h] = [from[at + step], from[at + 3 * step], from[at + 5 * step], from[at + 7 * step]];
  const sum = (a + c) * c4;
  const difference = (a - c) * c4;
  const outer = b * c2 + d * c6;
  const inner = b * c6 - d * c2;
  const evens0 = sum + outer;
  const evens1 = difference + inner;
  const evens2 = difference - inner;
  const evens3 = sum - outer;
  const odds0 = e * c1 + f * c3 + g * c5 + h * c7;
  const odds1 = e * c3 - f * c7 - g * c1 - h * c5;
  const odds2 = e * c5 - f * c1 + g * c7 + h * c3;
  const odds3 = e * c7 - f * c5 + g * c3 - h * c1;
  to[at] = evens0 + odds0;
  to[at + step] = evens1 + odds1;
  to[at + 2 * step] = evens2 + odds2;
  to[at + 3 * step] = evens3 + odds3;
  to[at + 4 * step] = evens3 - odds3;
  to[at + 5 * step] = evens2 - odds2;
  to[at + 6 * step] = evens1 - odds1;
  to[at + 7 * step] = evens0 - odds0;
}

const [c1, c2, c3, c4, c5, c6, c7] = [1, 2, 3, 4, 5, 6, 7].map((i) => Math.cos((i * Math.PI) / 16));
