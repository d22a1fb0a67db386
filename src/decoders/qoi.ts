import { type Outcome, succeeded } from '../core/failure';
import type { Header } from '../core/image';
import type { Decoder } from '../core/plugin';
import { u32be } from './bytes';
import { corrupt, truncated } from './damage';
import { plainHeader } from './still';

/** The Quite OK Image format (qoiformat.org, QOI specification 1.0). */
export const qoi: Decoder = {
  id: 'qoi',
  label: 'QOI',
  reduces: false,
  heavy: () => false,
  readHeader,
  findDamage(bytes) {
    const header = readHeader(bytes);
    if (!header.ok) return header;
    const { width, height } = header.value.size;
    // A byte stands for 62 pixels at most; eight close the file: seven zeros and a one.
    if (width * height > 62 * (bytes.length - 22))
      return truncated(`The QOI has ${bytes.length} bytes for ${width} × ${height} pixels: too few.`);
    // Some tool or other appends a line feed, so the end is looked for, not only at the very end.
    for (let at = bytes.length - 8; at >= Math.max(14, bytes.length - 64); at--)
      if (u32be(bytes, at) === 0 && u32be(bytes, at + 4) === 1) return null;
    return truncated('The QOI ends without its end marker: it was cut off.');
  },
  async decode(bytes, header, request) {
    const { drawQoi } = await import('./qoi-pixels');
    return drawQoi(bytes, header, request, 'whole');
  },
  async recover(bytes, header, request) {
    const { drawQoi } = await import('./qoi-pixels');
    return drawQoi(bytes, header, request, 'recover');
  },
};

function readHeader(bytes: Uint8Array): Outcome<Header> {
  if (bytes.length < 14) return truncated(`The QOI ends inside its header, after ${bytes.length} bytes.`);
  const size = { width: u32be(bytes, 4), height: u32be(bytes, 8) };
  if (size.width === 0 || size.height === 0)
    return corrupt(`The QOI's header declares ${size.width} × ${size.height} pixels.`);
  const channels = bytes[12];
  if (channels !== 3 && channels !== 4)
    return corrupt(`The QOI's header declares ${channels} channels; 3 and 4 are known.`);
  return succeeded(plainHeader('qoi', size, channels === 4 ? 'RGBA' : 'RGB', channels === 4));
}
