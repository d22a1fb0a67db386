import type { Raster } from '../core/image';
import { simdWasm } from './simd-wasm';
import type { Weights } from './weights';

/** 8-bit pixels whose data is a plain byte array. */
export interface ByteRaster extends Raster {
  readonly data: Uint8Array;
}

/**
 * Does both passes, across and then down, in WebAssembly SIMD; the bytes are those of `passes.ts`, several times
 * sooner. Takes pictures of one or four channels; of four the fourth is passed over. Null when it cannot: no SIMD, no
 * permission for WebAssembly, three channels, or a picture so large that it would need too much memory of its own.
 */
export function resampleSimd(source: ByteRaster, columns: Weights, rows: Weights): Uint8Array | null {
  if (source.channels === 3) return null;
  const width = columns.first.length;
  const height = rows.first.length;
  const channels = source.channels === 1 ? 1 : 3;
  const sourceRow = source.width * source.channels;
  const outRow = width * channels;
  const firstRow = rows.first[0];
  const endRow = rows.first[height - 1] + rows.count[height - 1];
  const stripRows = Math.min(endRow - firstRow, Math.max(1, Math.floor(stripBytes / sourceRow)));

  // Laid out one after the other; the kernels read and write up to a row and 16 bytes past the end of each.
  const columnsAt = 0;
  const columnEntry = entryBytes(columns);
  const rowsAt = columnsAt + width * columnEntry;
  const rowEntry = entryBytes(rows);
  const outAt = aligned(rowsAt + height * rowEntry);
  const betweenAt = aligned(outAt + height * outRow + 16);
  const stripAt = aligned(betweenAt + (endRow - firstRow + 1) * outRow + 16);
  const end = stripAt + stripRows * sourceRow + 16;
  if (end > largestMemory) return null;
  const kernels = loadKernels();
  if (kernels === null) return null;
  const { memory, acrossColour, acrossGrey, down } = kernels;
  if (memory.buffer.byteLength < end) memory.grow(Math.ceil((end - memory.buffer.byteLength) / 65_536));
  const bytes = new Uint8Array(memory.buffer);

  const across = channels === 1 ? acrossGrey : acrossColour;
  writeTable(new Int32Array(memory.buffer, columnsAt), columnEntry, columns, 0, source.channels);
  for (let row = firstRow; row < endRow; row += stripRows) {
    const count = Math.min(stripRows, endRow - row);
    bytes.set(source.data.subarray(row * sourceRow, (row + count) * sourceRow), stripAt);
    across(stripAt, sourceRow, count, betweenAt + (row - firstRow) * outRow, width, columnsAt, columnEntry);
  }
  writeTable(new Int32Array(memory.buffer, rowsAt), rowEntry, rows, firstRow, outRow);
  down(betweenAt, outRow, height, outAt, rowsAt, rowEntry);
  return bytes.slice(outAt, outAt + height * outRow);
}

/** Source bytes copied in at a time. More fall out of the processor's cache before they are read; fewer cost calls. */
const stripBytes = 128 * 1024;

/** Most memory the kernels may keep, since WebAssembly memory never shrinks: rare huge pictures go the plain way. */
const largestMemory = 64 * 1024 * 1024;

interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly acrossColour: AcrossKernel;
  readonly acrossGrey: AcrossKernel;
  down(source: number, rowBytes: number, rows: number, out: number, table: number, entry: number): void;
}

type AcrossKernel = (
  source: number,
  sourceRow: number,
  rows: number,
  out: number,
  width: number,
  table: number,
  entry: number,
) => void;

let loaded: Kernels | null | undefined;

/** Compiles the kernels on first use; null where the engine or the page's policy refuses them. */
function loadKernels(): Kernels | null {
  if (loaded !== undefined) return loaded;
  try {
    const binary = Uint8Array.from(atob(simdWasm), (character) => character.charCodeAt(0));
    // It is one kilobyte: compiled at once, on any thread. Its exports are what simd.wat declares.
    loaded = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as unknown as Kernels;
  } catch {
    loaded = null;
  }
  return loaded;
}

const aligned = (at: number) => Math.ceil(at / 16) * 16;

/** Bytes of a table's entry: two i32, then pairs of weights, at least two and evenly many, of 8 bytes each. */
function entryBytes({ stride }: Weights): number {
  return 8 + Math.max(1, Math.ceil(stride / 4)) * 16;
}

/** Writes the table that simd.wat describes: input `origin` lies at offset 0, each further one `step` bytes on. */
function writeTable(
  table: Int32Array,
  entry: number,
  { first, count, values, stride }: Weights,
  origin: number,
  step: number,
): void {
  const words = entry / 4;
  for (let i = 0; i < first.length; i++) {
    const at = i * words;
    table[at] = (first[i] - origin) * step;
    table[at + 1] = (count[i] + 1) >> 1;
    for (let pair = 0; pair < (words - 2) / 2; pair++) {
      const even = 2 * pair < stride ? values[i * stride + 2 * pair] : 0;
      const odd = 2 * pair + 1 < stride ? values[i * stride + 2 * pair + 1] : 0;
      table[at + 2 + 2 * pair] = (even & 0x7fff) | ((odd & 0x7fff) << 16);
      table[at + 3 + 2 * pair] = ((even >> 15) & 0xffff) | ((odd >> 15) << 16);
    }
  }
}
