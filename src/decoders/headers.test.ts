import { describe, expect, test } from 'vitest';
import { crc32 } from '../base/crc32';
import type { Outcome } from '../core/failure';
import type { Header } from '../core/image';
import { avif } from './avif';
import { bmp } from './bmp';
import { gif } from './gif';
import { ico } from './ico';
import { png } from './png';
import {
  ascii,
  be32,
  box,
  drawAvif,
  drawBmp,
  drawGif,
  drawIco,
  drawPng,
  drawWebp,
  fullBox,
  gradient,
  iconBitmap,
  join,
  le16,
  orientationBlock,
  pngChunk,
} from './test-files';
import { webp } from './webp';

const value = (outcome: Outcome<Header>): Header => {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
};
const code = (outcome: Outcome<unknown> | null) =>
  outcome === null || outcome.ok ? null : outcome.failure.code;
const cut = (bytes: Uint8Array, by = 1) => bytes.subarray(0, bytes.length - by);

describe('PNG', () => {
  const drawn = drawPng(gradient(5, 3));

  test('reads size, mode, EXIF and animation from the chunks', () => {
    const file = drawPng(
      gradient(5, 3),
      pngChunk('eXIf', orientationBlock(3)),
      pngChunk('acTL', Uint8Array.from([...be32(4), ...be32(0)])),
      ...Array.from({ length: 4 }, () => pngChunk('fcTL', new Uint8Array(26))),
    );
    expect(value(png.readHeader(file))).toMatchObject({
      size: { width: 5, height: 3 },
      mode: 'RGB',
      alpha: false,
      orientation: 3,
      frames: 4,
    });
    expect(png.findDamage(file)).toBeNull();
  });

  test('checks critical chunks and leaves the others', () => {
    for (const at of [16, 45]) {
      const wrong = drawn.slice();
      wrong[at + 4] ^= 1;
      expect(code(png.findDamage(wrong))).toBe('corrupt');
    }
    const comment = pngChunk('tEXt', Uint8Array.from(ascii('Title\0x')));
    comment[comment.length - 1] ^= 1;
    expect(png.findDamage(drawPng(gradient(5, 3), comment))).toBeNull();
  });

  test('tells cut off from contradictory', () => {
    for (const by of [1, 4, 12, 20]) expect(code(png.findDamage(cut(drawn, by)))).toBe('truncated');
    expect(code(png.readHeader(cut(drawn, drawn.length - 20)))).toBe('truncated');
    const zero = drawn.slice();
    zero.fill(0, 16, 20);
    expect(code(png.readHeader(zero))).toBe('corrupt');
    const depth = drawn.slice();
    depth[24] = 3;
    expect(code(png.readHeader(depth))).toBe('corrupt');
  });

  test('knows the check value of CRC-32', () => {
    expect(crc32(Uint8Array.from(ascii('123456789')), 0, 9)).toBe(0xcbf43926);
    expect(crc32(Uint8Array.from(ascii('__123456789_')), 2, 11)).toBe(0xcbf43926);
  });
});

describe('WebP', () => {
  const lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, ...le16(300), ...le16(200), 0];

  test('reads the three kinds of first chunk', () => {
    expect(value(webp.readHeader(drawWebp({ name: 'VP8 ', data: lossy })))).toMatchObject({
      size: { width: 300, height: 200 },
      mode: 'RGB',
      alpha: false,
    });
    const bits = 299 | (199 << 14) | (1 << 28);
    const lossless = [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >>> 24, 0, 0, 0, 0, 0];
    expect(value(webp.readHeader(drawWebp({ name: 'VP8L', data: lossless })))).toMatchObject({
      size: { width: 300, height: 200 },
      mode: 'RGBA',
      alpha: true,
    });
    const extended = [0x28, 0, 0, 0, ...le16(299), 0, ...le16(199), 0];
    const file = drawWebp(
      { name: 'VP8X', data: extended },
      { name: 'ICCP', data: [1, 2, 3] },
      { name: 'VP8 ', data: lossy },
      { name: 'EXIF', data: [...ascii('Exif\0\0'), ...orientationBlock(5, true)] },
    );
    expect(value(webp.readHeader(file))).toMatchObject({
      size: { width: 300, height: 200 },
      mode: 'RGB',
      orientation: 5,
      profile: true,
    });
    expect(webp.findDamage(file)).toBeNull();
  });

  test('tells cut off from contradictory', () => {
    const file = drawWebp({ name: 'VP8 ', data: lossy });
    expect(code(webp.findDamage(cut(file)))).toBe('truncated');
    expect(code(webp.readHeader(file.subarray(0, 20)))).toBe('truncated');
    expect(code(webp.readHeader(drawWebp({ name: 'JUNK', data: lossy })))).toBe('corrupt');
    expect(code(webp.findDamage(drawWebp({ name: 'ICCP', data: lossy })))).toBe('corrupt');
  });
});

