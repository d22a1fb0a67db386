import { expect, test } from 'vitest';
import type { DecodeRequest } from '../core/plugin';
import { decoders } from './index';
import { orientedSize } from './orient';
import { ascii, gradient, join } from './test-files';
import { spoil } from './test-spoil';
import { drawDds, drawHdr, drawPsd, drawQoi, drawTga, psdResource } from './test-stills';

/** Files of the decoders of our own that need no browser: their pixels are fuzzed, not their headers alone. */
const seeds: Readonly<Record<string, Uint8Array>> = {
  tga: drawTga(gradient(9, 5), { map: true, runs: true, bits: 32 }),
  qoi: drawQoi(gradient(9, 5, (i) => i * 5)),
  pnm: join(ascii('P3 # three\n3 2\n255\n'), ascii('1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n')),
  hdr: drawHdr(10, 3, Array(120).fill(130), true),
  dds: drawDds(8, 6, 'DXT5', Array(64).fill(0x5a)),
  psd: drawPsd(
    6,
    4,
    [0, 1, 2, 3].map((band) => Array(24).fill(band)),
    {
      packed: true,
      layerCount: -1,
      resources: psdResource(1039, [1, 2, 3]),
    },
  ),
};

test.each(decoders.filter(({ id }) => id in seeds).map((decoder) => [decoder.id, decoder] as const))(
  '%s: pixels are drawn whole, or a failure tells why',
  async (id, decoder) => {
    let [slowestMs, recovered] = [0, 0];
    for (let key = 0; key < 3000; key++) {
      const bytes = spoil(seeds[id], seeds.qoi, key);
      const header = decoder.readHeader(bytes);
      // As in a run, where a limit stands before the decoder.
      if (!header.ok || header.value.size.width * header.value.size.height > 1e6) continue;
      const start = performance.now();
      const { orientation } = header.value;
      const request: DecodeRequest = {
        reduction: 1,
        orientation,
        wanted: null,
        frames: [0],
        deep: key % 2 === 0,
        range: 'type',
        colour: 'srgb',
        maxMetadataBytes: 1e6,
      };
      const outcomes = [
        await decoder.decode(bytes, header.value, request),
        await decoder.recover?.(bytes, header.value, request),
      ];
      slowestMs = Math.max(slowestMs, performance.now() - start);
      for (const [i, outcome] of outcomes.entries()) {
        if (!outcome?.ok) {
          expect(outcome?.failure.message).toMatch(/\.$/);
          continue;
        }
        if (i === 1 && (!outcomes[0]?.ok || decoder.findDamage(bytes) !== null)) recovered++;
        const [{ raster }] = outcome.value;
        const { width, height } = orientedSize(header.value.size, orientation);
        expect([raster.width, raster.height]).toEqual([width, height]);
        expect(raster.data.length).toBe(width * height * raster.channels);
      }
    }
    expect(recovered).toBeGreaterThan(20);
    expect(slowestMs).toBeLessThan(2000);
  },
  30_000,
);
