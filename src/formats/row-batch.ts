import type { Row } from '../core/row';
import type { Cell, Column } from './table';

/** Rows on their way into a record batch or a row group: every cell by column, and the images' bytes end to end. */
export interface RowBatch {
  readonly rows: number;
  /** `cells[column][row]`. */
  readonly cells: readonly (readonly Cell[])[];
  /** Where each row's image ends within {@link RowBatch.images}; it begins where the one before ends. */
  readonly ends: readonly number[];
  /** Valid until the next row is added. */
  readonly images: Uint8Array;
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
  /** Of the images; one image alone is always let in. */
  readonly bytes: number;
}

/**
 * Gathers rows whose images are what `imageOf` gives, copied, since a row's buffers are its owner's again once it was
 * written. Memory is bounded by the limit, whatever the number of rows.
 */
export function createBatcher(
  columns: readonly Column[],
  imageOf: ((row: Row) => Uint8Array) | null,
  limit: BatchLimit,
): Batcher {
  let cells: Cell[][] = columns.map(() => []);
  let ends: number[] = [];
  let images = new Uint8Array(0);
  let filled = 0;
  return {
    add(row) {
      columns.forEach((column, i) => {
        cells[i].push(column.value(row));
      });
      if (imageOf !== null) {
        const image = imageOf(row);
        images = withRoom(images, filled, filled + image.length, limit.bytes);
        images.set(image, filled);
        filled += image.length;
      }
      ends.push(filled);
    },
    // As much again as the mean image would be too much: a batch then stays below its limit.
    full: () => ends.length >= limit.rows || filled + filled / Math.max(1, ends.length) > limit.bytes,
    take() {
      const batch: RowBatch = { rows: ends.length, cells, ends, images: images.subarray(0, filled) };
      cells = columns.map(() => []);
      ends = [];
      filled = 0;
      return batch;
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
