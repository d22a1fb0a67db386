import type { MetadataBlocks } from '../core/image';
import { hasText, u32be } from './bytes';
import { iptcOfPhotoshop } from './iptc';
import { maxMetadataBytes } from './metadata';
import { openTiff } from './tiff-directory';

/** Gathers a JPEG's metadata blocks from its segments. */
export interface JpegMetadata {
  /** Looks at one segment: its marker and its payload, without the length. */
  take(marker: number, at: number, length: number): void;
  blocks(): MetadataBlocks;
}

/**
 * Begins to gather: EXIF and XMP of APP1 (XMP part 3, 1.1.3), with XMP's extension in further segments, and IPTC among
 * the Photoshop resources of APP13, which may continue from one segment to the next.
 */
export function createJpegMetadata(bytes: Uint8Array): JpegMetadata {
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | null = null;
  const extension: { readonly order: number; readonly part: Uint8Array }[] = [];
  const resources: Uint8Array[] = [];
  return {
    take(marker, at, length) {
      const rest = (skip: number) => bytes.subarray(at + skip, at + length);
      if (marker === 0xe1) {
        if (hasText(bytes, at, exifSign)) {
          // A block over 64 KB goes on in segments that begin no TIFF stream of their own.
          const part = rest(exifSign.length);
          if (exif.length === 0 || openTiff(part) === null) exif.push(part);
        }
        if (hasText(bytes, at, xmpSign)) xmp ??= rest(xmpSign.length);
        else if (hasText(bytes, at, extensionSign) && length > extensionSign.length + 40) {
          // Behind the sign: a digest of 32 letters, the whole length, and where this part belongs.
          const skip = extensionSign.length + 40;
          extension.push({ order: u32be(bytes, at + skip - 4), part: rest(skip) });
        }
      } else if (marker === 0xed && hasText(bytes, at, photoshopSign)) {
        resources.push(rest(photoshopSign.length));
      }
    },
    blocks() {
      extension.sort((a, b) => a.order - b.order);
      const packets = [...(xmp === null ? [] : [xmp]), ...extension.map(({ part }) => part)];
      const joined = joinWithin(resources);
      return {
        exif: joinWithin(exif),
        xmp: joinWithin(packets),
        iptc: joined === null ? null : iptcOfPhotoshop(joined),
      };
    },
  };
}

const exifSign = 'Exif\0\0';
const xmpSign = 'http://ns.adobe.com/xap/1.0/\0';
const extensionSign = 'http://ns.adobe.com/xmp/extension/\0';
const photoshopSign = 'Photoshop 3.0\0';

/** The parts as one block, as many of them as are read of a block; null when there are none. */
function joinWithin(parts: readonly Uint8Array[]): Uint8Array | null {
  if (parts.length < 2) return parts[0] ?? null;
  const joined = new Uint8Array(
    Math.min(
      maxMetadataBytes,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part.subarray(0, joined.length - at), at);
    at = Math.min(joined.length, at + part.length);
  }
  return joined;
}
