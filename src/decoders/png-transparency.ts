import { crc32 } from '../base/crc32';
import { fourCharacters, u16be, u32be } from './bytes';

/**
 * The same PNG with the bits cleared that its transparent colour must not have. Of a grey or RGB sample of fewer than 16
 * bits only the low ones count (PNG third edition, 11.3.2.1), and there are files that set others, as 0x00ff in a 1-bit
 * picture; Chromium compares them all, and finds no pixel of that colour.
 */
export function withTransparencyMasked(bytes: Uint8Array): Uint8Array {
  const [depth, type] = [bytes[24], bytes[25]];
  if (depth === 16 || (type !== 0 && type !== 2)) return bytes;
  const at = dataOf(bytes, 'tRNS');
  const samples = type === 0 ? 1 : 3;
  if (at === null || u32be(bytes, at - 8) !== 2 * samples || at + 2 * samples + 4 > bytes.length)
    return bytes;
  const most = 2 ** depth - 1;
  const places = Array.from({ length: samples }, (_, i) => at + 2 * i);
  if (places.every((place) => u16be(bytes, place) <= most)) return bytes;
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  for (const place of places) view.setUint16(place, u16be(bytes, place) & most);
  view.setUint32(at + 2 * samples, crc32(result, at - 4, at + 2 * samples));
  return result;
}

/** Where the data of the first chunk of that name begins, before the picture data; null when there is none. */
function dataOf(bytes: Uint8Array, wanted: string): number | null {
  let at = 8;
  while (at + 12 <= bytes.length) {
    const name = fourCharacters(bytes, at + 4);
    if (name === wanted) return at + 8;
    if (name === 'IDAT' || name === 'IEND') return null;
    at += 12 + u32be(bytes, at);
  }
  return null;
}
