import { openTiff, readDirectory, wholeNumber } from './tiff-directory';

/**
 * Reads the orientation, 1 to 8, of EXIF's first directory (tag 0x0112) or, where it says none that is valid, of XMP
 * (`tiff:Orientation`), as Pillow does; 1 when neither says one. It decides pixels and sizes, so it is read here rather
 * than with the descriptive values, and costs microseconds.
 */
export function readOrientation(exif: Uint8Array | null, xmp: Uint8Array | null = null): number {
  return exifOrientation(exif) ?? (xmp === null ? null : xmpOrientation(xmp)) ?? 1;
}

function exifOrientation(exif: Uint8Array | null): number | null {
  const tiff = exif === null ? null : openTiff(exif);
  if (tiff === null) return null;
  const value = wholeNumber(tiff, readDirectory(tiff, tiff.first).get(0x0112));
  return value !== null && value >= 1 && value <= 8 ? value : null;
}

/** The property as an attribute or as an element, found in the bytes: a packet is not parsed for one digit. */
function xmpOrientation(xmp: Uint8Array): number | null {
  const packet = latin1.decode(xmp.subarray(0, searchedBytes));
  const match = /tiff:Orientation(?:\s{0,9}=\s{0,9}["']|>\s{0,9})([1-8])\s{0,9}["'<]/.exec(packet);
  return match === null ? null : Number(match[1]);
}

const latin1 = new TextDecoder('latin1');

/** The property stands near the beginning; packets of megabytes hold undo history behind it. */
const searchedBytes = 2 ** 17;
