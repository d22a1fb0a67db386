import type { Decoder } from '../core/plugin';
import { avif } from './avif';
import { bmp } from './bmp';
import { cur } from './cur';
import { dds } from './dds';
import { gif } from './gif';
import { hdr } from './hdr';
import { heic } from './heic';
import { icns } from './icns';
import { ico } from './ico';
import { jp2 } from './jp2';
import { jpeg } from './jpeg';
import { jxl } from './jxl';
import { png } from './png';
import { pnm } from './pnm';
import { psd } from './psd';
import { qoi } from './qoi';
import { svg } from './svg';
import { tga } from './tga';
import { bigtiff, tiff } from './tiff';
import { webp } from './webp';

/** Every decoder. To add one, add its file and a line here. */
export const decoders: readonly Decoder[] = [
  jpeg,
  png,
  webp,
  gif,
  bmp,
  avif,
  ico,
  cur,
  tiff,
  bigtiff,
  jxl,
  svg,
  heic,
  jp2,
  tga,
  qoi,
  pnm,
  hdr,
  icns,
  dds,
  psd,
];
