import { Unzlib } from 'fflate';
import type { MetadataBlocks } from '../core/image';
import { hasText } from './bytes';
import { iptcOfPhotoshop } from './iptc';
import { maxMetadataBytes } from './metadata';

/** Gathers a PNG's metadata blocks from its chunks. */
export interface PngMetadata {
  take(name: string, at: number, length: number): void;
  blocks(): MetadataBlocks;
}

/**
 * Begins to gather: EXIF of eXIf, XMP of the text `XML:com.adobe.xmp`, and what ImageMagick and older ExifTools keep as
 * hexadecimal texts, `Raw profile type exif` and its siblings, where the chunks of their own are missing.
 */
export function createPngMetadata(bytes: Uint8Array): PngMetadata {
  let exif: Uint8Array | null = null;
  let xmp: Uint8Array | null = null;
  const raw = new Map<string, Uint8Array>();
  return {
    take(name, at, length) {
      const data = bytes.subarray(at, at + length);
      if (name === 'eXIf') exif ??= withoutSign(data);
      else if (name === 'iTXt' && hasText(data, 0, xmpKeyword)) xmp ??= internationalText(data);
      else if ((name === 'zTXt' || name === 'tEXt') && hasText(data, 0, rawKeyword)) {
        const end = data.indexOf(0);
        const text =
          end < 0 ? null : name === 'zTXt' ? inflateWithin(data.subarray(end + 2)) : data.subarray(end + 1);
        const type = String.fromCharCode(
          ...data.subarray(rawKeyword.length, Math.min(end, rawKeyword.length + 8)),
        );
        const profile = text === null ? null : rawProfile(text);
        if (profile !== null && !raw.has(type.toLowerCase())) raw.set(type.toLowerCase(), profile);
      }
    },
    blocks() {
      const app1 = raw.get('app1') ?? null;
      const rawExif = raw.get('exif') ?? (app1 !== null && hasText(app1, 0, exifSign) ? app1 : null);
      const rawXmp =
        raw.get('xmp') ?? (app1 !== null && hasText(app1, 0, xmpSign) ? app1.subarray(xmpSign.length) : null);
      const iptc = raw.get('iptc') ?? raw.get('8bim') ?? null;
      return {
        exif: exif ?? (rawExif === null ? null : withoutSign(rawExif)),
        xmp: xmp ?? rawXmp,
        // ImageMagick's `iptc` is Photoshop's resources, others' the records themselves.
        iptc: iptc !== null && hasText(iptc, 0, '8BIM') ? iptcOfPhotoshop(iptc) : iptc,
      };
    },
  };
}

const xmpKeyword = 'XML:com.adobe.xmp\0';
const rawKeyword = 'Raw profile type ';
const exifSign = 'Exif\0\0';
const xmpSign = 'http://ns.adobe.com/xap/1.0/\0';

/** Some writers keep the sign that EXIF has in JPEG. */
const withoutSign = (block: Uint8Array) =>
  hasText(block, 0, exifSign) ? block.subarray(exifSign.length) : block;

/** The text of an iTXt chunk (PNG third edition, 11.3.3.4): flag and method, language, translated keyword, text. */
function internationalText(data: Uint8Array): Uint8Array | null {
  const flagAt = data.indexOf(0) + 1;
  const languageEnd = data.indexOf(0, flagAt + 2);
  const keywordEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1);
  if (keywordEnd < 0) return null;
  const text = data.subarray(keywordEnd + 1);
  return data[flagAt] === 1 ? inflateWithin(text) : text;
}

/** Unpacks a zlib stream, at most `most` bytes of it; null when it is broken before its first byte. */
export function inflateWithin(packed: Uint8Array, most = maxMetadataBytes): Uint8Array | null {
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Unzlib((part) => {
    const taken = part.subarray(0, most - total);
    parts.push(taken);
    total += taken.length;
  });
  try {
    // Piece by piece: a piece gives at most a thousand times its size, and the rest is not looked at.
    for (let at = 0; at < packed.length && total < most; at += inflatePieceBytes) {
      stream.push(packed.subarray(at, at + inflatePieceBytes), at + inflatePieceBytes >= packed.length);
    }
  } catch {
    // Cut off or damaged: what came out before is good.
  }
  if (total === 0) return null;
  const text = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
  }
  return text;
}

const inflatePieceBytes = 4096;

/** The bytes of a raw profile: a line with its name, one with its length, and lines of hexadecimal digits. */
function rawProfile(text: Uint8Array): Uint8Array | null {
  const head = /^\s*\S+\s+(\d{1,9})\s/.exec(String.fromCharCode(...text.subarray(0, 100)));
  if (head === null) return null;
  const profile = new Uint8Array(Math.min(Number(head[1]), (text.length - head[0].length) >> 1));
  let filled = 0;
  let high = -1;
  for (let at = head[0].length; at < text.length && filled < profile.length; at++) {
    const digit = hexDigit(text[at]);
    if (digit < 0) continue;
    if (high < 0) high = digit;
    else {
      profile[filled++] = high * 16 + digit;
      high = -1;
    }
  }
  return filled === 0 ? null : profile.subarray(0, filled);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
