import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { filePieces, forwardReader, unpacked } from './forward-reader';
import { storedFiles } from './memory-files';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);

/** A file that tells where it was read. */
function watched(content: Uint8Array) {
  const [file] = storedFiles(new Map([['a', content]]));
  const reads: number[] = [];
  return {
    reads,
    read: async (start: number, end: number) => {
      reads.push(start);
      return file.read(start, end);
    },
  };
}

describe('a forward reader', () => {
  it('gives whatever ascends, within a piece and across pieces, and less at the end', async () => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.slice(at, at + 1000);
    }
    const { read, close } = forwardReader(pieces());
    for (const [start, end] of [[0, 0], [0, 10], [10, 10], [990, 2010], [2010, 9000], [299_999, 300_005], [400_000, 400_001]] as const)
      expect(await read(start, end)).toEqual(bytes.slice(start, end)); // biome-ignore format: pairs
    await close();
  });

  it('unpacks what was packed', async () => {
    const file = watched(gzipSync(bytes));
    const { read, close } = unpacked(file, 0, 1e6, 'gzip');
    expect(await read(5, 250_000)).toEqual(bytes.slice(5, 250_000));
    await close();
  });

  it('says that a broken stream cannot be unpacked', async () => {
    const packed = gzipSync(bytes);
    packed[40] ^= 0xff;
    const broken = unpacked(watched(packed), 0, packed.length, 'gzip');
    await expect(broken.read(0, 1e6)).rejects.toThrow(RangeError);
    const short = forwardReader(filePieces(watched(bytes), 0, bytes.length + 1));
    await expect(short.read(0, 1e6)).rejects.toThrow('too early');
    await Promise.all([broken.close(), short.close()]);
  });

  it('lets go of the stream when it is closed, however little was read', async () => {
    let ended = false;
    async function* pieces() {
      try {
        while (true) yield bytes;
      } finally {
        ended = true;
      }
    }
    const { read, close } = forwardReader(pieces());
    await read(0, 1);
    expect(ended).toBe(false);
    await close();
    expect(ended).toBe(true);
    await forwardReader(pieces()).close();
  });
});
