import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { corrupt, truncated, unsupported } from './damage';
import { type Mending, plainHeader } from './still';

/** Radiance pictures (RGBE), whose light of 1 is white: what is brighter is clipped where 8 bits are wanted. */
export const hdr: Decoder = {
  id: 'hdr',
  label: 'Radiance HDR',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const read = readHdr(bytes);
    if (!read.ok) return read;
    const { size, orientation } = read.value;
    return succeeded<Header>({ ...plainHeader('hdr', size, 'RGB;F', false), orientation });
  },
  findDamage(bytes) {
    const read = readHdr(bytes);
    if (!read.ok) return read;
    const { size, start } = read.value;
    // Four bytes open a coded line, and two stand for 127 values of a channel at most; old runs may be of any length.
    const shortest = 4 + 8 * Math.ceil(size.width / 127);
    const coded = size.width >= 8 && size.width < 32_768 && bytes[start] === 2 && bytes[start + 1] === 2;
    const least = coded ? size.height * shortest : 4;
    if (start + least <= bytes.length) return null;
    return truncated(
      `The HDR's ${size.width} × ${size.height} pixels need at least ${start + least} bytes; it has ${bytes.length}.`,
    );
  },
  decode: (bytes, header, request) => draw(bytes, header, request, 'whole'),
  recover: (bytes, header, request) => draw(bytes, header, request, 'recover'),
};

async function draw(bytes: Uint8Array, header: Header, request: DecodeRequest, mending: Mending) {
  const read = readHdr(bytes);
  if (!read.ok) return read;
  const { drawHdr } = await import('./hdr-pixels');
  return drawHdr(bytes, read.value.start, header, request, mending);
}

/** What a Radiance header says. */
interface Hdr {
  /** Width is the length of a scan line, height their count. */
  readonly size: Size;
  /** EXIF's number for the order of scan lines. */
  readonly orientation: number;
  /** Where the scan lines are. */
  readonly start: number;
}

/** Reads the header and the resolution string (Ward, "Real Pixels"; Radiance's `src/common/resolu.h`). */
function readHdr(bytes: Uint8Array): Outcome<Hdr> {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, longestHeader));
  const blank = text.indexOf('\n\n');
  const end = blank < 0 ? -1 : text.indexOf('\n', blank + 2);
  if (end < 0) return truncated('The HDR has no end of its header.');
  const format = /^FORMAT=\s*(\S+)/m.exec(text.slice(0, blank))?.[1] ?? '32-bit_rle_rgbe';
  if (format === '32-bit_rle_xyze')
    return unsupported('The HDR holds XYZ colours, which are not decoded here.', 'Save it as RGBE.');
  if (format !== '32-bit_rle_rgbe')
    return corrupt(`The HDR is of the unknown format “${format.slice(0, 40)}”.`);
  const line = text.slice(blank + 2, end).trim();
  const found = /^([-+][XY]) +(\d{1,9}) +([-+][XY]) +(\d{1,9})$/.exec(line);
  const orientation = found === null ? undefined : orientations[`${found[1]}${found[3]}`];
  if (found === null || orientation === undefined)
    return corrupt(`The HDR's resolution is “${line.slice(0, 40)}”.`);
  const size = { width: Number(found[4]), height: Number(found[2]) };
  if (size.width === 0 || size.height === 0)
    return corrupt(`The HDR's header declares ${size.width} × ${size.height} pixels.`);
  return succeeded({ size, orientation, start: end + 1 });
}

/** Larger lets a header hold longer notes of its making; it is scanned as text. */
const longestHeader = 65_536;

/** By the axes of lines and of pixels in them: `-Y` runs down, `+X` to the right. */
const orientations: Readonly<Record<string, number>> = {
  '-Y+X': 1,
  '-Y-X': 2,
  '+Y-X': 3,
  '+Y+X': 4,
  '+X-Y': 5,
  '-X-Y': 6,
  '-X+Y': 7,
  '+X+Y': 8,
};
