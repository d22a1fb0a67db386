import { expect, test } from 'vitest';
import { candidatesOf, doubtOf, sharesOf } from './candidates';

test('names the likeliest first', () => {
  const scores = Float32Array.of(0.125, 0.625, 0.25);
  expect(candidatesOf(scores, ['ant', 'bee', 'cat'])).toEqual([
    { name: 'bee', score: 0.625 },
    { name: 'cat', score: 0.25 },
    { name: 'ant', score: 0.125 },
  ]);
});

test('doubts where two are alike, and most where there is none', () => {
  const of = (...scores: number[]) => doubtOf(scores.map((score) => ({ name: 'x', score })));
  expect(of(0.9, 0.1)).toBeLessThan(of(0.5, 0.4));
  expect(of(0.5, 0.4)).toBeLessThan(of());
  expect(doubtOf(undefined)).toBe(1);
});

test('takes fewer of many in their shares, and one of the rarest', () => {
  const items = [...Array.from({ length: 900 }, (_, i) => `a${i}`), ...Array.from({ length: 99 }, (_, i) => `b${i}`), 'c0']; // biome-ignore format: kinds
  const some = sharesOf(items, (item) => item[0], 100);
  expect(some.length).toBeLessThanOrEqual(101);
  const of = (kind: string) => some.filter((item) => item.startsWith(kind));
  expect([of('a').length, of('b').length, of('c').length]).toEqual([90, 9, 1]);
  expect(of('a').at(-1)).toBe('a890');
  expect(sharesOf(items, (item) => item[0], 5000)).toBe(items);
});
