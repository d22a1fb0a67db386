import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { OwnedFile } from '../core/plugin';
import { bufferFile, type RawFile } from './buffered-file';

function memoryRaw() {
  const log: string[] = [];
  let bytes = new Uint8Array(0);
  const raw: RawFile = {
    async write(at, piece) {
      await null;
      log.push(`write ${at} ${piece.length}`);
      if (at > bytes.length) throw new Error('a hole');
      const grown = new Uint8Array(Math.max(bytes.length, at + piece.length));
      grown.set(bytes);
      grown.set(piece, at);
      bytes = grown;
    },
    async commit(at, rest) {
      if (rest.length > 0) await raw.write(at, rest);
      log.push('commit');
      return { path: 'a', bytes: bytes.length, sha256: '' };
    },
    async discard() {
      log.push('discard');
    },
  };
  return { raw, log, bytes: () => bytes };
}

describe('bufferFile', () => {
  it('makes one write of many short ones, and patches them in the buffer', async () => {
    const { raw, log, bytes } = memoryRaw();
    const file = bufferFile('a', raw);
    const piece = new Uint8Array([1, 2, 3]);
    for (let i = 0; i < 1000; i++) await file.write(piece);
    piece.fill(9); // the buffer may be reused
    await file.patch(1, new Uint8Array([7, 8]));
    await file.close();
    expect(log).toEqual(['write 0 3000', 'commit']);
    expect([...bytes().subarray(0, 6)]).toEqual([1, 7, 8, 1, 2, 3]);
  });

  it('gives the bytes that were written, whatever the lengths and patches', async () => {
    const numbers = random('buffered files');
    for (let round = 0; round < 20; round++) {
      const { raw, bytes } = memoryRaw();
      const file = bufferFile('a', raw);
      let wanted = new Uint8Array(0);
      for (let step = 0; step < 40; step++) {
        const longest = [10, 5000, 700_000, 2_500_000][
          Math.floor(numbers.between(0, step % 8 === 0 ? 4 : 2))
        ];
        const piece = new Uint8Array(Math.floor(numbers.between(0, longest))).fill(step + 1);
        if (numbers.next() < 0.7) {
          const grown = new Uint8Array(wanted.length + piece.length);
          grown.set(wanted);
          grown.set(piece, wanted.length);
          wanted = grown;
          await file.write(piece);
        } else if (piece.length <= wanted.length) {
          const at = Math.floor(numbers.between(0, wanted.length - piece.length + 1));
          wanted.set(piece, at);
          await file.patch(at, piece);
        }
      }
      await file.close();
      expect(Buffer.compare(bytes(), wanted)).toBe(0);
    }
  });

  it('discards once when a step fails, and takes no more', async () => {
    const { raw, log } = memoryRaw();
    const file = bufferFile('a', {
      ...raw,
      commit: async () => {
        throw new Error('disk on fire');
      },
    });
    await file.write(new Uint8Array(1));
    await expect(file.close()).rejects.toThrow('disk on fire');
    await file.discard();
    expect(log).toEqual(['discard']);
    await expect(file.write(new Uint8Array(1))).rejects.toThrow('used after it was discarded');
  });

  it('writes behind, one write at a time, and fails the step after the one that failed', async () => {
    const { raw, log } = memoryRaw();
    let under = 0;
    const file = bufferFile('a', {
      ...raw,
      async write(at, bytes) {
        expect(++under).toBe(1);
        await new Promise((later) => setTimeout(later));
        if (at > 4e6) throw new Error('disk on fire');
        await raw.write(at, bytes);
        under--;
      },
    });
    const piece = new Uint8Array(2 ** 22);
    await file.write(piece); // is sent behind
    expect(log).toEqual([]);
    await file.write(piece); // once the first is there
    expect(log).toEqual(['write 0 4194304']);
    await expect(file.write(piece)).rejects.toThrow('disk on fire');
    expect(log.at(-1)).toBe('discard');
  });

  it.each<[string, (file: OwnedFile) => Promise<unknown>]>([
    ['write', (file) => file.write(new Uint8Array(3 * 2 ** 22))],
    ['patch', (file) => file.patch(1, new Uint8Array(1))],
    ['close', (file) => file.close()],
  ])('a %s that waits does nothing more once it is discarded', async (_, step) => {
    const { raw, log } = memoryRaw();
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const file = bufferFile('a', {
      ...raw,
      async write(at, bytes) {
        await slow;
        await raw.write(at, bytes);
      },
    });
    await file.write(new Uint8Array(2 ** 22)); // is sent behind
    const waiting = step(file);
    const discarded = file.discard();
    finish();
    await expect(waiting).rejects.toThrow('used after it was discarded');
    await discarded;
    expect(log).toEqual(['write 0 4194304', 'discard']);
  });

  it('does not discard what is committed', async () => {
    const { raw, log } = memoryRaw();
    const file = bufferFile('a', raw);
    await file.close();
    await file.discard();
    expect(log).toEqual(['commit']);
  });
});
