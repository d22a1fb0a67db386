import type { ImageFormat } from '../core/image';
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
  iconBitmap,
  join,
  le16,
  orientationBlock,
} from './test-files';

/** A small sound file of each format for the fuzz tests to damage. JPEG, WebP and AVIF have headers and no picture. */
export const drawnSeeds: Readonly<Partial<Record<ImageFormat, Uint8Array>>> = {
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
  cur: join([0, 0, 2], drawIco({ side: 4, data: iconBitmap(gradient(4, 4)) }).subarray(3)),
  tiff: drawTiff(gradient(5, 4), {
    tags: [
      [274, 6],
      [338, 2],
      [339, 1, 1, 1],
    ],
  }),
  bigtiff: drawTiff(gradient(5, 4), { little: false, big: true, tags: [[274, 8]] }),
  tga: join([0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0], le16(5), le16(2), [24, 0x20, 0x84, 9, 8, 7, 4], rows(15)),
  qoi: join(
    ascii('qoif'),
    [...be32(3), ...be32(2), 3, 0],
    [0xfe, 10, 20, 30, 0x6a, 0xa3, 0x77, 0xc1, 0x15],
    [0, 0, 0, 0, 0, 0, 0, 1],
  ),
  pnm: join(ascii('P6\n# drawn\n3 2\n255\n'), rows(18)),
  hdr: join(ascii('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 3\n'), rows(24)),
  icns: drawIcns(),
  dds: drawDds(),
  psd: drawPsd(),
  svg: Uint8Array.from(
    ascii(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect id="r" width="9" height="9" fill="#c24"/><use href="#r" x="9"/></svg>',
    ),
  ),
  // By cjxl 0.7, OpenJPEG 2.5 and x265: their arithmetic coding is nothing to draw by hand.
  jxl: decoded(
    '/wpBQEJxIQASiAIAgAFFzBQAABUqo4wbvJzr+fJDh8W0jesMbbVtYUmiyDg2SSdwSBKLwMbVYDAAAJg5YBmkVEiBPBiNYmyM' +
      'MTIySjEyxkjwyOCDU7GJ/fezQM/7IhfDwT5Stj/s+w+F3AEYCCo=',
  ),
  jp2: decoded(
    'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACAAAAAgAAwcHAAAAAAAPY29scgEA' +
      'AAAAABAAAAEpanAyY/9P/1EALwAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAAB' +
      'AAMEBAAB/1wADUBASEhQSEhQSEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAAqAAB' +
      '/5PH1AQF78fUBAXvw+cCCM/ACARPp+AEBE/H2gUfaBT8wIAEdwR3BzjH2gYADQIFo+0DAAs9hMfaDR9oLH4AwAdmkwgdfwdo' +
      '8ZSvBviqRcsvwfOFACIYgG/7oPnCgAN+aR/rx9ohH2iEPtEAFfiz84/oxFkNyp8GCsFCBxX4fS13Wo7OMK3LHCyU8d8V87WT' +
      'CNyif+FMQlBy2CKx/9k=',
  ),
  heic: decoded(
    'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA' +
      'AAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAAgACAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAOgACAAEA' +
      'AAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAA' +
      'AADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAe' +
      'ugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFluqumubgQEDAgAAAAwCAAAADAIQiAAEABkQBwXPBiQAAABRpc3BlAAAA' +
      'AAAAAEAAAABAAAAAFGlzcGUAAAAAAAAACAAAAAgAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QA' +
      'AAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAAEJtZGF0AAAANigBrwQSFs0k+UvGJX9IQy9wuXUQeRLyxts4rH2z50Dc9rZd' +
      'V09TrgtIuwNQgLzqPDbQt7Zs7w==',
  ),
};

/** Bytes that all differ. */
function rows(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => (i * 37 + 11) & 255);
}

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** An Apple icon with one entry: 32 x 32 as a PNG. */
function drawIcns(): Uint8Array {
  const png = drawPng(gradient(32, 32));
  return join(ascii('icns'), be32(png.length + 16), ascii('ic11'), be32(png.length + 8), png);
}

/** A DirectDraw surface of 4 x 4 pixels in one DXT1 block. */
function drawDds(): Uint8Array {
  const header = new Uint8Array(128);
  header.set(ascii('DDS '));
  const view = new DataView(header.buffer);
  const fields = [[4, 124], [8, 0x1007], [12, 4], [16, 4], [20, 8], [76, 32], [80, 4], [108, 0x1000]]; // biome-ignore format: offsets
  for (const [at, value] of fields) view.setUint32(at, value, true);
  header.set(ascii('DXT1'), 84);
  return join(header, [0x1f, 0xf8, 0xe0, 0x07, 0x1b, 0xe4, 0x1b, 0xe4]);
}

/** A Photoshop document of 3 x 2 RGB pixels, planes uncompressed, with no layers. */
function drawPsd(): Uint8Array {
  return join(
    [...ascii('8BPS'), 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, ...be32(2), ...be32(3), 0, 8, 0, 3],
    [...be32(0), ...be32(0), ...be32(0), 0, 0],
    rows(18),
  );
}
