import { expect, it } from 'vitest';
import { linePath, niceCeiling } from './chart-maths';

it('rounds the top of an axis up', () => {
  expect([0, 0.7, 1, 1.2, 130, 160, 301, 999, Number.NaN].map(niceCeiling)).toEqual([
    1, 0.75, 1, 1.5, 150, 200, 500, 1000, 1,
  ]);
});

it('draws values from left to right, 0 at the bottom', () => {
  expect(linePath([0, 5, 10], 10, 100, 40)).toBe('M0 40L50 20L100 0');
  expect(linePath([3], 3, 100, 40)).toBe('M0 0');
  expect(linePath([], 1, 100, 40)).toBe('');
});
