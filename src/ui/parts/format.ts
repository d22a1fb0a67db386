const whole = new Intl.NumberFormat('en');
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** Writes a count: `1,482`. */
export const count = (value: number): string => whole.format(value);

/** Writes a count with its noun: `1 image`, `1,482 images`. */
export const counted = (value: number, singular: string, plural = `${singular}s`): string =>
  `${whole.format(value)} ${value === 1 ? singular : plural}`;

/** Writes a size in decimal units: `412 MB`, `23.1 MB`, `640 bytes`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = '';
  for (unit of units) {
    scaled /= 1000;
    if (scaled < 999.5) break;
  }
  return `${scaled < 99.95 ? one.format(scaled) : whole.format(Math.round(scaled))} ${unit}`;
}

/** Writes a time span: `4.3 s`, `2 min 5 s`, `1 h 12 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${one.format(seconds)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Writes images a second: `143`, `8.2`. */
export const rate = (value: number): string =>
  value < 10 ? one.format(value) : whole.format(Math.round(value));

/** Writes a number of the tensor: three significant digits, a real minus sign. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace('-', '−');
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Writes a day: `14 Apr 2008`. */
export const day = (date: Date | number): string => dayFormat.format(date);

/** Writes a moment of this year: `23 Nov, 14:02`. */
export const moment = (date: Date | number): string => momentFormat.format(date);
