import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import { sniff } from '../core/sniff';
import { readExif } from './exif';
import { decoders } from './index';
import { readOrientation } from './orientation';
import {
  ascii,
  be32,
  box,
  drawAvif,
  drawBmp,
  drawGif,
  drawIco,
  drawPng,
  drawTiff,
  drawWebp,
  exifSegment,
  fullBox,
  gradient,
  hollowJpeg,
  hollowJxl,
  iconBitmap,
  join,
  orientationBlock,
} from './test-files';

const seeds: Readonly<Record<string, Uint8Array>> = {
  jpeg: hollowJpeg(20, 10, { extra: [exifSegment(orientationBlock(6))] }),
  png: drawPng(gradient(6, 4)),
  webp: drawWebp(
    { name: 'VP8 ', data: [0, 0, 0, 0x9d, 1, 0x2a, 20, 0, 10, 0, 0] },
    { name: 'EXIF', data: orientationBlock(3) },
  ),
  gif: drawGif(gradient(5, 5)),
  bmp: drawBmp(gradient(5, 3), 32),
  ico: drawIco({ side: 4, data: iconBitmap(gradient(4, 4)) }, { side: 2, data: drawPng(gradient(2, 2)) }),
  avif: drawAvif([
    fullBox('ispe', be32(64), be32(48)),
    box('av1C', [0x81, 0, 0x40, 0]),
    box('clap', [40, 1, 30, 1, 0, 1, 0, 1].flatMap(be32)),
    box('irot', [1]),
    box('imir', [1]),
    box('colr', ascii('prof'), [1]),
  ]),
  tiff: drawTiff(gradient(5, 4), {
    tags: [
      [274, 6],
      [338, 2],
      [339, 1, 1, 1],
    ],
  }),
  bigtiff: drawTiff(gradient(5, 4), { little: false, big: true, tags: [[274, 8]] }),
  svg: Uint8Array.from(
    ascii(
      '<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" width="3cm" height="50%" viewBox="0 0 30 40"><rect width="5" height="5"/></svg>',
    ),
  ),
  jxl: join(
    box('JXL ', [0x0d, 0x0a, 0x87, 0x0a]),
    box('ftyp', ascii('jxl '), be32(0), ascii('jxl ')),
    box('Exif', be32(0), orientationBlock(6)),
    box('jxlp', be32(0), hollowJxl()),
  ),
};

/** Changes, cuts, repeats or inserts a few bytes. */
function spoil(bytes: Uint8Array, key: number): Uint8Array {
  const draw = random('decoders fuzz', key);
  const result = [...bytes];
  for (let change = 1 + Math.floor(draw.next() * 4); change > 0; change--) {
    const at = Math.floor(draw.next() * result.length);
    const what = draw.next();
    if (what < 0.5)
      result[at] = [0, 1, 0x7f, 0x80, 0xff, Math.floor(draw.next() * 256)][Math.floor(draw.next() * 6)];
    else if (what < 0.7) result.fill(0xff, at, at + 4);
    else if (what < 0.8) result.length = at + 1;
    else if (what < 0.9) result.splice(at, 0, ...result.slice(at, at + 8));
    else result.splice(at, 1 + Math.floor(draw.next() * 8));
  }
  return Uint8Array.from(result);
}

describe('spoilt files', () => {
  test.each(decoders.map((decoder) => [decoder.id, decoder] as const))(
    '%s never throws and never lingers',
    (id, decoder) => {
      const seed = seeds[id];
      expect(sniff(seed)).toBe(id);
      expect(decoder.readHeader(seed).ok).toBe(true);
      let [refused, slowestMs] = [0, 0];
      for (let key = 0; key < 4000; key++) {
        const bytes = spoil(seed, key);
        const start = performance.now();
        const header = decoder.readHeader(bytes);
        const damage = decoder.findDamage(bytes);
        slowestMs = Math.max(slowestMs, performance.now() - start);
        if (header.ok) {
          expect(header.value.size.width).toBeGreaterThan(0);
          expect(header.value.size.height).toBeGreaterThan(0);
          expect(header.value.orientation).toBeGreaterThanOrEqual(1);
          expect(header.value.orientation).toBeLessThanOrEqual(8);
        }
        if (!header.ok || damage !== null) refused++;
        sniff(bytes);
      }
      expect(refused).toBeGreaterThan(100);
      expect(slowestMs).toBeLessThan(500); // a loop by a count from a header would take far longer; a busy machine not
    },
  );

  test('EXIF blocks never throw', async () => {
    for (let key = 0; key < 1000; key++) {
      const block = spoil(orientationBlock(6), key);
      readOrientation(block);
      await readExif(block, true);
    }
  });
});
