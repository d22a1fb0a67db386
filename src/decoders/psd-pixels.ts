import { type Outcome, succeeded } from '../core/failure';
import type { DecodedFrame, Header, Pixels, Size } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { u16be, u32be } from './bytes';
import { corrupt } from './damage';
import { inksToRgb } from './inks';
import { type Samples, scaleSamples } from './scale-samples';
import { decodeStill, eightBits, keepRows, type Mending } from './still';

/** What a document's sections say, but for its layers. */
export interface Psd {
  readonly size: Size;
  readonly space: 'bitmap' | 'grey' | 'indexed' | 'rgb' | 'cmyk' | 'lab';
  readonly bits: 1 | 8 | 16 | 32;
  /** Channels that are colour. */
  readonly colours: 1 | 3 | 4;
  /** All channels that are stored, one after the other. */
  readonly channels: number;
  /** True when the channel behind the colours is the merged picture's opacity. */
  readonly alpha: boolean;
  /** True when colours were blended with white where it is not full, as Photoshop does beside layers. */
  readonly matted: boolean;
  /** 256 reds, then greens, then blues, of an indexed document. */
  readonly palette: Uint8Array;
  /** The palette's entry that is transparent, or null. */
  readonly transparentIndex: number | null;
  readonly exif: Uint8Array | null;
  readonly profile: Uint8Array | null;
  /** Bytes of a row of one channel, unpacked. */
  readonly rowBytes: number;
  /** True when each row is PackBits. */
  readonly packed: boolean;
  /** Bytes of the number that tells a packed row's length: 2, and 4 in a PSB. */
  readonly countBytes: 2 | 4;
  /** Where the row lengths, or the rows, are. */
  readonly start: number;
}

/**
 * Draws a Photoshop document's merged picture. Inks become RGB by the naive rule, Lab by sRGB's formula from D50. Of a damaged
 * one the rows are recovered of which every channel is there: channels lie one after the other.
 */
export function drawPsd(
  bytes: Uint8Array,
  psd: Psd,
  header: Header,
  request: DecodeRequest,
  mending: Mending,
): Outcome<readonly DecodedFrame[]> {
  const draw = (): Outcome<Pixels> => {
    const { colours } = psd;
    const withAlpha = psd.alpha && psd.space !== 'indexed';
    const bands = colours + (withAlpha ? 1 : 0);
    const pixels = psd.size.width * psd.size.height;
    const samples = room(psd.bits, pixels * bands);
    let rows = psd.size.height;
    for (let band = 0; band < bands; band++) {
      const plane = readPlane(bytes, psd, band);
      if (mending === 'whole' && plane.wrong !== null) return plane.wrong;
      rows = Math.min(rows, plane.rows);
      for (let i = 0, to = band; i < pixels; i++, to += bands) samples[to] = plane.samples[i];
    }
    if (psd.matted) unblend(samples, bands);
    const drawn = colour(samples, psd, bands, request);
    return mending === 'whole' ? succeeded(drawn) : keepRows(drawn, 0, rows, 'PSD');
  };
  return decodeStill(header, request, draw, mending);
}

type Plane = Uint8Array | Uint16Array | Float32Array;

const room = (bits: number, length: number): Plane =>
  bits === 16 ? new Uint16Array(length) : bits === 32 ? new Float32Array(length) : new Uint8Array(length);

/** One channel's samples, how many rows of it the file has, and what is wrong with the next one where rows are packed. */
function readPlane(
  bytes: Uint8Array,
  psd: Psd,
  band: number,
): { readonly samples: Plane; readonly rows: number; readonly wrong: Outcome<never> | null } {
  const { rowBytes } = psd;
  const { width, height } = psd.size;
  const plane = room(psd.bits, width * height);
  const first = band * height;
  const count = psd.countBytes === 2 ? u16be : u32be;
  let at = psd.start + (psd.packed ? height * psd.channels * psd.countBytes : first * rowBytes);
  if (psd.packed) for (let i = 0; i < first; i++) at += count(bytes, psd.start + i * psd.countBytes);
  const row = new Uint8Array(rowBytes);
  const view = new DataView(row.buffer);
  for (let y = 0; y < height; y++) {
    if (psd.packed) {
      const length = count(bytes, psd.start + (first + y) * psd.countBytes);
      if (at + length > bytes.length || !unpack(bytes.subarray(at, at + length), row)) {
        const wrong = corrupt(`Row ${y} of the PSD's channel ${band} has too few bytes.`);
        return { samples: plane, rows: y, wrong };
      }
      at += length;
    } else {
      row.set(bytes.subarray(at, at + rowBytes));
      at += rowBytes;
    }
    const to = y * width;
    if (psd.bits === 8) plane.set(row, to);
    else if (psd.bits === 1)
      for (let x = 0; x < width; x++) plane[to + x] = (row[x >> 3] >> (7 - (x & 7))) & 1;
    else if (psd.bits === 16) for (let x = 0; x < width; x++) plane[to + x] = view.getUint16(2 * x);
    else for (let x = 0; x < width; x++) plane[to + x] = view.getFloat32(4 * x);
  }
  const rows = psd.packed ? height : Math.floor((bytes.length - at) / rowBytes) + height;
  return { samples: plane, rows: Math.max(0, Math.min(height, rows)), wrong: null };
}

