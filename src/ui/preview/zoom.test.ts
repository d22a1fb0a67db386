import { expect, test } from 'vitest';
import { frameAt, panBy, wholeFrame, zoomAt } from './zoom';

test('keeps the point under the pointer where it is', () => {
  const at = { x: 0.8, y: 0.3 };
  const near = zoomAt(wholeFrame, 4, at, 64);
  expect(near.scale).toBe(4);
  const point = frameAt(near, at);
  expect(point.x).toBeCloseTo(0.8);
  expect(point.y).toBeCloseTo(0.3);
});

test('never shows what lies beyond the frame', () => {
  const corner = zoomAt(wholeFrame, 8, { x: 0, y: 1 }, 64);
  expect(frameAt(corner, { x: 0, y: 1 })).toEqual({ x: 0, y: 1 });
  const moved = panBy(corner, { x: -3, y: 3 });
  expect(moved).toEqual(corner);
  expect(panBy(corner, { x: 0.5, y: 0 }).x).toBeCloseTo(corner.x + 0.5 / 8);
});

test('stays between the whole frame and the greatest enlargement', () => {
  expect(zoomAt({ scale: 2, x: 0.3, y: 0.5 }, 0.1, { x: 0.1, y: 0.9 }, 64)).toEqual(wholeFrame);
  expect(zoomAt(wholeFrame, 1000, { x: 0.5, y: 0.5 }, 64).scale).toBe(64);
});
