import type { Metadata } from '../core/image';
import type { ExifDirectories } from './exif-block';
import { decodeText, plainDate, plainText, position, positiveNumber } from './plain-values';
import { bytesOf, type TiffDirectory } from './tiff-directory';

/**
 * Reads an EXIF block into plain values: numbers, dates and the position by exifr, loaded at the first use; texts from
 * the directories' own bytes, since exifr takes all of them for UTF-8.
 */
export async function readExif(directories: ExifDirectories): Promise<Partial<Metadata>> {
  const { tiff, main, photo } = directories;
  const text = (directory: TiffDirectory, tag: number) => {
    const bytes = bytesOf(tiff, directory.get(tag));
    return bytes === null ? null : plainText(decodeText(cutAtNul(bytes)));
  };
  return {
    ...(await readNumbers(directories)),
    make: text(main, 0x010f),
    model: text(main, 0x0110),
    lens: text(photo, 0xa434),
    artist: text(main, 0x013b),
    copyright: text(main, 0x8298),
    description: text(main, 0x010e),
  };
}

/** What stands behind the first NUL is junk, and must not decide whether the text is UTF-8. */
function cutAtNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

async function readNumbers({ tiff, main, photo, place }: ExifDirectories): Promise<Partial<Metadata>> {
  // exifr gives up a whole directory over one broken tag, so it is told of the sound ones alone.
  const picked = (directory: TiffDirectory, tags: readonly number[]) =>
    tags.filter((tag) => directory.has(tag));
  const photoTags = picked(photo, [0x829a, 0x829d, 0x8827, 0x9003, 0x9004, 0x920a]);
  const placeTags = picked(place, [1, 2, 3, 4]);
  const mainTags = picked(main, [0x0132, 0x8769, 0x8825]);
  if (photoTags.length + placeTags.length === 0 && !mainTags.includes(0x0132)) return {};
  try {
    const { parse } = await import('exifr');
    const tags: unknown = await parse(tiff.bytes, {
      ...options,
      ifd0: { pick: mainTags },
      exif: photoTags.length > 0 && { pick: photoTags },
      gps: placeTags.length > 0 && { pick: placeTags },
    });
    const [ifd0, exif, gps] = isRecord(tags) ? [tags.ifd0, tags.exif, tags.gps].map(recordOf) : [{}, {}, {}];
    return {
      date: plainDate(exif[0x9003]) ?? plainDate(exif[0x9004]) ?? plainDate(ifd0[0x0132]),
      exposure: positiveNumber(exif[0x829a]),
      fNumber: positiveNumber(exif[0x829d]),
      iso: positiveNumber(isRecord(exif[0x8827]) ? exif[0x8827][0] : exif[0x8827]),
      focalLength: positiveNumber(exif[0x920a]),
      ...position(gps.latitude, gps.longitude),
    };
  } catch {
    return {}; // what exifr still finds broken; the texts are good all the same
  }
}

/** Only the tags that are asked for are decoded; everything else (thumbnails, maker notes) is passed over. */
const options = {
  ifd1: false,
  interop: false,
  makerNote: false,
  userComment: false,
  xmp: false,
  icc: false,
  iptc: false,
  jfif: false,
  ihdr: false,
  mergeOutput: false,
  translateKeys: false,
  translateValues: false,
  reviveValues: false,
  sanitize: true,
} as const;

const isRecord = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

const recordOf = (value: unknown) => (isRecord(value) ? value : {});
