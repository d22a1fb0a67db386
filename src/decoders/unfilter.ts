import { unfilterWasm } from './unfilter-wasm';

/** Two rows of a PNG's bytes, the one at hand and the one above, and what undoes their filters. */
export interface RowBuffer {
  /** The row at hand, without its filter byte: filled by the caller. */
  row(): Uint8Array;
  /**
   * Undoes the row's filter, 0 to 4, and gives its first `samples` samples; the array is good until the next call. Then
   * the row is the one above, and the next is at hand.
   */
  finish(filter: number, samples: number): Uint16Array;
  /**
   * Undoes the row's filter as {@link RowBuffer.finish} does, but adds its samples to the sums of those since `clearSums`, and gives the
   * sums: good until the next call, exact for 65,537 rows.
   */
  addUp(filter: number, samples: number): Uint32Array;
  clearSums(): void;
  /** Makes the row above zeros: a pass begins. */
  restart(): void;
}

/**
 * Makes the buffer for rows of at most `rowBytes` bytes with pixels of `step` bytes, 2 to 8: in WebAssembly where the
 * engine has SIMD and the rows are no more than it should hold, else in plain code. Both give the same bytes.
 */
export function createRowBuffer(rowBytes: number, step: number): RowBuffer {
  const kernels = rowBytes <= largestRow ? loadKernels() : null;
  return kernels === null ? createPlainRows(rowBytes, step) : createSimdRows(kernels, rowBytes, step);
}

/** WebAssembly memory never shrinks: a rare wider row goes the plain way. */
const largestRow = 4 * 2 ** 20;

/** Bytes that the kernels may read and write past a row, and the zeros that stand before one. */
const slack = 32;

interface Kernels {
  readonly memory: WebAssembly.Memory;
  sub(row: number, end: number, step: number, mask: bigint): void;
  up(row: number, end: number, above: number): void;
  average(row: number, end: number, above: number, step: number, mask: bigint): void;
  paeth(row: number, end: number, above: number, step: number, mask: bigint): void;
  swap(row: number, end: number, out: number): void;
  accumulate(row: number, end: number, sums: number): void;
}

let compiled: WebAssembly.Module | null | undefined;

/** Instantiates the kernels with a memory of their own, since several pictures may be under way; null where refused. */
function loadKernels(): Kernels | null {
  try {
    const binary = () => Uint8Array.from(atob(unfilterWasm), (character) => character.charCodeAt(0));
    // It is half a kilobyte: compiled at once, on any thread. Its exports are what unfilter.wat declares.
    compiled ??= compiled === null ? null : new WebAssembly.Module(binary());
    return compiled && (new WebAssembly.Instance(compiled).exports as unknown as Kernels);
  } catch {
    compiled = null;
    return null;
  }
}

function createSimdRows(kernels: Kernels, rowBytes: number, step: number): RowBuffer {
  const { memory } = kernels;
  const length = Math.ceil((rowBytes + 2 * slack) / 16) * 16;
  // Two rows, the samples of one, and their sums, of twice the size.
  const missing = 5 * length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  const mask = step === 8 ? -1n : (1n << BigInt(8 * step)) - 1n;
  const out = 2 * length;
  const sums = 3 * length;
  let at = slack;
  let above = length + slack;

  function unfilterTo(end: number, filter: number): void {
    if (filter === 1) kernels.sub(at, end, step, mask);
    else if (filter === 2) kernels.up(at, end, above);
    else if (filter === 3) kernels.average(at, end, above, step, mask);
    else if (filter === 4) kernels.paeth(at, end, above, step, mask);
  }

  return {
    row: () => new Uint8Array(memory.buffer, at, rowBytes),
    finish(filter, samples) {
      const end = at + samples * 2;
      unfilterTo(end, filter);
      kernels.swap(at, end, out);
      [at, above] = [above, at];
      return new Uint16Array(memory.buffer, out, samples);
    },
    addUp(filter, samples) {
      const end = at + samples * 2;
      unfilterTo(end, filter);
      kernels.accumulate(at, end, sums);
      [at, above] = [above, at];
      return new Uint32Array(memory.buffer, sums, samples);
    },
    clearSums: () => new Uint8Array(memory.buffer, sums, 2 * length).fill(0),
    restart: () => new Uint8Array(memory.buffer, above, rowBytes).fill(0),
  };
}

/** The same without WebAssembly. */
export function createPlainRows(rowBytes: number, step: number): RowBuffer {
  // A pixel of zeros before each row is what lies left of it.
  let row = new Uint8Array(step + rowBytes);
  let above = new Uint8Array(row.length);
  const values = new Uint16Array(rowBytes >> 1);
  const sums = new Uint32Array(values.length);

  function finish(filter: number, samples: number): Uint16Array {
    unfilter(filter, row, above, step, step + samples * 2);
    for (let i = 0, at = step; i < samples; i++, at += 2) values[i] = (row[at] << 8) | row[at + 1];
    [row, above] = [above, row];
    return values.subarray(0, samples);
  }

  return {
    row: () => row.subarray(step),
    finish,
    addUp(filter, samples) {
      finish(filter, samples).forEach((value, i) => {
        sums[i] += value;
      });
      return sums.subarray(0, samples);
    },
    clearSums: () => sums.fill(0),
    restart: () => above.fill(0),
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
        // The distances of left + up - corner to each, without computing it (section 9.4).
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        row[i] += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      }
      break;
  }
}
