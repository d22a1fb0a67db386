import { failed, type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { undecodable } from './damage';
import { type Page, photometrics, tags } from './tiff-page';
import { type PageSamples, readSamples } from './tiff-samples';
import { withVips } from './vips';
import { framePicture, type VipsPicture } from './vips-pixels';

/**
 * Decodes a page whose compression or samples libvips does not read: its blocks are unpacked here, and libvips sees to the
 * colours as for every other page.
 */
export async function decodeTiffBySamples(
  bytes: Uint8Array,
  page: Page,
  little: boolean,
  frame: number,
  label: string,
  request: DecodeRequest,
): Promise<Outcome<DecodedFrame>> {
  let read: Outcome<PageSamples>;
  try {
    read = await readSamples(bytes, page, little);
  } catch (error) {
    if (error instanceof RangeError) {
      const { width, height } = page.size;
      return failed(
        'decode',
        'too-large',
        `There is no memory for ${width} × ${height} pixels. Lower decode.max_megapixels, or scale the image down.`,
      );
    }
    return undecodable(label, error);
  }
  if (!read.ok) return read;
  const { samples, bands, white, kind } = coloured(read.value, page);
  return withVips({ label, plugin: 'none' }, (vips) => {
    const { width, height } = page.size;
    const plain = vips.Image.newFromMemory(samples, width, height, bands, vips.BandFormat[formatOf(samples)]);
    const alpha =
      page.alpha === null || kind === 'lab' ? null : bands === page.samples ? page.alpha : bands - 1;
    const image = plain.copy({ interpretation: interpretations[kind] });
    const profile = page.directory.bytes(tags.icc);
    if (profile !== null) image.setBlob('icc-profile-data', profile);
    const picture: VipsPicture = {
      image,
      frame,
      kind,
      colours: kind === 'grey' ? 1 : kind === 'cmyk' ? 4 : 3,
      alpha,
      premultiplied: page.premultiplied,
      orientation: request.orientation,
      ...(white !== undefined && { white }),
    };
    return succeeded(framePicture(vips, picture, { ...request, deep: request.deep && page.bits > 8 }));
  });
}

const interpretations = { grey: 'b-w', rgb: 'srgb', cmyk: 'cmyk', lab: 'lab' } as const;

interface Coloured extends PageSamples {
  readonly bands: number;
  readonly kind: VipsPicture['kind'];
}

/** Palettes looked up, white made the largest number. */
function coloured(read: PageSamples, page: Page): Coloured {
  const { samples, white } = read;
  const bands = page.samples;
  switch (page.photometric) {
    case photometrics.palette:
      return lookUp(samples, page);
    case photometrics.whiteIsZero: {
      const full = white ?? 2 ** page.bits - 1;
      if (page.sampleFormat === 1)
        for (let i = 0; i < samples.length; i += bands) samples[i] = full - samples[i];
      return { ...read, bands, kind: 'grey' };
    }
    case photometrics.separated:
      return { ...read, bands, kind: page.colours === 4 ? 'cmyk' : 'grey' };
    case photometrics.cieLab:
    case photometrics.iccLab:
    case photometrics.ituLab:
      return { samples: readLab(samples, page), bands: 3, kind: 'lab' };
    default:
      return { ...read, bands, kind: page.colours === 3 ? 'rgb' : 'grey' };
  }
}

/**
 * Samples of CIELab as floats: L 0 to 100, a and b -128 to 127. They are signed in CIELab (TIFF 6.0, section 23), and offset in
 * ICCLab (Adobe's technical note of 2002), where 16 bits are the ICC's: 65280 is 100.
 */
function readLab(samples: PageSamples['samples'], page: Page): Float32Array {
  if (page.sampleFormat === 3) return Float32Array.from(samples);
  const pixels = samples.length / page.samples;
  const out = new Float32Array(pixels * 3);
  const unit = page.bits > 8 ? 256 : 1;
  const offset = page.photometric !== photometrics.cieLab;
  const lightest = page.bits > 8 ? (offset ? 65280 : 65535) : 255;
  for (let i = 0, at = 0; i < pixels; i++, at += page.samples) {
    out[3 * i] = ((samples[at] & 0xffff) * 100) / lightest;
    for (let axis = 1; axis < 3; axis++) {
      const stored = samples[at + axis];
      const signed = offset ? stored - 128 * unit : unit === 1 ? (stored << 24) >> 24 : (stored << 16) >> 16;
      out[3 * i + axis] = signed / unit;
    }
  }
  return out;
}

/** The palette's colours, of 16 bits, by their high bytes as Pillow takes them; alpha stays. */
function lookUp(samples: PageSamples['samples'], page: Page): Coloured {
  const entries = 2 ** Math.min(16, page.bits);
  const map = page.directory.numbers(tags.colorMap, entries * 3);
  const small = map.every((value) => value < 256); // some writers store 8 bits
  const alpha = page.alpha;
  const bands = alpha === null ? 3 : 4;
  const out = new Uint8Array((samples.length / page.samples) * bands);
  for (let at = 0, to = 0; to < out.length; at += page.samples, to += bands) {
    for (let i = 0; i < 3; i++) {
      const value = map[i * entries + samples[at]] ?? 0;
      out[to + i] = small ? value : value >> 8;
    }
    if (alpha !== null) out[to + 3] = samples[at + alpha];
  }
  return { samples: out, bands, kind: 'rgb' };
}

function formatOf(samples: PageSamples['samples']) {
  if (samples instanceof Uint8Array) return 'uchar';
  if (samples instanceof Uint16Array) return 'ushort';
  if (samples instanceof Int16Array) return 'short';
  if (samples instanceof Uint32Array) return 'uint';
  if (samples instanceof Int32Array) return 'int';
  return samples instanceof Float64Array ? 'double' : 'float';
}
