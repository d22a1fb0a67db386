import { crc32 as zlibs } from 'node:zlib';
import { expect, it } from 'vitest';
import { createCrc32 } from './checksum';
import { combineCrc32, crc32 } from './crc32';
import { random } from './random';

const bytesOf = (length: number, name: string) => {
  const numbers = random('crc32', name);
  return Uint8Array.from({ length }, () => Math.floor(numbers.between(0, 256)));
};

it('has the known checksums, whole and piece by piece', async () => {
  const digits = new TextEncoder().encode('123456789');
  expect(crc32(digits)).toBe(0xcbf43926);
  const ieee = await createCrc32('ieee');
  const castagnoli = await createCrc32('castagnoli');
  for (const start of [0, 4, 8]) {
    ieee.update(digits.subarray(start, start + 4));
    castagnoli.update(digits.subarray(start, start + 4));
  }
  expect(ieee.digest()).toBe(0xcbf43926);
  expect(castagnoli.digest()).toBe(0xe3069283);
  expect(ieee.digest()).toBe(0);
});

it('joins the checksums of two pieces, of any length', () => {
  for (const [first, second] of [
    [0, 0],
    [128, 0],
    [0, 7],
    [128, 1],
    [1, 100_003],
    [999, 65_536],
  ]) {
    const a = bytesOf(first, `a${first}`);
    const b = bytesOf(second, `b${second}`);
    const whole = Buffer.concat([a, b]);
    expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(zlibs?.(whole) ?? crc32(whole));
  }
});
