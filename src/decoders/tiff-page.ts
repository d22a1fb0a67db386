import type { Size, StoredMode } from '../core/image';
import type { Directory } from './tiff-chain';

/** Tags by their names in TIFF 6.0 and its technical notes. */
export const tags = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  subDirectories: 330,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  jpegStart: 513,
  jpegBytes: 514,
  jpegRestartInterval: 515,
  jpegQuantizations: 519,
  jpegDc: 520,
  jpegAc: 521,
  subsampling: 530,
  icc: 34675,
  dngVersion: 50706,
} as const;

/** What a directory says of its picture. */
export interface Page {
  readonly directory: Directory;
  readonly size: Size;
  /** Bits of a sample; the largest when they differ. */
  readonly bits: number;
  /** True when all samples have the same bits and format. */
  readonly uniform: boolean;
  /** 1 unsigned, 2 signed, 3 float, 4 untyped, 5 and 6 complex. */
  readonly sampleFormat: number;
  /** Samples a pixel, extra ones included. */
  readonly samples: number;
  /** Null when the tag is missing. */
  readonly photometric: number | null;
  readonly compression: number;
  readonly planar: boolean;
  readonly tiled: boolean;
  /** Position of the sample that is alpha, or null. */
  readonly alpha: number | null;
  /** True when colours are multiplied by alpha. */
  readonly premultiplied: boolean;
  /** Samples that are colour: 1 grey or an index, 3, 4 inks. */
  readonly colours: number;
  readonly mode: StoredMode;
  /** 1 to 8. */
  readonly orientation: number;
  readonly profile: boolean;
}

/** Photometric interpretations. */
export const photometrics = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  mask: 4,
  separated: 5,
  yCbCr: 6,
  cieLab: 8,
  iccLab: 9,
  ituLab: 10,
  logL: 32844,
  logLuv: 32845,
} as const;

/** Reads a page's tags; sides of 0 stand for missing ones. Nothing is checked here. */
export function readPage(directory: Directory): Page {
  const samples = directory.number(tags.samples) ?? 1;
  const bitsOf = directory.numbers(tags.bits, Math.min(samples, maxSamples));
  const formats = directory.numbers(tags.sampleFormat, Math.min(samples, maxSamples));
  const bits = bitsOf.length === 0 ? 1 : Math.max(...bitsOf);
  const sampleFormat = formats[0] ?? 1;
  const photometric = directory.number(tags.photometric);
  const compression = directory.number(tags.compression) ?? 1;
  const colours = Math.min(samples, coloursOf(photometric, samples));
  const missing = photometric === photometrics.rgb && samples === 4 && !directory.has(tags.extraSamples);
  const extra = missing ? [2] : directory.numbers(tags.extraSamples, Math.max(0, samples - colours));
  // Associated (1) or unassociated (2) alpha; what is unspecified (0) is no alpha, as Pillow has it;
  // a fourth sample of RGB of which nothing is said is one there.
  const place = extra.findIndex((kind) => kind === 1 || kind === 2);
  const alpha = place < 0 || samples === colours ? null : colours + place;
  const orientation = directory.number(tags.orientation) ?? 1;
  return {
    directory,
    size: { width: directory.number(tags.width) ?? 0, height: directory.number(tags.height) ?? 0 },
    bits,
    uniform: bitsOf.every((value) => value === bits) && formats.every((value) => value === sampleFormat),
    sampleFormat,
    samples,
    photometric,
    compression,
    planar: samples > 1 && directory.number(tags.planar) === 2,
    tiled: directory.has(tags.tileOffsets),
    alpha,
    premultiplied: alpha !== null && extra[place] === 1,
    colours,
    mode: modeOf(photometric, compression, bits, sampleFormat, alpha !== null),
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    profile: (directory.bytes(tags.icc)?.length ?? 0) > 128,
  };
}

