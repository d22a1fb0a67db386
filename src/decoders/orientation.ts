import { u16be, u16le, u32be, u32le } from './bytes';

/**
 * Reads the orientation (tag 0x0112) of an EXIF block's first directory: 1 to 8, or 1 when it is missing or invalid.
 * It decides pixels and sizes, so it is read here rather than with the descriptive tags, and costs microseconds.
 * Layout after TIFF 6.0, section 2.
 */
export function readOrientation(exif: Uint8Array | null): number {
  if (exif === null || exif.length < 14) return 1;
  const little = exif[0] === 0x49 && exif[1] === 0x49;
  if (!little && !(exif[0] === 0x4d && exif[1] === 0x4d)) return 1;
  const u16 = little ? u16le : u16be;
  const u32 = little ? u32le : u32be;
  const directory = u32(exif, 4);
  if (directory + 2 > exif.length) return 1;
  const count = u16(exif, directory);
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > exif.length) return 1;
    if (u16(exif, at) !== 0x0112) continue;
    const type = u16(exif, at + 2);
    const value =
      type === 3 ? u16(exif, at + 8) : type === 4 ? u32(exif, at + 8) : type === 1 ? exif[at + 8] : 1;
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
