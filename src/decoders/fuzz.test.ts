import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import { sniff } from '../core/sniff';
import { carriedExif } from './exif-block';
import { decoders } from './index';
import { iptcOfPhotoshop } from './iptc';
import { jpeg } from './jpeg';
import { readMetadata } from './metadata';
import { orientedSize } from './orient';
import { readOrientation } from './orientation';
import { png } from './png';
import {
  ascii,
  asciiTag,
  base64,
  be16,
  be32,
  box,
  drawAvif,
  drawBmp,
  drawExif,
  drawGif,
  drawHeic,
  drawIco,
  drawIptc,
  drawPhotoshop,
  drawPng,
  drawTiff,
  drawWebp,
  drawXmp,
  exifSegment,
  fullBox,
  gradient,
  hollowJpeg,
  hollowJxl,
  iconBitmap,
  join,
  jpegSegment,
  orientationBlock,
  pngChunk,
  ratioTag,
  zlibStored,
} from './test-files';
import { drawDds, drawHdr, drawIcns, drawPsd, drawQoi, drawTga, jp2Rgb, psdResource } from './test-stills';
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
  heic: drawHeic(box('irot', [1]), box('imir', [1])),
  cur: asCursor(
    drawIco({ side: 4, data: iconBitmap(gradient(4, 4)) }, { side: 2, data: drawPng(gradient(2, 2)) }),
  ),
  jp2: base64(jp2Rgb),
  tga: drawTga(gradient(9, 5), { map: true, runs: true, bits: 32 }),
  qoi: drawQoi(gradient(9, 5, (i) => i * 5)),
  pnm: join(ascii('P3 # three\n3 2\n255\n'), ascii('1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n')),
  hdr: drawHdr(10, 3, Array(120).fill(130), true),
  icns: drawIcns(
    { type: 'is32', data: Array(256 * 3).fill(9) },
    { type: 's8mk', data: Array(256).fill(255) },
    { type: 'ic04', data: [...ascii('ARGB'), ...Array(16).fill([253, 1]).flat()] },
    { type: 'icp4', data: drawPng(gradient(5, 5)) },
  ),
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

/** Decoders of our own that need no browser: their pixels are fuzzed as well. */
const inTypeScript: ReadonlySet<string> = new Set(['tga', 'qoi', 'pnm', 'hdr', 'dds', 'psd']);

function asCursor(icon: Uint8Array): Uint8Array {
  const cursor = icon.slice();
  cursor[2] = 2;
  return cursor;
}

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

  test.each(
    decoders.filter(({ id }) => inTypeScript.has(id)).map((decoder) => [decoder.id, decoder] as const),
  )(
    '%s: pixels are drawn whole, or a failure tells why',
    async (id, decoder) => {
      let slowestMs = 0;
      for (let key = 0; key < 3000; key++) {
        const bytes = spoil(seeds[id], key);
        const header = decoder.readHeader(bytes);
        // As in a run, where a limit stands before the decoder.
        if (!header.ok || header.value.size.width * header.value.size.height > 1e6) continue;
        const start = performance.now();
        const { orientation } = header.value;
        const outcome = await decoder.decode(bytes, header.value, {
          reduction: 1,
          orientation,
          wanted: null,
          frames: [0],
          deep: key % 2 === 0,
          range: 'type',
          colour: 'srgb',
          maxMetadataBytes: 1e6,
        });
        slowestMs = Math.max(slowestMs, performance.now() - start);
        if (!outcome.ok) {
          expect(outcome.failure.message).toMatch(/\.$/);
          continue;
        }
        const [{ raster }] = outcome.value;
        const { width, height } = orientedSize(header.value.size, orientation);
        expect([raster.width, raster.height]).toEqual([width, height]);
        expect(raster.data.length).toBe(width * height * raster.channels);
      }
      expect(slowestMs).toBeLessThan(2000);
    },
    30_000,
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
