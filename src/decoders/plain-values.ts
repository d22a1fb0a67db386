/** Decodes bytes as UTF-8, and as Windows Latin-1 when they are not: EXIF says ASCII, cameras and editors write either. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('windows-1252');

/** A text cut at its first NUL, on one line, trimmed; null when nothing is left. */
export function plainText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const end = value.indexOf('\0');
  // Control characters would break rows and lines further on.
  const clean = (end < 0 ? value : value.slice(0, end)).replace(/\p{Cc}+/gu, ' ').trim();
  return clean === '' ? null : clean;
}

/**
 * EXIF's `2008:10:22 16:43:21`, or XMP's `2008-10-22T16:43:21.50+02:00` (ISO 8601; seconds may be missing), as
 * `2008-10-22T16:43:21` in the local time that it was written in. Null when a part is missing or out of range, as in
 * the zeros of a camera whose clock was never set.
 */
export function plainDate(value: unknown): string | null {
  const match = datePattern.exec(plainText(value) ?? '');
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = '00'] = match;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const valid =
    within(Number(year), 1, 9999) &&
    within(Number(month), 1, 12) &&
    within(Number(day), 1, days) &&
    within(Number(hour), 0, 23) &&
    within(Number(minute), 0, 59) &&
    within(Number(second), 0, 60);
  return valid ? `${year}-${month}-${day}T${hour}:${minute}:${second}` : null;
}

const datePattern =
  /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/;

const within = (value: number, least: number, most: number) => value >= least && value <= most;

/** A finite number above zero, or null: zero means unknown for exposures, apertures, speeds and focal lengths. */
export function positiveNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** A position in degrees, or nulls when half of it is missing or it is not on Earth. */
export function position(
  latitude: unknown,
  longitude: unknown,
): { readonly latitude: number | null; readonly longitude: number | null } {
  const good =
    typeof latitude === 'number' &&
    typeof longitude === 'number' &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  return good ? { latitude, longitude } : { latitude: null, longitude: null };
}
