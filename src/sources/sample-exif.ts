/**
 * Puts an APP1 segment with EXIF after the SOI marker of a JPEG: camera, time, exposure and `orientation` (1 to 8).
 * Layout after EXIF 2.32, section 4.5, and TIFF 6.0, big-endian.
 */
export function withExif(jpeg: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  const exif = exifBlock(orientation);
  const header = [0xff, 0xe1, ...u16(exif.length + 8), ...ascii('Exif\0')];
  const result = new Uint8Array(jpeg.length + header.length + exif.length);
  result.set(jpeg.subarray(0, 2));
  result.set(header, 2);
  result.set(exif, 2 + header.length);
  result.set(jpeg.subarray(2), 2 + header.length + exif.length);
  return result;
}

function exifBlock(orientation: number): readonly number[] {
  const start = [0x4d, 0x4d, ...u16(42), ...u32(8)]; // MM, big-endian
  const tags = (exifAt: number): readonly Tag[] => [
    { tag: 0x010f, type: 2, count: 10, value: ascii('Imagemill') },
    { tag: 0x0110, type: 2, count: 7, value: ascii('Sample') },
    { tag: 0x0112, type: 3, count: 1, value: [...u16(orientation), 0, 0] },
    { tag: 0x8769, type: 4, count: 1, value: u32(exifAt) },
  ];
  const exifAt = start.length + directory(tags(0), start.length).length;
  const exifTags: readonly Tag[] = [
    { tag: 0x829a, type: 5, count: 1, value: [...u32(1), ...u32(125)] },
    { tag: 0x9003, type: 2, count: 20, value: ascii('2026:01:01 12:00:00') },
  ];
  return [...start, ...directory(tags(exifAt), start.length), ...directory(exifTags, exifAt)];
}

interface Tag {
  readonly tag: number;
  /** 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL. */
  readonly type: number;
  readonly count: number;
  /** Big-endian bytes; more than four go behind the directory. */
  readonly value: readonly number[];
}

/** One image file directory that lies `at` bytes into the block, followed by its long values. */
function directory(tags: readonly Tag[], at: number): readonly number[] {
  const entries: number[] = [];
  const values: number[] = [];
  const valuesAt = at + 2 + 12 * tags.length + 4;
  for (const { tag, type, count, value } of tags) {
    const inline = value.length <= 4 ? value : u32(valuesAt + values.length);
    if (value.length > 4) values.push(...value, ...(value.length % 2 ? [0] : []));
    entries.push(...u16(tag), ...u16(type), ...u32(count), ...inline);
  }
  return [...u16(tags.length), ...entries, ...u32(0), ...values];
}

const ascii = (text: string) => [...text, '\0'].map((letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
