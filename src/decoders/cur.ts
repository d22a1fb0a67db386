import { succeeded } from '../core/failure';
import type { Decoder } from '../core/plugin';
import { hasText, u16le, u32le } from './bytes';
import { ico } from './ico';

/** Windows cursors: icons whose directory tells of the hot spot where an icon's tells of planes and bits. */
export const cur: Decoder = {
  id: 'cur',
  label: 'CUR',
  reduces: false,
  heavy: () => false,
  readHeader(bytes) {
    const header = ico.readHeader(asIcon(bytes));
    if (!header.ok) return header;
    return succeeded({
      ...header.value,
      format: 'cur',
      mode: isBlackAndWhite(bytes) ? 'LA' : header.value.mode,
    });
  },
  findDamage: (bytes) => ico.findDamage(asIcon(bytes)),
  decode: (bytes, header, request) => ico.decode(asIcon(bytes), header, request),
  recover: async (bytes, header, request) =>
    ico.recover?.(asIcon(bytes), header, request) ?? ico.decode(asIcon(bytes), header, request),
};

/** The same file as an icon, whose directory has the bits that the pictures' own headers tell. */
function asIcon(bytes: Uint8Array): Uint8Array {
  const icon = bytes.slice();
  const view = new DataView(icon.buffer);
  if (icon.length > 2) icon[2] = 1;
  for (let i = 0; i < u16le(bytes, 4) && 22 + 16 * i <= icon.length; i++) {
    const picture = u32le(bytes, 6 + 16 * i + 12);
    const bits = hasText(bytes, picture, '\x89PNG') ? 32 : u16le(bytes, picture + 14);
    view.setUint16(6 + 16 * i + 4, 1, true);
    view.setUint16(6 + 16 * i + 6, bits, true);
    // Some writers count the pixels alone: then the picture may reach to the end.
    const declared = u32le(bytes, 6 + 16 * i + 8);
    if (bits < 32 && declared < 40 && picture < bytes.length)
      view.setUint32(6 + 16 * i + 8, bytes.length - picture, true);
  }
  return icon;
}

/** True for a single picture of one bit whose colours are black and white: with its mask, Pillow's LA. */
function isBlackAndWhite(bytes: Uint8Array): boolean {
  const picture = u32le(bytes, 18);
  const palette = picture + u32le(bytes, picture);
  const grey = u32le(bytes, palette) << 8 === 0 && u32le(bytes, palette + 4) << 8 === 0xffffff00 >> 0;
  return u16le(bytes, 4) === 1 && u16le(bytes, picture + 14) === 1 && grey;
}
