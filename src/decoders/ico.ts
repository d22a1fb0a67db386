import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { DecodeRequest, Decoder } from '../core/plugin';
import { type Dib, readDib } from './bmp';
import { decodeInBrowser } from './browser-image';
import { hasText, u16le, u32le } from './bytes';
import { corrupt, truncated } from './damage';
import { png } from './png';
import { keepRows, padded } from './still';

/**
 * Windows icons; the largest entry is read, of the largest the one with most bits a pixel. Its own header counts, not the
 * directory's, which cannot tell a side of more than 256.
 *
 * A PNG inside has a PNG's verdict. Of a bitmap that is cut off the whole rows are recovered, which run from the bottom up.
 */
export const ico: Decoder = {
  id: 'ico',
  label: 'ICO',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture } = entry.value;
    if (isPng(picture)) {
      const inner = png.readHeader(picture);
      if (!inner.ok) return inner;
      return succeeded({
        ...inner.value,
        format: 'ico',
        frames: 1,
        exif: null,
        xmp: null,
        iptc: null,
        orientation: 1,
      });
    }
    const dib = readDib(picture, 0);
    if (!dib.ok) return dib;
    const { width, height } = dib.value.size;
    if (height < 2) return corrupt('The icon’s bitmap has no room for picture and mask.');
    // The declared height is that of picture and mask together.
    const size = { width, height: height >> 1 };
    const header: Header = {
      format: 'ico',
      size,
      mode: 'RGBA',
      alpha: true,
      frames: 1,
      exif: null,
      xmp: null,
      iptc: null,
      orientation: 1,
      profile: false,
    };
    return succeeded(header);
  },
  findDamage(bytes) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture, declared } = entry.value;
    if (picture.length < declared)
      return truncated('The icon ends inside its largest picture: it was cut off.');
    if (isPng(picture)) return png.findDamage(picture);
    const dib = readDib(picture, 0);
    if (!dib.ok) return dib;
    // The mask behind the pixels is left out by some writers, and browsers make do without it.
    const { end } = extentOf(dib.value);
    return end <= picture.length
      ? null
      : truncated(`The icon's bitmap needs ${end} bytes; it has ${picture.length}.`);
  },
  async recover(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture, directory } = entry.value;
    if (isPng(picture)) return (png.recover ?? png.decode)(picture, header, request);
    const dib = readDib(picture, 0);
    if (!dib.ok) return dib;
    const { width, height } = header.size;
    const { start, end, rowBytes } = extentOf(dib.value);
    const mask = 4 * Math.ceil(width / 32) * height;
    const decoded = await decodeAlone(padded(picture, end + mask), directory, header, request);
    if (!decoded.ok) return decoded;
    const [frame] = decoded.value;
    const rows = Math.min(height, Math.floor((picture.length - start) / rowBytes));
    const kept = keepRows(frame.raster, height - rows, height, 'icon');
    return kept.ok ? succeeded([{ ...frame, raster: kept.value, alpha: true }]) : kept;
  },
  async decode(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture, directory } = entry.value;
    if (isPng(picture)) return png.decode(picture, header, request);
    return decodeAlone(picture, directory, header, request);
  },
};

/** Decodes a bitmap in an icon of one entry, which leaves the browser no choice. WebCodecs does not know icons. */
function decodeAlone(picture: Uint8Array, directory: Uint8Array, header: Header, request: DecodeRequest) {
  const bytes = new Uint8Array(22 + picture.length);
  bytes.set([0, 0, 1, 0, 1, 0]);
  bytes.set(directory, 6);
  const view = new DataView(bytes.buffer);
  view.setUint32(14, picture.length, true);
  view.setUint32(18, 22, true);
  bytes.set(picture, 22);
  return decodeInBrowser({ type: 'image/x-icon', label: 'ICO', bytes, header, request, door: 'bitmap' });
}

/** Where the pixels of an icon's bitmap begin and end, without the mask. */
function extentOf({ size, bits, paletteAt, colours, bytesPerColour }: Dib) {
  const rowBytes = 4 * Math.ceil((size.width * bits) / 32);
  const start = paletteAt + colours * bytesPerColour;
  return { start, rowBytes, end: start + (size.height >> 1) * rowBytes };
}

interface Entry {
  /** Its 16 bytes in the directory. */
  readonly directory: Uint8Array;
  /** Its PNG or bitmap, cut where the file ends. */
  readonly picture: Uint8Array;
  /** Bytes it should have. */
  readonly declared: number;
}

const isPng = (picture: Uint8Array) => hasText(picture, 0, '\x89PNG\r\n\x1a\n');

function largest(bytes: Uint8Array): Outcome<Entry> {
  const count = u16le(bytes, 4);
  if (count === 0) return corrupt('The icon has no pictures.');
  let best = -1;
  let bestRank = -1;
  for (let i = 0; i < count; i++) {
    const at = 6 + 16 * i;
    if (at + 16 > bytes.length) return truncated('The icon ends inside its directory.');
    // A side of 256 is written as 0; the bits break ties.
    const rank = (bytes[at] || 256) * (bytes[at + 1] || 256) * 256 + Math.min(255, u16le(bytes, at + 6));
    if (rank > bestRank) {
      best = at;
      bestRank = rank;
    }
  }
  const declared = u32le(bytes, best + 8);
  const at = u32le(bytes, best + 12);
  if (at + 16 > bytes.length)
    return truncated(`The icon's largest picture begins at byte ${at} of ${bytes.length}.`);
  return succeeded({
    directory: bytes.subarray(best, best + 16),
    picture: bytes.subarray(at, Math.min(bytes.length, at + declared)),
    declared,
  });
}
