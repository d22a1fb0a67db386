import { z } from 'zod';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability } from './chance';
import { needsEightBitScale } from './lookup';

const quality = (label: string, fallback: number, help: string) =>
  knob(z.int().min(1).max(100), fallback, { label, unit: '%', help });

const knobs = z.strictObject({
  worst: quality('Worst', 40, 'Least quality that is drawn.'),
  best: quality('Best', 95, 'Greatest quality that is drawn.'),
  probability: probability(0.3),
});

/** Leaves the traces of a JPEG file of drawn quality: all that is lossy in one is done, no file is made. */
export const jpeg: Transform<z.output<typeof knobs>> = {
  id: 'jpeg',
  label: 'JPEG artefacts',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const drawn = given.worst + Math.floor(random.next() * (given.best - given.worst + 1));
    return happens ? { quality: drawn } : null;
  },
  apply: (raster, drawn) => compressed(raster, Number(drawn.quality)),
  refuses: (given, { decode }) =>
    given.worst > given.best
      ? `got from ${given.worst} to ${given.best}, which is empty; make worst the smaller`
      : needsEightBitScale(decode),
};

/**
 * Quantises the cosine transform of 8×8 blocks. Sources: ITU-T T.81 (the transform; Annex K's tables), JFIF 1.02 (the
 * colours), libjpeg's `jpeg_quality_scaling`; chroma at half the size both ways (4:2:0), the mean going in, repeated
 * coming out.
 */
function compressed<P extends Pixels>(raster: P, quality: number): P {
  const { width, height, channels, data } = raster;
  const count = width * height;
  if (channels === 1) {
    const grey = Float32Array.from(data);
    quantise(grey, width, height, tableOf(lumaTable, quality));
    store(raster, (i) => grey[i]);
    return raster;
  }
  const luma = new Float32Array(count);
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const blue = new Float32Array(halfWidth * halfHeight);
  const red = new Float32Array(halfWidth * halfHeight);
  const cells = new Float32Array(halfWidth * halfHeight);
  const cellOf = (i: number) => (Math.floor(i / width) >> 1) * halfWidth + ((i % width) >> 1);
  for (let i = 0, at = 0; i < count; i++, at += channels) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    const cell = cellOf(i);
    // Whole numbers, as an encoder has them: coefficients near a half fall to the same side.
    luma[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    blue[cell] += Math.round(128 - 0.168736 * r - 0.331264 * g + 0.5 * b);
    red[cell] += Math.round(128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
    cells[cell]++;
  }
  for (let cell = 0; cell < cells.length; cell++) {
    blue[cell] /= cells[cell];
    red[cell] /= cells[cell];
  }
  quantise(luma, width, height, tableOf(lumaTable, quality));
  for (const plane of [blue, red]) quantise(plane, halfWidth, halfHeight, tableOf(chromaTable, quality));
  store(raster, (at) => {
    const i = Math.floor(at / 3);
    const cell = cellOf(i);
    const cb = blue[cell] - 128;
    const cr = red[cell] - 128;
    const channel = at % 3;
    return (
      luma[i] + (channel === 0 ? 1.402 * cr : channel === 1 ? -0.344136 * cb - 0.714136 * cr : 1.772 * cb)
    );
  });
  return raster;
}

function store(raster: Pixels, valueAt: (at: number) => number): void {
  const { data } = raster;
  const rounded = isDeep(raster) ? (x: number) => x : (x: number) => Math.floor(x + 0.5);
  for (let at = 0; at < data.length; at++) data[at] = Math.min(255, Math.max(0, rounded(valueAt(at))));
}

/** Takes one plane to whole multiples of the table's steps and back, in place; what a block lacks is repeated edge. */
function quantise(plane: Float32Array, width: number, height: number, table: Float32Array): void {
  const block = new Float32Array(64);
  const between = new Float32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(height - 1, top + (i >> 3));
        block[i] = plane[y * width + Math.min(width - 1, left + (i & 7))] - 128;
      }
      transform(block, between, forward);
      for (let i = 0; i < 64; i++) block[i] = Math.round(block[i] / table[i]) * table[i];
      transform(block, between, inverse);
      for (let i = 0; i < 64; i++) {
        const [y, x] = [top + (i >> 3), left + (i & 7)];
        if (y < height && x < width)
          plane[y * width + x] = Math.min(255, Math.max(0, Math.round(block[i] + 128)));
      }
    }
  }
}

/** Multiplies rows and then columns by an 8×8 matrix. */
function transform(block: Float32Array, between: Float32Array, matrix: Float32Array): void {
  for (const [from, to] of [
    [block, between],
    [between, block],
  ])
    for (let row = 0; row < 8; row++)
      for (let k = 0; k < 8; k++) {
        let sum = 0;
        for (let x = 0; x < 8; x++) sum += matrix[k * 8 + x] * from[row * 8 + x];
        to[k * 8 + row] = sum; // turned, so that the second round does the columns and turns back
      }
}

const forward = Float32Array.from(
  { length: 64 },
  (_, i) => (i < 8 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (i & 7) + 1) * (i >> 3) * Math.PI) / 16),
);
const inverse = forward.map((_, i) => forward[(i & 7) * 8 + (i >> 3)]);

function tableOf(base: readonly number[], quality: number): Float32Array {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return Float32Array.from(base, (step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

// biome-ignore format: a table
const lumaTable = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: a table
const chromaTable = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];