describe('GIF', () => {
  const file = drawGif(gradient(4, 4));

  test('reads the blocks', () => {
    expect(value(gif.readHeader(file))).toMatchObject({
      size: { width: 4, height: 4 },
      mode: 'P',
      frames: 1,
      alpha: false,
    });
    expect(gif.findDamage(file)).toBeNull();
    expect(value(gif.readHeader(file)).xmp).toBeNull();
    expect(gif.findDamage(drawGif(gradient(4, 4), false))).toBeNull(); // all blocks are there
  });

  test('has an XMP packet, bare or in blocks, before its picture or behind it', () => {
    const packet = `<x:xmpmeta>${'person '.repeat(60)}</x:xmpmeta>`;
    const head = [0x21, 0xff, 11, ...ascii('XMP DataXMP')];
    const trailer = [1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0];
    const bare = [...head, ...ascii(packet), ...trailer];
    const parts = packet.match(/.{1,200}/g) ?? [];
    const blocks = [...head, ...parts.flatMap((part) => [part.length, ...ascii(part)]), 0];
    for (const extension of [bare, blocks]) {
      for (const at of [25, file.length - 1]) {
        const tagged = join(file.subarray(0, at), extension, file.subarray(at));
        const header = value(gif.readHeader(tagged));
        expect(header).toMatchObject({ frames: 1, orientation: 1 });
        expect(new TextDecoder().decode(header.xmp ?? undefined)).toBe(packet);
        expect(gif.findDamage(tagged)).toBeNull();
      }
    }
  });

  test('tells cut off from contradictory', () => {
    expect(code(gif.findDamage(cut(file, 4)))).toBe('truncated');
    expect(code(gif.readHeader(file.subarray(0, 10)))).toBe('truncated');
    const flat = file.slice();
    flat.fill(0, 25 + 5, 25 + 7); // the frame's width
    expect(code(gif.readHeader(flat))).toBe('corrupt');
  });
});

describe('BMP', () => {
  test('reads the headers', () => {
    expect(value(bmp.readHeader(drawBmp(gradient(5, 3))))).toMatchObject({
      size: { width: 5, height: 3 },
      mode: 'RGB',
      alpha: false,
    });
    expect(value(bmp.readHeader(drawBmp(gradient(5, 3), 32)))).toMatchObject({ mode: 'RGBA', alpha: true });
    expect(bmp.findDamage(drawBmp(gradient(5, 3)))).toBeNull();
  });

  test('tells cut off from contradictory', () => {
    const file = drawBmp(gradient(5, 3));
    expect(bmp.findDamage(cut(file))).toBeNull(); // the last row's padding
    expect(code(bmp.findDamage(cut(file, 2)))).toBe('truncated');
    expect(code(bmp.readHeader(file.subarray(0, 20)))).toBe('truncated');
    for (const [at, byte, wanted] of [
      [14, 7, 'corrupt'],
      [21, 0x80, 'corrupt'],
      [28, 5, 'corrupt'],
      [30, 5, 'unsupported'],
    ] as const) {
      const wrong = file.slice();
      wrong[at] = byte;
      expect(code(bmp.readHeader(wrong))).toBe(wanted);
    }
  });

  test('follows run-length data to the last pixel', () => {
    const rle = (...codes: readonly number[]) => {
      const file = join(
        drawBmp({ width: 4, height: 2, rgba: [] }).subarray(0, 54),
        new Uint8Array(1024),
        codes,
      );
      file[28] = 8;
      file[30] = 1;
      new DataView(file.buffer).setUint32(10, 54 + 1024, true);
      return file;
    };
    expect(bmp.findDamage(rle(4, 7, 0, 0, 4, 7, 0, 1))).toBeNull();
    expect(bmp.findDamage(rle(0, 4, 1, 2, 3, 4, 0, 0, 4, 7, 0, 0, 0, 1))).toBeNull(); // four literal pixels
    expect(bmp.findDamage(rle(0, 2, 0, 1, 4, 7))).toBeNull(); // one row down, no end code
    expect(code(bmp.findDamage(rle(4, 7, 0, 0, 0, 1)))).toBe('truncated'); // the end, a row early
    expect(code(bmp.findDamage(rle(4, 7, 0, 0)))).toBe('truncated');
  });
});

