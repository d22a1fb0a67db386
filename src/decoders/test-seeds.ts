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
  drawWebp,
  exifSegment,
  fullBox,
  gradient,
  hollowJpeg,
  iconBitmap,
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
};
