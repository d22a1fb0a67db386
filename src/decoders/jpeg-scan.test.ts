import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import { jpeg } from './jpeg';
import { coverage } from './jpeg-scan';
import { findMetadataBomb } from './metadata-bomb';
import { cutInside, endChunk, mend } from './png-mend';
import { ascii, be16, drawPng, gradient, join, jpegSegment, pngChunk } from './test-files';

/**
 * A grey or 4:2:0 JPEG whose blocks have no coefficients: code 0 is "no difference" for DC and "end of block" for AC, so a block
 * is two bits. `blocks` of them are there, of as many as the size asks for.
 */
function flatJpeg(
  { width = 64, height = 40, components = 1, interval = 0, progressive = false },
  blocks: number,
): Uint8Array<ArrayBuffer> {
  const ids = Array.from({ length: components }, (_, i) => i + 1);
  const sampling = (id: number) => (components > 1 && id === 1 ? 0x22 : 0x11);
  const table = (kind: number) => jpegSegment(0xc4, [kind, 1, ...new Array(15).fill(0), 0]);
  const bitsOfBlock = progressive ? 1 : 2;
  const perUnit = components > 1 ? 6 : 1;
  const data: number[] = [];
  for (let from = 0, turn = 0; from < blocks; turn++) {
    const until = interval > 0 ? Math.min(blocks, from + interval * perUnit) : blocks;
    const bits = (until - from) * bitsOfBlock;
    // Padding is of ones, as encoders do it.
    for (let bit = 0; bit < bits; bit += 8) data.push(bits - bit >= 8 ? 0 : 0xff >> (bits - bit));
    if (until < blocks) data.push(0xff, 0xd0 + (turn & 7));
    from = until;
  }
  return join(
    [0xff, 0xd8],
    jpegSegment(0xdb, [0, ...new Array(64).fill(1)]),
    jpegSegment(progressive ? 0xc2 : 0xc0, [
      8, ...be16(height), ...be16(width), components, ...ids.flatMap((id) => [id, sampling(id), 0]),
    ]), // biome-ignore format: fields
    table(0x00),
    table(0x10),
    ...(interval > 0 ? [jpegSegment(0xdd, be16(interval))] : []),
    jpegSegment(0xda, [components, ...ids.flatMap((id) => [id, 0]), 0, progressive ? 0 : 63, 0]),
    data,
    [0xff, 0xd9],
  );
}

describe('blocks of a JPEG', () => {
  test.each<readonly [Parameters<typeof flatJpeg>[0], number]>([
    [{}, 40],
    [{ width: 57, height: 33 }, 40],
    [{ components: 3 }, 12 * 6],
    [{ interval: 3 }, 40],
    [{ components: 3, interval: 1 }, 12 * 6],
    [{ progressive: true }, 40],
  ])('%o: all, or as many as there are', (shape, blocks) => {
    const units = blocks / (shape.components === 3 ? 6 : 1);
    expect(coverage(flatJpeg(shape, blocks))).toEqual({ expected: units, found: units });
    const short = coverage(flatJpeg(shape, blocks >> 1));
    expect(short?.expected).toBe(units);
    // Padding may pass for a block or two, as it does for a decoder.
    expect(Math.abs((short?.found ?? 0) - (units >> 1))).toBeLessThanOrEqual(3);
  });

  test('restart markers that are out of turn are looked into', () => {
    const whole = flatJpeg({ interval: 3 }, 40);
    expect(jpeg.findDamage(whole)).toBeNull();
    const wrong = whole.slice();
    wrong[wrong.findIndex((byte, i) => byte === 0xff && wrong[i + 1] === 0xd2) + 1] = 0xd5;
    expect(jpeg.findDamage(wrong)).toMatchObject({
      failure: { code: 'truncated', message: expect.stringContaining('% of its blocks') },
    });
  });

  test('any bytes are counted without an error, and never beyond what is expected', () => {
    const seeds = [flatJpeg({ components: 3, interval: 2 }, 72), flatJpeg({ progressive: true }, 40)];
    for (let key = 0; key < 3000; key++) {
      const draw = random('jpeg scan', key);
      const bytes = seeds[key & 1].slice(0, 20 + Math.floor(draw.next() * 400));
      for (let i = 0; i < 3; i++)
        bytes[Math.floor(draw.next() * bytes.length)] = Math.floor(draw.next() * 256);
      const covered = coverage(bytes);
      if (covered !== null) expect(covered.found).toBeLessThanOrEqual(covered.expected);
    }
  });
});

describe('a mended PNG', () => {
  test('is a sound one again when its checksums were wrong, and keeps what it was cut in', () => {
    const whole = drawPng(gradient(5, 4), pngChunk('tEXt', Uint8Array.from(ascii('a\0b'))));
    const spoilt = whole.slice();
    spoilt[spoilt.length - 13] ^= 255;
    expect(join(mend(spoilt), endChunk)).toEqual(whole);
    const cut = whole.slice(0, whole.length - 30);
    expect([cutInside(whole), cutInside(cut)]).toEqual([false, true]);
    expect(mend(cut)).toEqual(cut);
  });

  test('any bytes are mended and searched without an error', async () => {
    const seed = drawPng(
      gradient(5, 4),
      pngChunk('iCCP', new Uint8Array(300)),
      pngChunk('iTXt', new Uint8Array(90)),
    );
    for (let key = 0; key < 1000; key++) {
      const draw = random('png mend', key);
      const bytes = seed.slice(0, 8 + Math.floor(draw.next() * seed.length));
      for (let i = 0; i < 3; i++)
        bytes[Math.floor(draw.next() * bytes.length)] = Math.floor(draw.next() * 256);
      expect(mend(bytes).length).toBeLessThanOrEqual(bytes.length + 4);
      expect(await findMetadataBomb(bytes, 1000)).toBeNull();
    }
  });
});
