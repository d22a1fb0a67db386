import { describe, expect, test } from 'vitest';
import { psd } from './psd';
import { gradient } from './test-files';
import { codeOf, headerOf, pixelsOf } from './test-request';
import { drawPsd, psdResource, samplesOf } from './test-stills';

const opaque = gradient(7, 5);
const clear = gradient(7, 5, (i) => (i * 29) % 256);

describe('PSD', () => {
  const planes = (channels: readonly number[], from = opaque) =>
    channels.map((channel) => samplesOf(from, [channel]));

  test.each([false, true])('RGB, packed: %s', async (packed) => {
    const bytes = drawPsd(7, 5, planes([0, 1, 2]), { packed });
    expect(headerOf(psd, bytes)).toMatchObject({ mode: 'RGB', alpha: false });
    expect([...(await pixelsOf(psd, bytes)).data]).toEqual(opaque.rgba);
    expect(codeOf(psd, bytes.slice(0, -1))).toBe('truncated');
    const big = drawPsd(7, 5, planes([0, 1, 2]), { packed, big: true });
    expect([...(await pixelsOf(psd, big)).data]).toEqual(opaque.rgba);
  });

  test('a fourth channel is opacity without layers, or where the layer count says so', async () => {
    const four = planes([0, 1, 2, 3], clear);
    const bytes = drawPsd(7, 5, four);
    expect(headerOf(psd, bytes)).toMatchObject({ mode: 'RGBA', alpha: true });
    expect([...(await pixelsOf(psd, bytes)).data]).toEqual(clear.rgba);
    const selection = drawPsd(7, 5, four, { layerCount: 1 });
    expect(headerOf(psd, selection)).toMatchObject({ mode: 'RGB', alpha: false });
    // Blended with white beside layers, which is undone: a grey of 127 under half opacity was black.
    const blended = drawPsd(1, 1, [[127], [127], [255], [128]], { layerCount: -1 });
    expect([...(await pixelsOf(psd, blended)).data]).toEqual([0, 0, 255, 128]);
  });

  test('grey, bitmap, indexed, duotone and CMYK', async () => {
    const grey = drawPsd(7, 5, planes([0]), { mode: 1 });
    expect([...(await pixelsOf(psd, grey)).data]).toEqual(
      opaque.rgba.map((_, i) => (i % 4 === 3 ? 255 : opaque.rgba[i & ~3])),
    );
    expect(headerOf(psd, drawPsd(7, 5, planes([0]), { mode: 8 })).mode).toBe('L');
    const bitmap = drawPsd(3, 1, [[0b10100000]], { mode: 0, bits: 1 });
    expect([...(await pixelsOf(psd, bitmap)).data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255]);
    const palette = Array.from({ length: 768 }, (_, i) => (i < 256 ? i : i < 512 ? 255 - (i - 256) : 7));
    const indexed = drawPsd(2, 1, [[1, 200]], { mode: 2, palette, resources: psdResource(1047, [0, 200]) });
    expect([...(await pixelsOf(psd, indexed)).data]).toEqual([1, 254, 7, 255, 200, 55, 7, 0]);
    // Stored as light: no ink but half black; Pillow's rule.
    const cmyk = drawPsd(1, 1, [[255], [255], [0], [128]], { mode: 4 });
    expect([...(await pixelsOf(psd, cmyk)).data]).toEqual([128, 128, 0, 255]);
  });

  test('16 and 32 bits are kept, and Lab becomes sRGB', async () => {
    const words = drawPsd(
      1,
      1,
      [
        [1, 0],
        [0xff, 0xff],
        [0, 0],
      ],
      { bits: 16 },
    );
    expect(headerOf(psd, words).mode).toBe('RGB;16');
    expect((await pixelsOf(psd, words, { deep: true })).data).toEqual(
      Float32Array.of((256 * 255) / 65535, 255, 0),
    );
    const floats = drawPsd(1, 1, [[0x3e, 0x80, 0, 0]], { mode: 1, bits: 32, packed: true });
    expect(headerOf(psd, floats).mode).toBe('F');
    expect((await pixelsOf(psd, floats, { deep: true })).data).toEqual(Float32Array.of(63.75));
    // sRGB's red in CIELab of D50 is 54.29, 80.81, 69.89 (brucelindbloom.com).
    const lab = drawPsd(1, 1, [[138], [209], [198]], { mode: 9 });
    const [red, green, blue] = (await pixelsOf(psd, lab)).data;
    expect(red).toBeGreaterThan(252);
    expect(green).toBeLessThan(12);
    expect(blue).toBeLessThan(8);
  });

  test('what cannot be had is named', () => {
    const one = [[0], [0], [0]];
    expect(codeOf(psd, drawPsd(1, 1, one, { mode: 7 }))).toBe('unsupported');
    expect(codeOf(psd, drawPsd(1, 1, one, { resources: psdResource(1057, [0, 0, 0, 1, 0, 0]) }))).toBe(
      'unsupported',
    );
    expect(codeOf(psd, drawPsd(1, 1, [[0]]))).toBe('corrupt');
    expect(codeOf(psd, drawPsd(1, 1, one).slice(0, 28))).toBe('truncated');
  });
});
