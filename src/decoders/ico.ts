import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { Decoder } from '../core/plugin';
import { readDib } from './bmp';
import { decodeInBrowser } from './browser-image';
import { hasText, u16le, u32le } from './bytes';
import { corrupt, truncated, undecodable } from './damage';
import { png } from './png';

/**
 * Windows icons; the largest entry is read, of the largest the one with most bits a pixel. Its own header counts, not the
 * directory's, which cannot tell a side of more than 256.
 *
 * A PNG inside has a PNG's verdict; an icon whose bitmap is cut off is corrupt.
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
    const { size, bits, paletteAt, colours, bytesPerColour } = dib.value;
    const rows = (size.height >> 1) * 4 * Math.ceil((size.width * bits) / 32);
    const wanted = paletteAt + colours * bytesPerColour + rows;
    // The mask behind the pixels is left out by some writers, and browsers make do without it.
    return wanted <= picture.length
      ? null
      : truncated(`The icon's bitmap needs ${wanted} bytes; it has ${picture.length}.`);
  },
  async recover(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture } = entry.value;
    return isPng(picture) && png.recover
      ? png.recover(picture, header, request)
      : undecodable('ICO', 'an icon’s bitmap is decoded whole or not at all');
  },
  async decode(bytes, header, request) {
    const entry = largest(bytes);
    if (!entry.ok) return entry;
    const { picture, directory } = entry.value;
    if (isPng(picture)) return png.decode(picture, header, request);
    // An icon of one entry leaves the browser no choice. WebCodecs does not know icons.
    const alone = new Uint8Array(22 + picture.length);
    alone.set([0, 0, 1, 0, 1, 0]);
    alone.set(directory, 6);
    new DataView(alone.buffer).setUint32(18, 22, true);
    alone.set(picture, 22);
    return decodeInBrowser({
      type: 'image/x-icon',
      label: 'ICO',
      bytes: alone,
      header,
      request,
      door: 'bitmap',
    });
  },
};

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
