import type { Decoder } from '../core/plugin';
import { avif } from './avif';
import { bmp } from './bmp';
import { gif } from './gif';
import { ico } from './ico';
import { jpeg } from './jpeg';
import { jxl } from './jxl';
import { png } from './png';
import { svg } from './svg';
import { bigtiff, tiff } from './tiff';
import { webp } from './webp';

/** Every decoder. To add one, add its file and a line here. */
export const decoders: readonly Decoder[] = [jpeg, png, webp, gif, bmp, avif, ico, tiff, bigtiff, jxl, svg];
