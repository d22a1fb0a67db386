import { fourCharacters, u32be } from './bytes';
import type { Colours } from './code-points';
import { inflateWithin } from './png-metadata';

/**
 * What a PNG says of its colours before its picture data (PNG third edition, 4.3): code points (cICP) before a profile
 * (iCCP). What ranks below them (sRGB, gAMA, cHRM) is passed over, as Pillow, OpenCV and every training library do: gamma chunks
 * are wrong more often than right. Code points that keep to the narrow range of video, or to a matrix, count as none, as in Chromium.
 */
export function pngColours(bytes: Uint8Array): Colours {
  let profile: Uint8Array | null = null;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const length = u32be(bytes, at);
    const name = fourCharacters(bytes, at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'IDAT' || name === 'IEND' || data.length < length) break;
    if (name === 'cICP' && length === 4 && data[2] === 0 && data[3] === 1)
      return { primaries: data[0], transfer: data[1] };
    if (name === 'iCCP') profile ??= data;
    at += 12 + length;
  }
  return profile === null ? null : inflateProfile(profile);
}

/** The profile behind an iCCP chunk's name and method; null when it is damaged, which spoils no pixel. */
function inflateProfile(chunk: Uint8Array): Uint8Array | null {
  const name = chunk.indexOf(0);
  return name < 0 ? null : inflateWithin(chunk.subarray(name + 2), largestProfile);
}

/** Profiles of cameras and screens have kilobytes, those with large tables a few megabytes. */
const largestProfile = 16 * 2 ** 20;
