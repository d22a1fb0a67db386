import { describe, expect, test } from 'vitest';
import { sniff } from '../core/sniff';
import { dds } from './dds';
import { hdr } from './hdr';
import { icns } from './icns';
import { pnm } from './pnm';
import { qoi } from './qoi';
import { ascii, be16, gradient, join } from './test-files';
import { codeOf, failureOf, headerOf, pixelsOf } from './test-request';
import { drawDds, drawHdr, drawIcns, drawQoi, drawTga, samplesOf } from './test-stills';
import { tga } from './tga';

const opaque = gradient(7, 5);
const clear = gradient(7, 5, (i) => (i * 29) % 256);
const plain = { width: 40, height: 3, rgba: Array.from({ length: 480 }, (_, i) => [9, 99, 199, 255][i & 3]) };

describe('QOI', () => {
  test.each([
    ['opaque', opaque, 3],
    ['with alpha', clear, 4],
    ['of one colour', plain, 4],
  ] as const)('%s', async (_, drawing, channels) => {
    const bytes = drawQoi(drawing, channels);
    expect(headerOf(qoi, bytes).mode).toBe(channels === 3 ? 'RGB' : 'RGBA');
    expect([...(await pixelsOf(qoi, bytes)).data]).toEqual(drawing.rgba);
  });

  test('cut off', () => {
    expect(codeOf(qoi, drawQoi(clear).slice(0, -1))).toEqual('truncated');
    const huge = drawQoi(clear);
    huge.set([0, 0, 0x40, 0], 4);
    expect(codeOf(qoi, huge)).toEqual('truncated');
  });
});

describe('TGA', () => {
  test.each([
    ['24 bits', opaque, {}],
    ['32 bits', clear, { bits: 32 }],
    ['24 bits in runs', opaque, { runs: true }],
    ['32 bits in runs', plain, { bits: 32, runs: true }],
    ['a colour map', opaque, { map: true }],
    ['a colour map of 32 bits in runs', clear, { map: true, bits: 32, runs: true }],
  ] as const)('%s', async (_, drawing, options) => {
    const bytes = drawTga(drawing, options);
    expect(sniff(bytes)).toBe('tga');
    expect([...(await pixelsOf(tga, bytes)).data]).toEqual(drawing.rgba);
    expect(tga.findDamage(bytes)).toBeNull();
    expect(codeOf(tga, bytes.slice(0, -1))).toBe('truncated');
  });

  test.each([
    [0x00, 'from the bottom', (x: number, y: number) => [x, 4 - y]],
    [0x10, 'from the bottom right', (x: number, y: number) => [6 - x, 4 - y]],
    [0x30, 'from the right', (x: number, y: number) => [6 - x, y]],
  ] as const)('rows of descriptor %i run %s', async (descriptor, _, place) => {
    const { data } = await pixelsOf(tga, drawTga(opaque, { descriptor }));
    for (const [x, y] of [
      [0, 0],
      [6, 4],
      [2, 3],
    ]) {
      const [fromX, fromY] = place(x, y);
      const from = 4 * (fromY * 7 + fromX);
      const at = 4 * (y * 7 + x);
      expect([...data.slice(at, at + 4)]).toEqual(opaque.rgba.slice(from, from + 4));
    }
  });

  test('16 bits: 5 a channel, and one of alpha where the header tells of it', async () => {
    const bytes = drawTga(clear, { bits: 16, descriptor: 0x21 });
    const { data } = await pixelsOf(tga, bytes);
    const wanted = clear.rgba.map((value, i) =>
      i % 4 === 3 ? (value > 127 ? 255 : 0) : Math.trunc(((value >> 3) * 255) / 31),
    );
    expect([...data]).toEqual(wanted);
    expect(headerOf(tga, bytes).mode).toBe('RGBA');
    expect(headerOf(tga, drawTga(clear, { bits: 16 })).mode).toBe('RGB');
  });

  test('alpha that no pixel has was never filled', async () => {
    const none = gradient(3, 2, () => 0);
    const { data } = await pixelsOf(tga, drawTga(none, { bits: 32 }));
    expect([...data]).toEqual(gradient(3, 2).rgba);
  });
});

