import type { Exif } from '../core/image';

/**
 * Reads an EXIF block (a TIFF stream) into plain values by exifr's smallest build, loaded at the first use.
 * Position is read only when `gps` is true. Null when there is no block, it says nothing or it cannot be read: a
 * broken one never fails an image.
 */
export async function readExif(block: Uint8Array | null, gps: boolean): Promise<Exif | null> {
  if (block === null || block.length < 14) return null;
  try {
    const { parse } = await import('exifr/dist/mini.esm.mjs');
    const tags: unknown = await parse(asJpeg(block), {
      ...options,
      gps: gps ? { pick: [1, 2, 3, 4] } : false,
    });
    if (!isRecord(tags)) return null;
    const main = isRecord(tags.ifd0) ? tags.ifd0 : {};
    const photo = isRecord(tags.exif) ? tags.exif : {};
    const place = gps && isRecord(tags.gps) ? tags.gps : {};
    const exif: Exif = {
      date: date(photo[0x9003]) ?? date(photo[0x9004]) ?? date(main[0x0132]),
      make: text(main[0x010f]),
      model: text(main[0x0110]),
      exposure: positive(photo[0x829a]),
      fNumber: positive(photo[0x829d]),
      iso: positive(photo[0x8827]),
      focalLength: positive(photo[0x920a]),
      latitude: within(place.latitude, 90),
      longitude: within(place.longitude, 180),
    };
    return Object.values(exif).some((value) => value !== null) ? exif : null;
  } catch {
    return null; // exifr throws on blocks that are cut or point outside themselves
  }
}

/** Only the tags that are asked for are decoded; everything else (thumbnails, maker notes) is passed over. */
const options = {
  tiff: true,
  ifd0: { pick: [0x010f, 0x0110, 0x0132] },
  exif: { pick: [0x829a, 0x829d, 0x8827, 0x9003, 0x9004, 0x920a] },
  ifd1: false,
  interop: false,
  makerNote: false,
  userComment: false,
  xmp: false,
  icc: false,
  iptc: false,
  jfif: false,
  mergeOutput: false,
  translateKeys: false,
  translateValues: false,
  reviveValues: false,
  sanitize: true,
};

/** exifr's smallest build knows the JPEG container alone, so the block is wrapped as one (65,533 bytes at most). */
function asJpeg(block: Uint8Array): Uint8Array {
  const body = block.subarray(0, 0xffff - 8);
  const length = body.length + 8;
  const file = new Uint8Array(12 + body.length + 2);
  file.set([0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  file.set(body, 12);
  file.set([0xff, 0xd9], 12 + body.length);
  return file;
}

const isRecord = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

/** A string cut at its first NUL, trimmed; null when nothing is left. */
function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Control characters would break rows and lines further on.
  const clean = value
    .split('\0')[0]
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return clean === '' ? null : clean;
}

/** EXIF's `2008:10:22 16:43:21` as `2008-10-22T16:43:21`; null when a part is out of range. */
function date(value: unknown): string | null {
  const match = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)$/.exec(text(value) ?? '');
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const valid = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60;
  return valid && second <= 60
    ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}`
    : null;
}

/** A number above zero, or a list's first; zero means unknown in EXIF. */
function positive(value: unknown): number | null {
  const number: unknown = isRecord(value) ? value[0] : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
}

function within(value: unknown, limit: number): number | null {
  return typeof value === 'number' && Math.abs(value) <= limit ? value : null;
}
