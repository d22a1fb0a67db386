import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import { sniff } from '../core/sniff';
import { carriedExif } from './exif-block';
import { decoders } from './index';
import { iptcOfPhotoshop } from './iptc';
import { jpeg } from './jpeg';
import { readMetadata } from './metadata';
import { readOrientation } from './orientation';
import { png } from './png';
import {
  ascii,
  asciiTag,
  be16,
  be32,
  box,
  drawAvif,
  drawBmp,
  drawExif,
  drawGif,
  drawIco,
  drawIptc,
  drawPhotoshop,
  drawPng,
  drawWebp,
  drawXmp,
  exifSegment,
  fullBox,
  gradient,
  hollowJpeg,
  iconBitmap,
  join,
  jpegSegment,
  orientationBlock,
  pngChunk,
  ratioTag,
  zlibStored,
} from './test-files';
import { tiffMetadataBlocks } from './tiff-metadata';

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

  test('metadata never throws and never lingers, nor does what is carried on break', async () => {
    const tags = [
      asciiTag(0x010f, 'Canon\0'),
      asciiTag(0x013b, 'Ada\0'),
      asciiTag(0x0132, '2008:05:30 15:56:01\0'),
    ];
    const note = [...be16(1), ...be16(0x0096), ...be16(2), ...be32(9), ...be32(8)];
    const exif = drawExif(
      tags,
      [ratioTag(0x829d, 28, 10), { tag: 0x927c, type: 7, count: note.length, value: note }],
      [
        asciiTag(1, 'N\0'),
        ratioTag(2, 10, 1, 0, 1, 0, 1),
        asciiTag(3, 'E\0'),
        ratioTag(4, 11, 1, 0, 1, 0, 1),
      ],
    );
    const xmp = drawXmp(
      `<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
        tiff:Orientation="6"><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">&amp;</rdf:li></rdf:Alt></dc:rights></rdf:Description>`,
    );
    const photoshop = drawPhotoshop(drawIptc([[80, ascii('Ada')], [120, ascii('caption')]])); // biome-ignore format: pairs
    const files = [
      hollowJpeg(20, 10, {
        extra: [exifSegment(exif), jpegSegment(0xed, join(ascii('Photoshop 3.0\0'), photoshop))],
      }),
      drawPng(
        gradient(2, 2),
        pngChunk('zTXt', join(ascii('Raw profile type exif\0\0'), zlibStored(ascii(`\nexif\n 4\n4d4d002a`)))),
      ),
    ];
    const wish = { values: true, gps: true, personal: true };
    let [read, slowestMs] = [0, 0];
    for (let key = 0; key < 1500; key++) {
      const start = performance.now();
      const iptc = iptcOfPhotoshop(spoil(photoshop, key));
      const block = spoil(exif, key);
      const { metadata } = await readMetadata({ exif: block, xmp: spoil(xmp, key), iptc }, wish);
      if (metadata !== null) read++;
      const carried = carriedExif(block);
      if (carried !== null) expect(readOrientation(carried)).toBe(1);
      await readMetadata(tiffMetadataBlocks(block), wish);
      readOrientation(block, spoil(xmp, key));
      for (const [i, decoder] of [jpeg, png].entries()) {
        const header = decoder.readHeader(spoil(files[i], key));
        if (header.ok) await readMetadata(header.value, wish);
      }
      slowestMs = Math.max(slowestMs, performance.now() - start);
    }
    expect(read).toBeGreaterThan(1000);
    expect(slowestMs).toBeLessThan(1000);
  }, 60_000);
});
