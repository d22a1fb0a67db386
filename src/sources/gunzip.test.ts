import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from './gunzip';

async function unpack(packed: BlobPart[]): Promise<{ readonly text: string; readonly wrong: string | null }> {
  let text = '';
  const decoder = new TextDecoder('latin1');
  const sink = {
    write(bytes: Uint8Array) {
      text += decoder.decode(bytes);
    },
    restart() {
      text = '';
    },
  };
  const failure = await gunzip(new Blob(packed), sink);
  return { text, wrong: failure?.code ?? null };
}

const gzip = (text: string) => new Uint8Array(gzipSync(Buffer.from(text, 'latin1')));
/** What deflate makes no shorter: a congruential generator's high bits. */
function noise(length: number): string {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(state >>> 24);
  };
  return Array.from({ length }, next).join('');
}

describe('a gzip file of several members', () => {
  it('is unpacked whole, whatever the pieces that it is read in', async () => {
    const parts = [noise(100_000), '', 'b', noise(70_001), noise(32_768)];
    expect(await unpack(parts.map(gzip))).toEqual({ text: parts.join(''), wrong: null });
    const many = Array.from({ length: 3000 }, (_, i) => `${i}\n`);
    expect(await unpack(many.map(gzip))).toEqual({ text: many.join(''), wrong: null });
  });

  it.each([
    ['first', 0, -8],
    ['middle', 1, -5],
    ['last', 2, -6],
  ])('is refused where the checksum of the %s is not that of what it holds', async (_, which, byte) => {
    const parts = ['a'.repeat(5000), noise(40_000), 'c'].map(gzip);
    const part = parts[which];
    part[part.length + byte] ^= 1;
    expect(await unpack(parts)).toMatchObject({ wrong: 'corrupt' });
  });

  it('is refused where one declares another size', async () => {
    const parts = [gzip('aaaa'), gzip('bbbb')];
    parts[0][parts[0].length - 4] ^= 1;
    expect(await unpack(parts)).toMatchObject({ wrong: 'corrupt' });
  });

  it('gives what is whole before it is cut off', async () => {
    const parts = [gzip('a'.repeat(50)), gzip(noise(50_000)).subarray(0, 20_000)];
    const { text, wrong } = await unpack(parts);
    expect(wrong).toBe('corrupt');
    expect(text.startsWith('a'.repeat(50) + noise(10_000))).toBe(true);
  });
});
