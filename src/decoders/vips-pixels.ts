import type Vips from 'wasm-vips';
import type { DecodedFrame, Pixels, Raster } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { inksToRgb } from './inks';
import { orient } from './orient';
import { type Samples, scaleSamples } from './scale-samples';
import { isPlainSrgb } from './srgb-profile';
import type { VipsModule } from './vips';

/** A picture as libvips has loaded it, and what its file says of its bands. */
export interface VipsPicture {
  readonly image: Vips.Image;
  readonly frame: number;
  readonly kind: 'grey' | 'rgb' | 'cmyk' | 'lab';
  /** Bands that are colour, from the first. */
  readonly colours: number;
  /** The band that is alpha, or null. */
  readonly alpha: number | null;
  /** True when colours are multiplied by alpha still. */
  readonly premultiplied?: boolean;
  /** The stored number that is white, where it is not the full scale of the bands' type. */
  readonly white?: number;
  /** True when blocks of its pixels may be averaged: opaque colours or greys, no palette and no mask. */
  readonly averages?: boolean;
  /** 1 to 8: how its rows are turned upright. */
  readonly orientation: number;
}

/** What of a request decides a picture's pixels. */
type PictureRequest = Pick<DecodeRequest, 'deep' | 'range' | 'colour' | 'reduction'>;

/**
 * Evaluates a picture to an upright frame: RGBA of 8 bits, or deep pixels where the file has more and the request wants them.
 *
 * Colours become sRGB: by an embedded profile (lcms, perceptual) unless the request wants them as stored; CIELab always;
 * inks without a profile, or as stored, by the naive rule of Pillow and of browsers: (255 - ink) * (255 - black) / 255.
 *
 * Where the picture may be averaged and a reduction is asked for, each pixel is the mean of a block of stored numbers, with
 * the last column and row repeated where it reaches beyond. libvips does so strip by strip while it decodes, and what is copied
 * and resampled after it is a fraction.
 */
export function framePicture(vips: VipsModule, picture: VipsPicture, request: PictureRequest): DecodedFrame {
  const { frame, alpha, orientation } = picture;
  const scale = reductionOf(picture, request);
  const whole = asUnsigned(picture.image);
  const image = scale === 1 ? whole : whole.shrink(scale, scale, { ceil: true });
  const colour = toRgb(vips, { ...picture, image }, request);
  const joined =
    alpha === null ? colour : withAlpha(colour, sameType(image.extractBand(alpha), colour), picture);
  const samples: Samples = joined.writeToMemory();
  const size = { width: joined.width, height: joined.height };
  // Whatever the file has, what was chosen above is 1 to 4 bands, or four inks.
  const channels = joined.bands as 1 | 2 | 3 | 4 | 5;
  const inks = picture.kind === 'cmyk' && colour.bands === 4;
  const white = colour.format === image.format ? picture.white : undefined;
  const layout = { ...size, ...(white !== undefined && { white }) };
  const pixels = inks
    ? inksToRgb(samples, { ...layout, alpha: alpha !== null }, request)
    : toPixels(samples, { ...layout, channels: channels as 1 | 2 | 3 | 4 }, request);
  return { frame, raster: orient(pixels, orientation), scale, alpha: alpha !== null };
}

function reductionOf({ image, alpha, averages = false }: VipsPicture, { reduction }: PictureRequest): number {
  const plain = image.format === 'uchar' || image.format === 'ushort';
  return averages && alpha === null && plain ? reduction : 1;
}

function withAlpha(
  colour: Vips.Image,
  alpha: Vips.Image,
  { premultiplied = false }: VipsPicture,
): Vips.Image {
  const joined = colour.bandjoin(alpha);
  return premultiplied
    ? joined
        .unpremultiply({ max_alpha: opaque.get(joined.format) ?? 1 })
        .rint()
        .cast(joined.format)
    : joined;
}

/** What full opacity is by the bands' type; 1 in floats. */
const opaque: ReadonlyMap<string, number> = new Map([
  ['uchar', 255],
  ['ushort', 65_535],
  ['uint', 2 ** 32 - 1],
]);

