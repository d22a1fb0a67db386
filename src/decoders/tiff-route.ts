import { type Page, photometrics, tags } from './tiff-page';

/** Who decodes a page: libvips with its libtiff, our own code where those give up, or its JPEG decoder on what our code puts together. */
export type Route = 'vips' | 'samples' | 'old-jpeg';

/** The way of a page, or null when there is none. */
export function routeOf(page: Page): Route | null {
  if (isOldJpeg(page)) return 'old-jpeg';
  if (vipsReads(page)) return 'vips';
  return page.photometric !== photometrics.yCbCr && readsSamples(page) ? 'samples' : null;
}

/** Section 22 of TIFF 6.0, which wasm-vips' libtiff is built without. */
function isOldJpeg({ compression, uniform, bits, samples, planar, tiled }: Page): boolean {
  return compression === 6 && uniform && bits === 8 && (samples === 1 || samples === 3) && !planar && !tiled;
}

/** Compressions that wasm-vips' libtiff is built with. */
const vipsCompressions: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 7, 8, 32766, 32771, 32773, 32809, 32909, 32946, 34676, 34677,
]);

/** What libvips' reader takes (`rtiff_pick_reader` in its tiff2vips.c): whole bytes but for grey and palettes. */
function vipsReads(page: Page): boolean {
  const { bits, uniform, samples, photometric, compression, sampleFormat, planar } = page;
  if (!vipsCompressions.has(compression) || photometric === null || !uniform) return false;
  if (readsSamples(page)) {
    // libvips takes left out blocks for damage, mixes up planes where there are more than four, and refuses 64 bits.
    if (planar || photometric === photometrics.cieLab || hasHoles(page)) return false;
  }
  if (photometric === photometrics.iccLab || photometric === photometrics.ituLab) return false;
  if (photometric === photometrics.yCbCr && planar) return false;
  if (bits === 8) return true;
  if (bits === 16) return sampleFormat !== 3;
  if (bits === 32) return true;
  return (bits === 1 || bits === 2 || bits === 4) && samples === 1;
}

/** Compressions that `tiff-compression.ts` undoes: none, LZW, deflate, PackBits, LERC, LZMA, Zstandard and WebP. */
const ownCompressions: ReadonlySet<number> = new Set([1, 5, 8, 32773, 32946, 34887, 34925, 50000, 50001]);

/** True when `readSamples` can: samples alike, of any bits up to 32, or 64. */
function readsSamples({ compression, uniform, bits, sampleFormat }: Page): boolean {
  if (!uniform || !ownCompressions.has(compression)) return false;
  if (sampleFormat === 3) return bits === 16 || bits === 32 || bits === 64;
  return bits <= 32 || bits === 64;
}

/** True when some strip or tile is left out of the file: zeros to GDAL and Pillow, an error to libtiff. */
function hasHoles({ directory, tiled }: Page): boolean {
  return directory.numbers(tiled ? tags.tileBytes : tags.stripBytes, 1 << 20).includes(0);
}