describe('ICO', () => {
  const small = { side: 2, data: drawPng(gradient(2, 2)) };
  const large = { side: 4, data: iconBitmap(gradient(4, 4)) };

  test('reads the largest entry, wherever it stands', () => {
    for (const file of [drawIco(small, large), drawIco(large, small)]) {
      expect(value(ico.readHeader(file))).toMatchObject({
        size: { width: 4, height: 4 },
        mode: 'RGBA',
        alpha: true,
      });
      expect(ico.findDamage(file)).toBeNull();
    }
    expect(value(ico.readHeader(drawIco(small))).size).toEqual({ width: 2, height: 2 });
  });

  test('tells cut off from contradictory', () => {
    expect(code(ico.findDamage(cut(drawIco(small, large))))).toBe('truncated');
    expect(code(ico.readHeader(drawIco(large).subarray(0, 20)))).toBe('truncated');
    expect(code(ico.readHeader(drawIco()))).toBe('corrupt');
  });
});

describe('AVIF', () => {
  const ispe = fullBox('ispe', be32(64), be32(48));

  test('reads size, depth, alpha and rotation of the primary item', () => {
    const file = drawAvif([ispe, box('av1C', [0x81, 0, 0x40, 0]), box('irot', [1]), box('imir', [1])]);
    expect(value(avif.readHeader(file))).toMatchObject({
      size: { width: 64, height: 48 },
      mode: 'RGB;10',
      orientation: 7,
    });
    expect(avif.findDamage(file)).toBeNull();
    const alpha = fullBox('auxC', ascii('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0'));
    expect(value(avif.readHeader(drawAvif([ispe, alpha])))).toMatchObject({
      mode: 'RGBA',
      alpha: true,
      orientation: 1,
    });
    expect(value(avif.readHeader(drawAvif([ispe, box('colr', ascii('prof'), [1])]))).profile).toBe(true);
  });

  test.each([
    [0, null, 1],
    [1, null, 8],
    [2, null, 3],
    [3, null, 6],
    [null, 0, 4],
    [null, 1, 2],
    [1, 0, 5],
    [3, 1, 5],
    [3, 0, 7],
    [2, 1, 4],
  ])('calls rotation %s with mirror %s orientation %i', (rotation, mirror, orientation) => {
    const turns = [
      ...(rotation === null ? [] : [box('irot', [rotation])]),
      ...(mirror === null ? [] : [box('imir', [mirror])]),
    ];
    expect(value(avif.readHeader(drawAvif([ispe, ...turns]))).orientation).toBe(orientation);
  });

  test('tells cut off from contradictory', () => {
    expect(code(avif.findDamage(cut(drawAvif([ispe]))))).toBe('truncated');
    expect(code(avif.findDamage(drawAvif([ispe], 9)))).toBe('truncated');
    expect(code(avif.readHeader(drawAvif([ispe]).subarray(0, 60)))).toBe('truncated');
    expect(code(avif.readHeader(drawAvif([])))).toBe('corrupt');
  });
});
