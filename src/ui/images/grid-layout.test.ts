import { describe, expect, it } from 'vitest';
import { gap, gridSize, layRows, moveIn, rowOf } from './grid-layout';

const groups = [
  { heading: 'a', start: 0, end: 5 },
  { heading: 'b', start: 5, end: 7 },
  { heading: 'c', start: 7, end: 12 },
];
/* With 3 columns: a | 0 1 2 | 3 4 | b | 5 6 | c | 7 8 9 | 10 11 */
const rows = layRows(groups, 3);
const move = (place: number, key: Parameters<typeof moveIn>[2], page = 2) =>
  moveIn(rows, place, key, 12, page);

describe('gridSize', () => {
  it('fills the width with as many columns as fit', () => {
    for (const width of [330, 390, 835, 1200, 3300]) {
      const { columns, cell } = gridSize(width, 104);
      expect(columns * cell + (columns - 1) * gap).toBeCloseTo(width);
      expect(cell).toBeGreaterThanOrEqual(104);
      expect(cell).toBeLessThan(104 * 1.6);
    }
  });

  it('keeps two columns however narrow it is', () => {
    expect(gridSize(90, 104)).toEqual({ columns: 2, cell: 42 });
    expect(gridSize(0, 104).cell).toBeGreaterThan(0);
  });
});

describe('layRows', () => {
  it('begins each group with its heading and a row of its own', () => {
    expect(rows.map((row) => (row.kind === 'heading' ? row.group.heading : [row.start, row.end]))).toEqual([
      'a', [0, 3], [3, 5], 'b', [5, 7], 'c', [7, 10], [10, 12],
    ]); // biome-ignore format: a list
  });
});

describe('rowOf', () => {
  it('finds the row of every place', () => {
    expect(Array.from({ length: 12 }, (_, place) => rowOf(rows, place))).toEqual([
      1, 1, 1, 2, 2, 4, 4, 6, 6, 6, 7, 7,
    ]);
    expect(rowOf(rows, 12)).toBe(-1);
    expect(rowOf([], 0)).toBe(-1);
  });
});

describe('moveIn', () => {
  it('goes left and right through all images and stops at the ends', () => {
    expect(move(4, 'ArrowRight')).toBe(5);
    expect(move(5, 'ArrowLeft')).toBe(4);
    expect(move(0, 'ArrowLeft')).toBe(0);
    expect(move(11, 'ArrowRight')).toBe(11);
  });

  it('goes up and down over headings, keeping the column as far as there is one', () => {
    expect(move(1, 'ArrowDown')).toBe(4);
    expect(move(2, 'ArrowDown')).toBe(4);
    expect(move(3, 'ArrowDown')).toBe(5);
    expect(move(6, 'ArrowUp')).toBe(4);
    expect(move(0, 'ArrowUp')).toBe(0);
    expect(move(11, 'ArrowDown')).toBe(11);
  });

  it('goes by pages, to the first and to the last', () => {
    expect(move(0, 'PageDown')).toBe(5);
    expect(move(10, 'PageUp', 99)).toBe(0);
    expect(move(5, 'Home')).toBe(0);
    expect(move(5, 'End')).toBe(11);
  });
});
