import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSha256, hex, sha256OfBlob } from './checksum';

const bytes = Uint8Array.from({ length: 100_003 }, (_, i) => (i * i) >> 3);
const wanted = createHash('sha256').update(bytes).digest('hex');

it('writes hex in lower case with both digits', () => {
  expect(hex(new Uint8Array([0, 10, 255]))).toBe('000aff');
});

it('hashes a blob at once', async () => {
  expect(await sha256OfBlob(new Blob([bytes]))).toBe(wanted);
  expect(await sha256OfBlob(new Blob([]))).toBe(createHash('sha256').digest('hex'));
});

it('hashes a blob too large for that piece by piece', async () => {
  const piece = new Uint8Array(2 ** 20).fill(7);
  const blob = new Blob(Array<Uint8Array<ArrayBuffer>>(65).fill(piece));
  const sha256 = createHash('sha256');
  for (let i = 0; i < 65; i++) sha256.update(piece);
  expect(await sha256OfBlob(blob)).toBe(sha256.digest('hex'));
});

it('keeps checksums under way apart, and begins each anew', async () => {
  const dropped = await createSha256();
  dropped.update(bytes);
  dropped.drop();
  dropped.drop();
  const [one, two, three] = await Promise.all([createSha256(), createSha256(), createSha256()]);
  for (let at = 0; at < bytes.length; at += 777) {
    one.update(bytes.subarray(at, at + 777));
    two.update(bytes.subarray(0, 1));
    three.update(bytes.subarray(at, at + 777));
  }
  expect(one.digest()).toBe(wanted);
  expect(two.digest()).not.toBe(wanted);
  expect(three.digest()).toBe(wanted);
});