/** Signed 8 bits are read as unsigned, as Pillow does: what says so are pictures with a wrong tag. */
const asUnsigned = (image: Vips.Image) => (image.format === 'char' ? image.copy({ format: 'uchar' }) : image);

function toPixels(
  samples: Samples,
  layout: Parameters<typeof scaleSamples>[1],
  request: PictureRequest,
): Pixels {
  if (!(samples instanceof Uint8Array) || layout.white !== undefined)
    return scaleSamples(samples, layout, request);
  return expand(samples, layout);
}

/** 8-bit samples as RGBA: a pixel is one write of 32 bits, as this runs over every pixel of most files. */
function expand(
  samples: Uint8Array,
  { width, height, channels }: Parameters<typeof scaleSamples>[1],
): Raster {
  if (channels === 4) {
    return { width, height, channels, data: new Uint8ClampedArray(samples.buffer as ArrayBuffer) };
  }
  const pixels = new Uint32Array(width * height);
  if (channels === 1)
    for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | (samples[i] * 0x010101);
  else if (channels === 2) {
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = (samples[2 * i + 1] << 24) | (samples[2 * i] * 0x010101);
  } else {
    for (let i = 0, at = 0; i < pixels.length; i++, at += 3)
      pixels[i] = 0xff000000 | (samples[at + 2] << 16) | (samples[at + 1] << 8) | samples[at];
  }
  return { width, height, channels: 4, data: new Uint8ClampedArray(pixels.buffer) };
}

function toRgb(vips: VipsModule, picture: VipsPicture, request: PictureRequest): Vips.Image {
  const { image, kind, colours } = picture;
  if (image.coding === 'labq') return fromLab(vips, image.LabQ2Lab(), request.deep);
  const bands = image.bands === colours ? image : image.extractBand(0, { n: colours });
  if (kind === 'lab') return fromLab(vips, bands, image.format !== 'uchar' && request.deep);
  const integer = image.format === 'uchar' || image.format === 'ushort';
  if (request.colour === 'as-stored' || !integer || picture.white !== undefined) return bands;
  if (image.getTypeof('icc-profile-data') === 0 || isPlainSrgb(image.getBlob('icc-profile-data')))
    return bands;
  try {
    const depth = image.format === 'ushort' ? 16 : 8;
    return bands.iccTransform('srgb', { embedded: true, intent: 'perceptual', depth });
  } catch {
    return bands; // a profile that is broken, or for another colour space, says nothing
  }
}

/**
 * CIELab of TIFF and ICC (white D50) as sRGB: to XYZ, then by the matrix to linear sRGB with Bradford's adaptation to D65
 * (as in the ICC profile of sRGB), then the curve.
 */
function fromLab(vips: VipsModule, lab: Vips.Image, deep: boolean): Vips.Image {
  const xyz = lab.colourspace('lab').Lab2XYZ({ temp: [96.42, 100, 82.49] });
  // biome-ignore format: a matrix
  const matrix = Float64Array.of(
    0.031338561, -0.016168667, -0.004906146,
    -0.009787684, 0.019161415, 0.00033454,
    0.000719453, -0.002289914, 0.014052427,
  );
  return xyz
    .recomb(vips.Image.newFromMemory(matrix, 3, 3, 1, vips.BandFormat.double))
    .copy({ interpretation: 'scrgb' })
    .scRGB2sRGB({ depth: deep ? 16 : 8 });
}

/** Alpha on the scale that the colours came to. */
function sameType(alpha: Vips.Image, colour: Vips.Image): Vips.Image {
  if (alpha.format === colour.format) return alpha;
  const from = scales[alpha.format as keyof typeof scales] ?? 1;
  const to = scales[colour.format as keyof typeof scales] ?? 1;
  return alpha.linear(to / from, 0).cast(colour.format);
}

const scales = {
  uchar: 255,
  char: 127,
  ushort: 65535,
  short: 32767,
  uint: 4294967295,
  int: 2147483647,
} as const;
