import type { ImageFormat } from './image';

/** What a file's first bytes say it is. `text` is readable text of no known kind. */
export type Sniffed =
  | ImageFormat
  | 'html'
  | 'xml'
  | 'json'
  | 'text'
  | 'zip'
  | 'gzip'
  | 'pdf'
  | 'video'
  | 'empty'
  | 'unknown';

/** Bytes that {@link sniff} wants to see; fewer (a shorter file) are fine. SVG may open with a long comment. */
export const sniffBytes = 1024;

/** Tells what a file is by its first bytes (at least 64 of them, {@link sniffBytes} for text), never by its name. */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return 'empty';
  for (const [kind, at, magic] of magics) if (matches(head, at, magic)) return kind;
  return (
    sniffBoxes(head) ?? sniffIcon(head) ?? sniffBmp(head) ?? sniffText(head) ?? sniffTga(head) ?? 'unknown'
  );
}

/** True for the kinds that are images, whether or not they can be decoded here. */
export function isImage(sniffed: Sniffed): sniffed is ImageFormat {
  return !notImages.has(sniffed);
}

const notImages: ReadonlySet<Sniffed> = new Set<Sniffed>([
  'html',
  'xml',
  'json',
  'text',
  'zip',
  'gzip',
  'pdf',
  'video',
  'empty',
  'unknown',
]);

/** Kind, offset, and the bytes there as a Latin-1 string; `\u0100` stands for any byte. */
const magics: readonly (readonly [Sniffed, number, string])[] = [
  ['jpeg', 0, '\xff\xd8'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['webp', 0, 'RIFF\u0100\u0100\u0100\u0100WEBP'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['bigtiff', 0, 'II+\0'],
  ['bigtiff', 0, 'MM\0+'],
  ['jxl', 0, '\xff\x0a'],
  ['jxl', 0, '\0\0\0\x0cJXL \r\n\x87\n'],
  ['jp2', 0, '\0\0\0\x0cjP  \r\n\x87\n'],
  ['jp2', 0, '\xff\x4f\xff\x51'],
  ['psd', 0, '8BPS\0'],
  ['qoi', 0, 'qoif'],
  ['hdr', 0, '#?RADIANCE'],
  ['hdr', 0, '#?RGBE'],
  ['dds', 0, 'DDS \x7c\0\0\0'],
  ['icns', 0, 'icns'],
  ['pdf', 0, '%PDF-'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['video', 0, '\x1aE\xdf\xa3'],
  ['video', 0, 'RIFF\u0100\u0100\u0100\u0100AVI '],
  ['video', 0, '\0\0\x01\xba'],
  ['video', 0, '\0\0\x01\xb3'],
  ['video', 0, 'OggS'],
  ['video', 0, 'FLV\x01'],
];

function matches(head: Uint8Array, at: number, magic: string): boolean {
  if (head.length < at + magic.length) return false;
  for (let i = 0; i < magic.length; i++) {
    const wanted = magic.charCodeAt(i);
    if (wanted !== anyByte && head[at + i] !== wanted) return false;
  }
  return true;
}

/** Beyond every byte, so that it can stand for any. */
const anyByte = 0x100;

/** ISO base media files: the brands of the `ftyp` box tell AVIF from HEIC from video (ISO/IEC 14496-12, 23008-12). */
function sniffBoxes(head: Uint8Array): Sniffed | null {
  if (!matches(head, 4, 'ftyp')) return null;
  const end = Math.min(head.length, new DataView(head.buffer, head.byteOffset).getUint32(0));
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    if (at !== 12) brands.push(String.fromCharCode(...head.subarray(at, at + 4))); // 12 is the minor version
  }
  const first = brands.find((brand) => avifBrands.has(brand) || heicBrands.has(brand));
  if (first === undefined) return brands.some((brand) => stillBrands.has(brand)) ? 'heic' : 'video';
  return avifBrands.has(first) ? 'avif' : 'heic';
}

const avifBrands: ReadonlySet<string> = new Set(['avif', 'avis']);
const heicBrands: ReadonlySet<string> = new Set([
  'heic',
  'heix',
  'heim',
  'heis',
  'hevc',
  'hevx',
  'hevm',
  'hevs',
]);

/** Brands of HEIF files of any codec: structure, JPEG, JPEG 2000, VVC, uncompressed. */
const stillBrands: ReadonlySet<string> = new Set([
  'mif1',
  'mif2',
  'msf1',
  'miaf',
  'jpeg',
  'j2ki',
  'vvic',
  'unif',
]);

/** Windows icons and cursors: no magic but small numbers, so the first directory entry must make sense too. */
function sniffIcon(head: Uint8Array): Sniffed | null {
  if (!matches(head, 0, '\0\0') || head.length < 22) return null;
  const type = head[2] | (head[3] << 8);
  const count = head[4] | (head[5] << 8);
  if ((type !== 1 && type !== 2) || count === 0) return null;
  // Byte 9 is reserved: 0, or 255 from .NET's writer. Failing that, the first picture right behind the directory.
  const firstAt = head[18] | (head[19] << 8) | (head[20] << 16);
  if (head[9] !== 0 && head[9] !== 255 && firstAt !== 6 + 16 * count) return null;
  return type === 1 ? 'ico' : 'cur';
}

/** `BM` alone also begins text, so the size of the second header (12 to 124, or damaged) must follow. */
function sniffBmp(head: Uint8Array): Sniffed | null {
  if (!matches(head, 0, 'BM') || head.length < 18) return null;
  return head.subarray(2, 18).some((byte) => byte < 9 || byte > 126) ? 'bmp' : null;
}

/** Text that opens with a tag, a brace or nothing special; SVG is the text that is an image. */
function sniffText(head: Uint8Array): Sniffed | null {
  if (/^P([1-6Ff][\s#]|7\n)/.test(String.fromCharCode(...head.subarray(0, 3)))) return 'pnm';
  const sample = head.subarray(0, sniffBytes);
  const utf16 = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
  if (!utf16 && sample.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127))
    return null;
  const encoding = utf16 ? (sample[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  const text = new TextDecoder(encoding).decode(sample).trimStart().toLowerCase();
  const bare = text.replace(/^(<\?xml[^>]*>|<!--[\s\S]*?-->|<!doctype svg[^>]*>|\s+)+/, '');
  if (/^<(\w+:)?svg[\s>]/.test(bare)) return 'svg';
  if (/^<(!doctype html|html|head|body|title|script|h1|div|p|meta|center|br)\b/.test(bare)) return 'html';
  if (text.startsWith('<')) return 'xml';
  if (/^[{[]/.test(text)) return 'json';
  return utf16 || text.replace(/[^\ufffd]/g, '').length * 10 < text.length ? 'text' : null;
}

/** TGA has no magic: only its few legal type bytes and depths (Truevision TGA 2.0), with a size that is not zero. */
function sniffTga(head: Uint8Array): Sniffed | null {
  if (head.length < 18) return null;
  const [, hasMap, type] = head;
  const mapped = type === 1 || type === 9;
  if (![1, 2, 3, 9, 10, 11].includes(type) || hasMap > 1 || (mapped && hasMap !== 1)) return null;
  const depth = head[16];
  const depths = mapped ? [8, 16] : type === 3 || type === 11 ? [8, 16] : [15, 16, 24, 32];
  const sizeIsZero = (head[12] | head[13]) === 0 || (head[14] | head[15]) === 0;
  return depths.includes(depth) && !sizeIsZero && (head[17] & 0xc0) === 0 ? 'tga' : null;
}
