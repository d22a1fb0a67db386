import type { MetadataBlocks } from '../core/image';
import { readExifDirectories, writeExif } from './exif-block';
import { iptcOfPhotoshop } from './iptc';
import { maxMetadataBytes } from './metadata';
import { bytesOf } from './tiff-directory';

/**
 * Finds a TIFF or BigTIFF file's metadata: the descriptive tags of its first directory with its EXIF and GPS
 * directories as an EXIF block of their own, XMP (tag 700) and IPTC (tag 33723, else among Photoshop's resources, tag
 * 34377). Of a file that is no TIFF, or has none, nulls.
 */
export function tiffMetadataBlocks(bytes: Uint8Array): MetadataBlocks {
  const directories = readExifDirectories(bytes);
  if (directories === null) return { exif: null, xmp: null, iptc: null };
  const { tiff, main } = directories;
  const resources = bytesOf(tiff, main.get(34_377));
  const iptc = bytesOf(tiff, main.get(33_723));
  return {
    exif: writeExif(directories, { without: new Set(), upright: false, most: maxMetadataBytes }),
    xmp: bytesOf(tiff, main.get(700)),
    iptc: iptc?.[0] === 0x1c ? iptc : resources === null ? null : iptcOfPhotoshop(resources),
  };
}