/** Instruments store hundreds of bands; more than this is damage. */
export const maxSamples = 1024;

function coloursOf(photometric: number | null, samples: number): number {
  switch (photometric) {
    case photometrics.separated:
      return 4;
    case photometrics.rgb:
    case photometrics.yCbCr:
    case photometrics.cieLab:
    case photometrics.iccLab:
    case photometrics.ituLab:
    case photometrics.logLuv:
      return 3;
    case null:
      return samples >= 3 ? 3 : 1;
    default:
      return 1;
  }
}

/** Pillow's words; JPEG data is RGB there whatever it is inside. */
function modeOf(
  photometric: number | null,
  compression: number,
  bits: number,
  sampleFormat: number,
  alpha: boolean,
): StoredMode {
  const float = sampleFormat === 3;
  switch (photometric) {
    case photometrics.palette:
      return alpha ? 'PA' : 'P';
    case photometrics.separated:
      return bits > 8 ? 'CMYK;16' : 'CMYK';
    case photometrics.cieLab:
    case photometrics.iccLab:
    case photometrics.ituLab:
      return 'LAB';
    case photometrics.yCbCr:
      return compression === 6 || compression === 7 ? 'RGB' : 'YCbCr';
    case photometrics.logLuv:
      return 'RGB;F';
    case photometrics.logL:
      return 'F';
    case photometrics.rgb:
      if (float) return alpha ? 'RGBA;F' : 'RGB;F';
      if (bits <= 8) return alpha ? 'RGBA' : 'RGB';
      if (bits > 16) return alpha ? 'RGBA;32' : 'RGB;32';
      return alpha ? 'RGBA;16' : 'RGB;16';
    default:
      if (alpha) return bits > 8 ? 'LA;16' : 'LA';
      if (float) return 'F';
      if (bits === 1) return '1';
      if (bits <= 8) return 'L';
      return bits <= 16 && sampleFormat === 1 ? 'I;16' : 'I';
  }
}

/** Names of compressions (libtiff's tiff.h). */
const compressions: ReadonlyMap<number, string> = new Map([
  [1, 'uncompressed'],
  [2, 'CCITT-RLE-compressed'],
  [3, 'CCITT-G3-compressed'],
  [4, 'CCITT-G4-compressed'],
  [5, 'LZW-compressed'],
  [6, 'old-style-JPEG-compressed'],
  [7, 'JPEG-compressed'],
  [8, 'deflate-compressed'],
  [9, 'JBIG-compressed'],
  [10, 'JBIG-compressed'],
  [22610, 'JPEG-XR-compressed'],
  [32766, 'NeXT-compressed'],
  [32771, 'CCITT-RLE-compressed'],
  [32773, 'PackBits-compressed'],
  [32809, 'ThunderScan-compressed'],
  [32867, 'Kodak-KDC-compressed'],
  [32909, 'Pixar-log-compressed'],
  [32946, 'deflate-compressed'],
  [33003, 'JPEG-2000-compressed'],
  [33004, 'JPEG-2000-compressed'],
  [33005, 'JPEG-2000-compressed'],
  [34661, 'JBIG-compressed'],
  [34676, 'SGI-log-compressed'],
  [34677, 'SGI-log-compressed'],
  [34712, 'JPEG-2000-compressed'],
  [34713, 'Nikon-raw-compressed'],
  [34887, 'LERC-compressed'],
  [34892, 'lossy-JPEG-compressed'],
  [34925, 'LZMA-compressed'],
  [34933, 'PNG-compressed'],
  [34934, 'JPEG-XR-compressed'],
  [50000, 'Zstandard-compressed'],
  [50001, 'WebP-compressed'],
  [50002, 'JPEG-XL-compressed'],
  [52546, 'JPEG-XL-compressed'],
]);

/** How people call a compression, as an adjective. */
export function compressionName(compression: number): string {
  return compressions.get(compression) ?? `compressed (method ${compression})`;
}