/** Undoes PackBits; false when the row is not filled. */
function unpack(packed: Uint8Array, row: Uint8Array): boolean {
  let to = 0;
  for (let at = 0; at < packed.length && to < row.length; ) {
    const code = packed[at++];
    if (code < 128) {
      const literal = packed.subarray(at, Math.min(at + code + 1, at + row.length - to));
      row.set(literal, to);
      to += literal.length;
      at += code + 1;
    } else if (code > 128) {
      const end = Math.min(row.length, to + 257 - code);
      row.fill(packed[at++] ?? 0, to, end);
      to = end;
    }
  }
  return to === row.length;
}

/** Takes the white out that Photoshop blends into colours where the picture is not opaque. */
function unblend(samples: Plane, bands: number): void {
  const white = whiteOf(samples);
  for (let at = 0; at < samples.length; at += bands) {
    const alpha = samples[at + bands - 1] / white;
    if (!(alpha > 0 && alpha < 1)) continue;
    for (let i = at; i < at + bands - 1; i++) {
      const value = Math.max(0, (samples[i] - (1 - alpha) * white) / alpha);
      samples[i] = samples instanceof Float32Array ? value : Math.round(value);
    }
  }
}

const whiteOf = (samples: Plane) =>
  samples instanceof Float32Array ? 1 : samples instanceof Uint16Array ? 65535 : 255;

function colour(samples: Plane, psd: Psd, bands: number, request: DecodeRequest): Pixels {
  const { size, space } = psd;
  const white = whiteOf(samples);
  if (space === 'bitmap') {
    for (let i = 0; i < samples.length; i++) samples[i] = samples[i] === 0 ? 255 : 0;
    return eightBits(samples, { ...size, channels: 1 });
  }
  if (space === 'indexed') return eightBits(lookUp(samples, psd), { ...size, channels: 4 });
  if (space === 'cmyk') {
    // They are stored as light: full where there is no ink.
    for (let i = 0; i < samples.length; i++) if (i % bands < 4) samples[i] = white - samples[i];
    return inksToRgb(samples, { ...size, alpha: bands === 5 }, request);
  }
  const rgb = space === 'lab' ? fromLab(samples, bands, white) : samples;
  // One and two are grey, three and four RGB: what the colours and alpha make.
  const layout = { ...size, channels: bands as 1 | 2 | 3 | 4 };
  return psd.bits === 8 ? eightBits(rgb, layout) : scaleSamples(rgb, layout, request);
}

function lookUp(samples: Samples, { palette, transparentIndex }: Psd): Uint8Array {
  const third = Math.floor(palette.length / 3);
  const rgba = new Uint8Array(samples.length * 4);
  for (let i = 0; i < samples.length; i++) {
    const index = samples[i];
    for (let band = 0; band < 3; band++) rgba[4 * i + band] = palette[band * third + index] ?? 0;
    rgba[4 * i + 3] = index === transparentIndex ? 0 : 255;
  }
  return rgba;
}

/** CIELab of D50 (L over the full scale, a and b offset by half of it) to sRGB, in samples of the same kind. */
function fromLab(samples: Plane, bands: number, white: number): Plane {
  const rgb = room(white === 1 ? 32 : white === 255 ? 8 : 16, samples.length);
  const scale = white === 65535 ? 257 : white === 255 ? 1 : 1 / 255;
  const zero = white === 65535 ? 32_768 : white === 255 ? 128 : 128 / 255;
  for (let at = 0; at < samples.length; at += bands) {
    const y = ((samples[at] / white) * 100 + 16) / 116;
    const x = y + (samples[at + 1] - zero) / scale / 500;
    const z = y - (samples[at + 2] - zero) / scale / 200;
    const [cx, cy, cz] = [0.9642 * cube(x), cube(y), 0.8249 * cube(z)];
    // From XYZ of D50 to linear sRGB, adapted by Bradford's method (brucelindbloom.com).
    const linear = [
      3.1338561 * cx - 1.6168667 * cy - 0.4906146 * cz,
      -0.9787684 * cx + 1.9161415 * cy + 0.033454 * cz,
      0.0719453 * cx - 0.2289914 * cy + 1.4052427 * cz,
    ];
    for (let i = 0; i < 3; i++) {
      const light = Math.min(1, Math.max(0, linear[i]));
      const value = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
      rgb[at + i] = white === 1 ? value : Math.round(value * white);
    }
    if (bands === 4) rgb[at + 3] = samples[at + 3];
  }
  return rgb;
}

/** The inverse of CIELab's cube root. */
const cube = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
