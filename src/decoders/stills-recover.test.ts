import { describe, expect, test } from 'vitest';
import type { Decoder } from '../core/plugin';
import { dds } from './dds';
import { hdr } from './hdr';
import { pnm } from './pnm';
import { psd } from './psd';
import { qoi } from './qoi';
import { ascii, gradient, join } from './test-files';
import { headerOf, pixelsOf, requestFor } from './test-request';
import { drawDds, drawHdr, drawPsd, drawQoi, drawTga, samplesOf } from './test-stills';
import { tga } from './tga';

const opaque = gradient(7, 5);
const clear = gradient(7, 5, (i) => (i * 29) % 256);

describe('what is cut off is recovered by whole rows, and the rest is transparent', () => {
  const planes = [0, 1, 2].map((channel) => samplesOf(opaque, [channel]));
  const bgra = { bits: 32, masks: [0xff0000, 0xff00, 0xff, 0xff000000], flags: 0x41 };
  const lines = Array.from({ length: 200 }, (_, i) => (i % 4 === 3 ? 128 : i));
  const digits = ascii(`P3 2 5 255\n${Array.from({ length: 30 }, (_, i) => i + 100).join(' ')}\n`);
  const floats = Array.from({ length: 10 }, () => [0, 0, 0, 0x3f]).flat();
  test.each<[string, Decoder, Uint8Array, 'top' | 'bottom']>([
    ['QOI', qoi, drawQoi(clear), 'top'],
    ['TGA', tga, drawTga(opaque, { descriptor: 0x20 }), 'top'],
    ['TGA from the bottom', tga, drawTga(opaque, { descriptor: 0 }), 'bottom'],
    ['TGA in runs', tga, drawTga(opaque, { runs: true, descriptor: 0x20 }), 'top'],
    ['PNM', pnm, join(ascii('P6 7 5 255\n'), samplesOf(opaque, [0, 1, 2])), 'top'],
    [
      'PNM in words',
      pnm,
      join(
        ascii('P5 2 5 65535\n'),
        Array.from({ length: 20 }, (_, i) => i + 9),
      ),
      'top',
    ],
    ['PNM in text', pnm, join(digits), 'top'],
    ['PFM', pnm, join(ascii('Pf 2 5 -1.0\n'), floats), 'bottom'],
    ['HDR', hdr, drawHdr(10, 5, lines, true), 'top'],
    ['HDR without runs', hdr, drawHdr(7, 5, lines.slice(0, 140), false), 'top'],
    ['DDS', dds, drawDds(7, 5, bgra, samplesOf(opaque, [2, 1, 0, 3])), 'top'],
    ['DDS of blocks', dds, drawDds(4, 12, 'DXT5', Array(48).fill(0x5a)), 'top'],
    ['PSD', psd, drawPsd(7, 5, planes), 'top'],
    ['PSD, packed', psd, drawPsd(7, 5, planes, { packed: true }), 'top'],
  ])('%s', async (_, decoder, bytes, from) => {
    const header = headerOf(decoder, bytes);
    const whole = await pixelsOf(decoder, bytes);
    const { width, height } = whole;
    const seen = new Set<number>();
    for (let length = bytes.length; length > 0; length--) {
      const cut = bytes.slice(0, length);
      if (!decoder.readHeader(cut).ok) break;
      const recovered = await decoder.recover?.(cut, header, requestFor({ orientation: header.orientation }));
      if (!recovered?.ok) {
        expect(recovered?.failure.code).toBe('truncated');
        continue;
      }
      const [{ raster, alpha }] = recovered.value;
      expect(alpha).toBe(true);
      const rows = Array.from({ length: height }, (_, y) => {
        const row = raster.data.slice(4 * width * y, 4 * width * (y + 1));
        if (row.every((value) => value === 0)) return false;
        expect([...row]).toEqual([...whole.data.slice(4 * width * y, 4 * width * (y + 1))]);
        return true;
      });
      if (from === 'bottom') rows.reverse();
      const had = rows.filter(Boolean).length;
      expect(rows.indexOf(false) < 0 ? height : rows.indexOf(false)).toBe(had);
      seen.add(had);
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.has(height)).toBe(true);
  });
});
