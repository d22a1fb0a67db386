import { crc32 } from '../base/crc32';
import { joinBytes } from '../base/join-bytes';
import type { Picture } from '../core/row';

/** Puts an EXIF block (a TIFF stream of at most 65,527 bytes) into an encoded picture of the given size. */
export function embedExif(
  { type, bytes }: Picture,
  block: Uint8Array,
  width: number,
  height: number,
): Picture {
  if (type === 'png') return { type, bytes: intoPng(bytes, block) };
  return { type, bytes: type === 'jpeg' ? intoJpeg(bytes, block) : intoWebp(bytes, block, width, height) };
}

/** As APP1 (EXIF 3.0, 4.7.2), behind the JFIF segment, which must come first where there is one. */
function intoJpeg(jpeg: Uint8Array, block: Uint8Array): Uint8Array {
  const jfif = jpeg[2] === 0xff && jpeg[3] === 0xe0;
  const at = jfif ? 4 + (jpeg[4] << 8) + jpeg[5] : 2;
  const length = 2 + exifSign.length + block.length;
  return join(
    jpeg.subarray(0, at),
    [0xff, 0xe1, length >> 8, length & 255],
    exifSign,
    block,
    jpeg.subarray(at),
  );
}

const exifSign = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** As eXIf (PNG third edition, 11.3.3.6), behind the header chunk. */
function intoPng(png: Uint8Array, block: Uint8Array): Uint8Array {
  const body = join([0x65, 0x58, 0x49, 0x66], block);
  const chunk = join(be32(block.length), body, be32(crc32(body)));
  return join(png.subarray(0, headerEnd), chunk, png.subarray(headerEnd));
}

/** Signature, and IHDR with its 13 bytes. */
const headerEnd = 8 + 12 + 13;

/** As the last chunk of the extended format (RFC 9649, 2.7), whose header is put before the picture where it is missing. */
function intoWebp(webp: Uint8Array, block: Uint8Array, width: number, height: number): Uint8Array {
  const extended = webp[12] === 0x56 && webp[13] === 0x50 && webp[14] === 0x38 && webp[15] === 0x58; // VP8X
  const chunks = webp.slice(12);
  if (extended) chunks[8] |= exifFlag;
  const header = extended
    ? []
    : [...ascii('VP8X'), ...le32(10), exifFlag, 0, 0, 0, ...le24(width - 1), ...le24(height - 1)];
  const padding = block.length & 1 ? [0] : [];
  const body = join(ascii('WEBP'), header, chunks, ascii('EXIF'), le32(block.length), block, padding);
  return join(ascii('RIFF'), le32(body.length), body);
}

const exifFlag = 0x08;

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));
const le24 = (value: number): readonly number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255];
const le32 = (value: number): readonly number[] => [...le24(value), value >>> 24];
const be32 = (value: number): readonly number[] => [...le32(value)].reverse();

const join = (...parts: readonly ArrayLike<number>[]): Uint8Array => joinBytes(parts);
