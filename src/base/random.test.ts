import { expect, it } from 'vitest';
import { murmur128, random } from './random';

it('hashes as MurmurHash3 x86 128 does', () => {
  const hex = (text: string) =>
    murmur128(new TextEncoder().encode(text))
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
  // Reference values of the algorithm's author's implementation (seed 0), words in order h1..h4.
  expect(hex('')).toBe('00000000000000000000000000000000');
  expect(hex('hello')).toBe('2b2444a0db91def79adb31b69adb31b6');
  expect(hex('I will not buy this record, it is scratched.')).toBe('a0a9683b25ac5e40d9af2895890dddf5');
});

it('depends on its parts alone and tells them apart', () => {
  const first = (...parts: (string | number)[]) => random(...parts).next();
  expect(first(7, 'cat/1.jpg', 1, 0)).toBe(first(7, 'cat/1.jpg', 1, 0));
  expect(first('a', 'bc')).not.toBe(first('ab', 'c'));
  expect(first(1, 'x')).not.toBe(first(2, 'x'));
});

it('is uniform in [0, 1)', () => {
  const stream = random('uniform');
  const counts = new Array(16).fill(0);
  for (let i = 0; i < 16_000; i++) counts[Math.floor(stream.next() * 16)]++;
  const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
});
