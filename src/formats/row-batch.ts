import type { Row } from '../core/row';
import type { Cell, Column } from './table';
import type { Vectors } from './vectors';

/** Rows on their way into a record batch or a row group: every cell by column, and the images' bytes end to end. */
export interface RowBatch {
  readonly rows: number;
  /** `cells[column][row]`. */
  readonly cells: readonly (readonly Cell[])[];
  /** Where each row's image ends within {@link RowBatch.images}; it begins where the one before ends. */
  readonly ends: readonly number[];
  /** Valid until the next row is added. */
  readonly images: Uint8Array;
  /** Each column of vectors, all rows end to end; valid as long. */
  readonly vectors: readonly Uint8Array[];
}

/** Gathers rows until they make a batch. */
export interface Batcher {
  add(row: Row): void;
  /** True when {@link Batcher.take} should be called before more is added. */
  full(): boolean;
  take(): RowBatch;
}

/** When a batch is full. */
export interface BatchLimit {
  readonly rows: number;
  /** Of images and vectors; one row alone is always let in. */
  readonly bytes: number;
}

/**
 * Gathers rows with their vectors and the images that `imageOf` gives, copied, since a row's buffers are its owner's again once
 * it was written. Memory is bounded by the limit, whatever the number of rows.
 */
export function createBatcher(
  columns: readonly Column[],
  imageOf: ((row: Row) => Uint8Array) | null,
  vectors: readonly Vectors[],
  limit: BatchLimit,
): Batcher {
  let cells: Cell[][] = columns.map(() => []);
  let ends: number[] = [];
  const images = createStretch(limit.bytes);
  const stretches = vectors.map((each) => ({ each, stretch: createStretch(limit.bytes) }));
  return {
    add(row) {
      columns.forEach((column, i) => {
        cells[i].push(column.value(row));
      });
      if (imageOf !== null) images.add(imageOf(row));
      for (const { each, stretch } of stretches) stretch.add(each.bytes(row));
      ends.push(images.length());
    },
    full() {
      const filled = stretches.reduce((sum, { stretch }) => sum + stretch.length(), images.length());
      // As much again as the mean row would be too much: a batch then stays below its limit.
      return ends.length >= limit.rows || filled + filled / Math.max(1, ends.length) > limit.bytes;
    },
    take() {
      const batch: RowBatch = {
        rows: ends.length,
        cells,
        ends,
        images: images.take(),
        vectors: stretches.map(({ stretch }) => stretch.take()),
      };
      cells = columns.map(() => []);
      ends = [];
      return batch;
    },
  };
}

/** Bytes end to end, in memory that is used again. */
function createStretch(most: number) {
  let buffer = new Uint8Array(0);
  let filled = 0;
  return {
    length: () => filled,
    add(bytes: Uint8Array) {
      buffer = withRoom(buffer, filled, filled + bytes.length, most);
      buffer.set(bytes, filled);
      filled += bytes.length;
    },
    /** What was added since the last time; valid until more is added. */
    take() {
      const taken = buffer.subarray(0, filled);
      filled = 0;
      return taken;
    },
  };
}

/** Grows by doubling up to a whole batch, and beyond it only as far as one large image needs. */
function withRoom(
  buffer: Uint8Array<ArrayBuffer>,
  filled: number,
  needed: number,
  most: number,
): Uint8Array<ArrayBuffer> {
  if (needed <= buffer.length) return buffer;
  const grown = new Uint8Array(Math.max(needed, Math.min(most, buffer.length * 2)));
  grown.set(buffer.subarray(0, filled));
  return grown;
}
