import type { WrittenRows } from './plugin';
import { type Row, viewsOf } from './row';

/** Keeps a few of a shard's rows, however many there are: every so many-th, the last always. */
export interface RowSample {
  add(rows: readonly Row[]): void;
  written(): WrittenRows;
}

/** Begins a {@link RowSample}; which rows it keeps depends on their number and size alone. */
export function sampleRows(): RowSample {
  let count = 0;
  let stride = 1;
  let kept: { readonly at: number; readonly row: Row }[] = [];
  let last: { readonly at: number; readonly row: Row } | null = null;
  return {
    add(rows) {
      for (const row of rows) {
        last = { at: count++, row };
        if (last.at % stride !== 0) continue;
        kept.push(last);
        while (kept.length > mostRows || (kept.length > 1 && sizeOf(kept) > mostBytes)) {
          stride *= 2;
          kept = kept.filter(({ at }) => at % stride === 0);
        }
      }
    },
    written: () => ({
      count,
      sample: last === null || kept.at(-1)?.at === last.at ? kept : [...kept, last],
    }),
  };
}

/** Each is read back in a request or two; a writer that puts rows in wrong places is found by two. */
const mostRows = 8;

/** Of all pixels kept: more would weigh on memory where pictures are large. */
const mostBytes = 32 * 2 ** 20;

const sizeOf = (kept: readonly { readonly row: Row }[]) =>
  kept.reduce((sum, { row }) => sum + viewsOf(row).reduce((bytes, view) => bytes + view.byteLength, 0), 0);
