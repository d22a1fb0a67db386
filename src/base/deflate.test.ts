import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createDeflater } from './deflate';

it('gives what inflates to the same bytes', async () => {
  const pieces: Uint8Array[] = [];
  const deflater = createDeflater(async (bytes) => void pieces.push(bytes.slice()));
  const parts = [
    new Uint8Array(200_000).fill(7),
    new Uint8Array(0),
    Uint8Array.from({ length: 999 }, (_, i) => i),
  ];
  for (const part of parts) await deflater.write(part);
  await deflater.close();
  const packed = Buffer.concat(pieces);
  expect(packed.length).toBeLessThan(2000);
  expect(Buffer.compare(inflateRawSync(packed), Buffer.concat(parts))).toBe(0);
});

it('throws what the sink throws, and goes no further', async () => {
  let calls = 0;
  const deflater = createDeflater(async () => {
    calls++;
    throw new Error('the disk is full');
  });
  let state = 1;
  const noise = Uint8Array.from({ length: 300_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
  const writing = async () => {
    for (let i = 0; i < 20; i++) await deflater.write(noise);
    await deflater.close();
  };
  await expect(writing()).rejects.toThrow('the disk is full');
  expect(calls).toBe(1);
});
