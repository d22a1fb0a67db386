import type { ImageGroup } from './arrange';

/** A row of the grid: a heading, or images `[start, end)` of the arrangement. */
export type GridRow =
  | { readonly kind: 'heading'; readonly group: ImageGroup }
  | { readonly kind: 'images'; readonly start: number; readonly end: number };

/** Sizes in CSS pixels. */
export interface GridSize {
  readonly columns: number;
  readonly cell: number;
}

/** Space between cells in CSS pixels: one and a half steps of the page's grid. */
export const gap = 6;

/** Height of a heading row in CSS pixels. */
export const headingHeight = 40;

/** Fits as many columns as leave cells at least `smallest` wide, and at least two. */
export function gridSize(width: number, smallest: number): GridSize {
  const columns = Math.max(2, Math.floor((width + gap) / (smallest + gap)));
  return { columns, cell: Math.max(1, (width - gap * (columns - 1)) / columns) };
}

/** Cuts groups into rows. */
export function layRows(groups: readonly ImageGroup[], columns: number): readonly GridRow[] {
  const rows: GridRow[] = [];
  for (const group of groups) {
    rows.push({ kind: 'heading', group });
    for (let start = group.start; start < group.end; start += columns) {
      rows.push({ kind: 'images', start, end: Math.min(group.end, start + columns) });
    }
  }
  return rows;
}

/** Finds the row that holds a place of the arrangement; -1 when none does. */
export function rowOf(rows: readonly GridRow[], place: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = rows[middle] as GridRow; // low and high stay in range
    const start = row.kind === 'heading' ? row.group.start : row.start;
    const end = row.kind === 'heading' ? row.group.start : row.end;
    if (place < start || (row.kind === 'heading' && place < end)) high = middle - 1;
    else if (place >= end) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** Where an arrow key leads from a place; rows above and below keep the column as far as they have it. */
export function moveIn(
  rows: readonly GridRow[],
  place: number,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End' | 'PageUp' | 'PageDown',
  total: number,
  pageRows: number,
): number {
  const clamp = (to: number) => Math.max(0, Math.min(total - 1, to));
  if (key === 'ArrowLeft') return clamp(place - 1);
  if (key === 'ArrowRight') return clamp(place + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return total - 1;
  const from = rowOf(rows, place);
  const row = rows[from];
  if (row?.kind !== 'images') return clamp(place);
  const column = place - row.start;
  const down = key === 'ArrowDown' || key === 'PageDown';
  let steps = key === 'ArrowUp' || key === 'ArrowDown' ? 1 : pageRows;
  let target = row;
  for (let i = from + (down ? 1 : -1); i >= 0 && i < rows.length && steps > 0; i += down ? 1 : -1) {
    const candidate = rows[i];
    if (candidate?.kind !== 'images') continue;
    target = candidate;
    steps--;
  }
  return target === row ? place : Math.min(target.end - 1, target.start + column);
}