describe('PNM', () => {
  const text = (head: string, ...rest: readonly ArrayLike<number>[]) => join(ascii(head), ...rest);
  test.each<[string, Uint8Array, string, readonly number[]]>([
    ['P1', text('P1\n# a comment\n3 2\n101\n0 1 0\n'), '1', [0, 255, 0, 255, 0, 255]],
    ['P2', text('P2 3 1 # c\n4\n0 2\n4 '), 'L', [0, 128, 255]],
    ['P4', text('P4\n9 1\n', [0b10100000, 0b10000000]), '1', [0, 255, 0, 255, 255, 255, 255, 255, 0]],
    ['P5', text('P5 2 2 255\n', [1, 2, 3, 4]), 'L', [1, 2, 3, 4]],
    ['P5 of 16 bits', text('P5 2 1 65535\n', be16(257 * 7), be16(65535)), 'I;16', [7, 255]],
    [
      'PAM, black and white',
      text('P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n', [0, 1]),
      '1',
      [0, 255],
    ],
  ])('%s', async (_, bytes, mode, grey) => {
    expect(sniff(bytes)).toBe('pnm');
    expect(headerOf(pnm, bytes).mode).toBe(mode);
    const { data } = await pixelsOf(pnm, bytes);
    expect([...data]).toEqual(grey.flatMap((value) => [value, value, value, 255]));
    expect(pnm.findDamage(bytes)).toBeNull();
  });

  test.each<[string, Uint8Array, string, readonly number[]]>([
    ['P3', text('P3\n2 1\n255\n1 2 3 4 5 6'), 'RGB', [1, 2, 3, 255, 4, 5, 6, 255]],
    ['P6', text('P6 2 1 255\n', [1, 2, 3, 4, 5, 6]), 'RGB', [1, 2, 3, 255, 4, 5, 6, 255]],
    [
      'PAM with alpha',
      text('P7\nWIDTH 1\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nENDHDR\n', [1, 2, 3, 4, 5, 6, 7, 8]),
      'RGBA',
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [
      'PAM of grey and alpha',
      text('P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 65535\nENDHDR\n', be16(514), be16(257)),
      'LA;16',
      [2, 2, 2, 1],
    ],
  ])('%s', async (_, bytes, mode, rgba) => {
    expect(headerOf(pnm, bytes).mode).toBe(mode);
    expect([...(await pixelsOf(pnm, bytes)).data]).toEqual(rgba);
    expect(codeOf(pnm, bytes.slice(0, -2))).toBe('truncated');
  });

  test('what is deep is kept', async () => {
    const deep = await pixelsOf(pnm, text('P5 2 1 1023\n', be16(511), be16(1023)), { deep: true });
    expect(deep).toEqual({
      width: 2,
      height: 1,
      channels: 1,
      data: Float32Array.of((511 * 255) / 1023, 255),
    });
    const floats = new Uint8Array(Float32Array.of(0.25, -1, 2, 1).buffer);
    const pfm = text('Pf\n2 2\n-1.0\n', floats);
    expect(headerOf(pnm, pfm).mode).toBe('F');
    // The lower row comes first.
    expect((await pixelsOf(pnm, pfm, { deep: true })).data).toEqual(Float32Array.of(510, 255, 63.75, -255));
    expect([...(await pixelsOf(pnm, pfm)).data].filter((_, i) => i % 4 === 0)).toEqual([255, 255, 64, 0]);
    const big = text('PF\n1 1\n1.0\n', [0x3f, 0x80, 0, 0, 0, 0, 0, 0, 0x3e, 0x80, 0, 0]);
    expect((await pixelsOf(pnm, big, { deep: true })).data).toEqual(Float32Array.of(255, 0, 63.75));
  });

  test('bad headers are named', () => {
    expect(codeOf(pnm, text('P5 0 4 255\n'))).toBe('corrupt');
    expect(codeOf(pnm, text('P5 4 4 70000\n'))).toBe('corrupt');
    expect(codeOf(pnm, text('P5 4'))).toBe('truncated');
    expect(codeOf(pnm, text('P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n', [0, 0, 0, 0, 0]))).toBe(
      'unsupported',
    );
  });
});

describe('HDR', () => {
  const line = Array.from({ length: 10 }, (_, x) => [x * 20, 128, 255 - x, x < 2 ? 0 : 128]).flat();
  const rgbe = [...line, ...line];
  const light = rgbe.map((value, i) => value * (rgbe[i | 3] === 0 ? 0 : 255 / 256));
  const wanted = light.filter((_, i) => i % 4 < 3);

  test.each([true, false])('runs: %s', async (runs) => {
    const bytes = drawHdr(10, 2, rgbe, runs);
    expect(headerOf(hdr, bytes)).toMatchObject({
      mode: 'RGB;F',
      size: { width: 10, height: 2 },
      orientation: 1,
    });
    expect(await pixelsOf(hdr, bytes, { deep: true })).toEqual({
      width: 10,
      height: 2,
      channels: 3,
      data: Float32Array.from(wanted),
    });
    expect(codeOf(hdr, bytes.slice(0, -1)) ?? (await failureOf(hdr, bytes.slice(0, -1)))).toBe('truncated');
  });

  test('old runs repeat the last pixel, and what is brighter than 1 is clipped', async () => {
    const bytes = drawHdr(7, 1, [255, 0, 64, 130, 1, 1, 1, 6], false);
    const { data } = await pixelsOf(hdr, bytes);
    expect([...data]).toEqual(Array(7).fill([255, 0, 255, 255]).flat());
    expect((await pixelsOf(hdr, bytes, { deep: true })).data.slice(0, 3)).toEqual(
      Float32Array.of((255 * 1020) / 256, 0, 255),
    );
  });

  test('the order of lines is an orientation', () => {
    const of = (resolution: string) =>
      headerOf(hdr, drawHdr(2, 2, Array(16).fill(128), false, resolution)).orientation;
    expect(['-Y 2 +X 2', '+Y 2 +X 2', '+X 2 -Y 2', '-X 2 -Y 2', '+X 2 +Y 2'].map(of)).toEqual([
      1, 4, 5, 6, 8,
    ]);
  });
});

describe('DDS', () => {
  test('masks', async () => {
    const bgra = { bits: 32, masks: [0xff0000, 0xff00, 0xff, 0xff000000], flags: 0x41 };
    const bytes = drawDds(7, 5, bgra, samplesOf(clear, [2, 1, 0, 3]));
    expect([...(await pixelsOf(dds, bytes)).data]).toEqual(clear.rgba);
    expect(codeOf(dds, bytes.slice(0, -1))).toBe('truncated');
    const five = { bits: 16, masks: [0xf800, 0x7e0, 0x1f, 0], flags: 0x40 };
    expect([...(await pixelsOf(dds, drawDds(1, 1, five, [0xe0, 0x87]))).data]).toEqual([131, 255, 0, 255]);
    const grey = { bits: 8, masks: [0xff000000, 0xff000000, 0xff000000, 0], flags: 0x20000 };
    expect([...(await pixelsOf(dds, drawDds(1, 1, grey, [77]))).data]).toEqual([77, 77, 77, 255]);
  });

  test('blocks, whose edges hang over', async () => {
    // Red, green, one third of the way and two thirds, from the right of a row to its left.
    const colours = [0x00, 0xf8, 0xe0, 0x07, 0b11_10_01_00, 0, 0, 0];
    const row = [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [170, 85, 0, 255],
      [85, 170, 0, 255],
    ];
    const { data } = await pixelsOf(dds, drawDds(3, 1, 'DXT1', colours));
    expect([...data]).toEqual(row.slice(0, 3).flat());
    const three = [0xe0, 0x07, 0x00, 0xf8, 0b11_10_01_00, 0, 0, 0];
    expect([...(await pixelsOf(dds, drawDds(4, 1, 'DXT1', three))).data]).toEqual(
      [
        [0, 255, 0, 255],
        [255, 0, 0, 255],
        [127, 127, 0, 255],
        [0, 0, 0, 0],
      ].flat(),
    );
    const explicit = await pixelsOf(dds, drawDds(4, 1, 'DXT3', [0x10, 0xf8, 0, 0, 0, 0, 0, 0, ...colours]));
    expect([...explicit.data].filter((_, i) => i % 4 === 3)).toEqual([0, 17, 136, 255]);
    // 200 and 100 with six between: the first four indexes are 0, 1, 2, 7.
    const ramp = [200, 100, 0b10_001_000, 0b1110, 0, 0, 0, 0];
    const smooth = await pixelsOf(dds, drawDds(4, 1, 'DXT5', [...ramp, ...colours]));
    expect([...smooth.data].filter((_, i) => i % 4 === 3)).toEqual([200, 100, 185, 114]);
    const grey = await pixelsOf(dds, drawDds(4, 1, 'ATI1', ramp));
    expect([...grey.data].filter((_, i) => i % 4 === 1)).toEqual([200, 100, 185, 114]);
  });

  test('BC7 is refused by name', () => {
    const bytes = drawDds(4, 4, 'DX10', [98, 0, 0, 0, ...Array(32).fill(0)]);
    expect(dds.readHeader(bytes)).toMatchObject({
      failure: { code: 'unsupported', message: expect.stringContaining('BC7') },
    });
  });
});

describe('ICNS', () => {
  const side = 16;
  const channel = (value: number) => [
    127,
    ...Array(128).fill(value),
    130 + 120,
    value,
    0,
    value,
    0,
    value,
    0,
    value,
  ];

  test('24 bits and a mask; the largest is taken', async () => {
    // 128 literals, 125 of a run and three single ones are the 256 pixels.
    const data = [10, 20, 30].flatMap(channel);
    const mask = Array.from({ length: side * side }, (_, i) => i);
    const small = { type: 'is32', data };
    const icon = drawIcns(small, { type: 's8mk', data: mask });
    expect(headerOf(icns, icon)).toMatchObject({ mode: 'RGBA', size: { width: 16, height: 16 } });
    const { data: seen } = await pixelsOf(icns, icon);
    expect([...seen]).toEqual(mask.flatMap((alpha) => [10, 20, 30, alpha]));
    const argb = {
      type: 'ic05',
      data: [...ascii('ARGB'), ...[255, 1, 2, 3].flatMap((value) => Array(8).fill([253, value]).flat())],
    };
    expect(headerOf(icns, drawIcns(small, argb)).size.width).toBe(32);
  });

  test('what cannot be had is named', () => {
    expect(codeOf(icns, drawIcns({ type: 'icl8', data: [1, 2, 3] }))).toBe('unsupported');
    expect(codeOf(icns, drawIcns({ type: 'is32', data: [1, 2, 3] }).slice(0, -1))).toBe('truncated');
  });
});
