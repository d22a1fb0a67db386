import { random } from './random';

/** True for the status of an answer that may be another when the same is asked again: 408, 429 and those of servers in trouble. */
export function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * Draws how many milliseconds to wait after so many tries, 1 or more: `firstMs` after the first, doubled after each further
 * one, of which the second half is by chance, so that not all who failed together come again together.
 */
export function backOffMs(
  firstMs: number,
  tries: number,
  ...drawnFrom: readonly (string | number)[]
): number {
  return firstMs * 2 ** (tries - 1) * random('back-off', tries, ...drawnFrom).between(0.5, 1);
}

/** Seconds or a date (RFC 9110, 10.2.3) as milliseconds from now; null where it is missing or neither. */
export function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
