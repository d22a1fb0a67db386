import { expect, test } from 'vitest';
import { carriedExif } from './exif-block';
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
  drawExif,
  drawIptc,
  drawPhotoshop,
  drawPng,
  drawXmp,
  exifSegment,
  gradient,
  hollowJpeg,
  join,
  jpegSegment,
  pngChunk,
  ratioTag,
  zlibStored,
} from './test-files';
import { spoil } from './test-spoil';
import { tiffMetadataBlocks } from './tiff-metadata';

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
    [asciiTag(1, 'N\0'), ratioTag(2, 10, 1, 0, 1, 0, 1), asciiTag(3, 'E\0'), ratioTag(4, 11, 1, 0, 1, 0, 1)],
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
    const iptc = iptcOfPhotoshop(spoil(photoshop, exif, key));
    const block = spoil(exif, photoshop, key);
    const { metadata } = await readMetadata({ exif: block, xmp: spoil(xmp, exif, key), iptc }, wish);
    if (metadata !== null) read++;
    const carried = carriedExif(block);
    if (carried !== null) expect(readOrientation(carried)).toBe(1);
    await readMetadata(tiffMetadataBlocks(block), wish);
    readOrientation(block, spoil(xmp, exif, key));
    for (const [i, decoder] of [jpeg, png].entries()) {
      const header = decoder.readHeader(spoil(files[i], exif, key));
      if (header.ok) await readMetadata(header.value, wish);
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  expect(read).toBeGreaterThan(1000);
  expect(slowestMs).toBeLessThan(1000);
}, 60_000);
