import { type Outcome, succeeded } from '../core/failure';
import type { Header, StoredMode } from '../core/image';
import type { Decoder } from '../core/plugin';
import { boxesIn, boxNamed } from './boxes';
import { u16be, u32be } from './bytes';
import { corrupt, truncated, unsupported } from './damage';
import type { Jp2 } from './openjpeg';
import { plainHeader } from './still';

/** JPEG 2000 (JP2 files and bare codestreams) and its high-throughput kind, grey or of three colours, by OpenJPEG. */
export const jp2: Decoder = {
  id: 'jp2',
  label: 'JPEG 2000',
  reduces: 'scaled',
  heavy: () => true,
  readHeader(bytes) {
    const read = readJp2(bytes);
    if (!read.ok) return read;
    const { size, components, bits, profile } = read.value;
    const grey = components === 1;
    const mode: StoredMode = bits <= 8 ? (grey ? 'L' : 'RGB') : grey ? 'I;16' : 'RGB;16';
    return succeeded<Header>({ ...plainHeader('jp2', size, mode, false), profile: profile !== null });
  },
  findDamage(bytes) {
    const read = readJp2(bytes);
    if (!read.ok) return read;
    return read.value.end <= bytes.length
      ? null
      : truncated(`The JPEG 2000 should reach byte ${read.value.end}; the file has ${bytes.length}.`);
  },
  async decode(bytes, header, request) {
    const read = readJp2(bytes);
    if (!read.ok) return read;
    const { decodeJp2 } = await import('./openjpeg');
    return decodeJp2(bytes, read.value, header, request);
  },
  async recover(bytes, header, request) {
    const read = readJp2(bytes);
    if (!read.ok) return read;
    const [{ decodeJp2 }, { mendJp2 }] = await Promise.all([import('./openjpeg'), import('./jp2-mend')]);
    const mended = mendJp2(bytes, read.value.start);
    if (mended === null) return truncated('The JPEG 2000 ends before its first tile.');
    return decodeJp2(mended.bytes, read.value, header, { ...request, reduction: 1 }, mended.missing);
  },
};

/** Reads the boxes of a JP2 (ISO/IEC 15444-1, Annex I) and the main header of its codestream (Annex A). */
function readJp2(bytes: Uint8Array): Outcome<Jp2> {
  if (u16be(bytes, 0) === startOfCodestream) return readCodestream(bytes, 0, null);
  const boxes = boxesIn(bytes, 0, bytes.length);
  const stream = boxNamed(boxes, 'jp2c');
  const head = boxNamed(boxes, 'jp2h');
  if (stream === null || head === null)
    return truncated(`The JPEG 2000 ends before its codestream, after ${bytes.length} bytes.`);
  const inside = boxesIn(bytes, head.start, head.end);
  if (boxNamed(inside, 'pclr') !== null)
    return unsupported('The JPEG 2000 has a palette, which is not decoded here.', way);
  const colour = boxNamed(inside, 'colr');
  let profile: Uint8Array | null = null;
  if (colour !== null && (bytes[colour.start] === 2 || bytes[colour.start] === 3))
    profile = bytes.subarray(colour.start + 3, colour.end);
  if (colour !== null && bytes[colour.start] === 1) {
    const space = u32be(bytes, colour.start + 3);
    if (!spaces.has(space))
      return unsupported(`The JPEG 2000 is in the colour space ${space}, which is not decoded here.`, way);
  }
  return readCodestream(bytes, stream.start, profile);
}

const way = 'Save it as PNG.';

/** Enumerated colour spaces (ISO/IEC 15444-1, table I.10): sRGB, grey and sYCC. */
const spaces: ReadonlySet<number> = new Set([16, 17, 18]);

const [startOfCodestream, sizeMarker, styleMarker, tileMarker, endMarker] = [
  0xff4f, 0xff51, 0xff52, 0xff90, 0xffd9,
];

function readCodestream(bytes: Uint8Array, start: number, profile: Uint8Array | null): Outcome<Jp2> {
  if (u16be(bytes, start) !== startOfCodestream || u16be(bytes, start + 2) !== sizeMarker)
    return corrupt('The JPEG 2000 codestream does not begin with its size (SIZ).');
  const siz = start + 4;
  if (siz + 41 > bytes.length)
    return truncated(`The JPEG 2000 ends inside its header, after ${bytes.length} bytes.`);
  const size = {
    width: u32be(bytes, siz + 4) - u32be(bytes, siz + 12),
    height: u32be(bytes, siz + 8) - u32be(bytes, siz + 16),
  };
  if (size.width <= 0 || size.height <= 0)
    return corrupt(`The JPEG 2000's header declares ${size.width} × ${size.height} pixels.`);
  const components = u16be(bytes, siz + 36);
  if (components !== 1 && components !== 3) {
    return unsupported(
      `The JPEG 2000 has ${components} components (alpha, inks or bands); one and three are decoded.`,
      way,
    );
  }
  const depth = bytes[siz + 38];
  for (let i = 0; i < components; i++) {
    const at = siz + 38 + 3 * i;
    if (bytes[at] !== depth)
      return unsupported(
        'The JPEG 2000 has components of different depths, which are not decoded here.',
        way,
      );
    if (bytes[at + 1] !== 1 || bytes[at + 2] !== 1)
      return unsupported('The JPEG 2000 has subsampled components, which are not decoded here.', way);
  }
  const bits = (depth & 127) + 1;
  if (bits > 16) return unsupported(`The JPEG 2000 has ${bits} bits a sample; up to 16 are decoded.`, way);
  const shifted = u32be(bytes, siz + 12) !== 0 || u32be(bytes, siz + 16) !== 0;
  const { levels, end } = walkMarkers(bytes, siz + u16be(bytes, siz));
  return succeeded({
    size,
    components,
    bits,
    signed: depth > 127,
    profile,
    levels: shifted ? 0 : levels, // halves of a shifted picture are not halves of its size
    start,
    end,
  });
}

/** Follows the main header's segments and then the tile-parts by their lengths (A.4.2). */
function walkMarkers(bytes: Uint8Array, from: number): { readonly levels: number; readonly end: number } {
  let levels = 32;
  let at = from;
  while (at + 2 <= bytes.length) {
    const marker = u16be(bytes, at);
    if (marker === endMarker) return { levels, end: at + 2 };
    if (marker === tileMarker) {
      const length = u32be(bytes, at + 6);
      if (at + 10 > bytes.length) break;
      // A length of zero reaches to the end of the codestream.
      if (length === 0) return { levels, end: at + 14 };
      if (length < 14) return { levels, end: at };
      at += length;
    } else if (marker > 0xff00) {
      if (marker === styleMarker) levels = Math.min(levels, bytes[at + 9]);
      at += 2 + u16be(bytes, at + 2);
    } else return { levels, end: at };
  }
  // The end's marker itself is left out by some writers.
  return { levels, end: at };
}
