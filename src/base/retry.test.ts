import { expect, it } from 'vitest';
import { backOffMs, mayPass, readRetryAfter } from './retry';

it('reads Retry-After in seconds and as a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(readRetryAfter('7', now)).toBe(7000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
  expect(readRetryAfter('Thu, 01 Jan 2025 00:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('soon', now)).toBeNull();
  expect(readRetryAfter(null, now)).toBeNull();
});

it('asks again after what may pass alone', () => {
  expect([408, 429, 500, 503, 599].every(mayPass)).toBe(true);
  expect([200, 400, 401, 403, 404, 410].some(mayPass)).toBe(false);
});

it('waits twice as long after each try, and by chance up to half of it less', () => {
  const waits = Array.from({ length: 200 }, (_, i) => backOffMs(100, 1 + (i % 3), i));
  for (const [i, ms] of waits.entries()) {
    const longest = 100 * 2 ** (i % 3);
    expect(ms).toBeGreaterThanOrEqual(longest / 2);
    expect(ms).toBeLessThan(longest);
  }
  expect(new Set(waits).size).toBe(200);
  expect(backOffMs(100, 1, 'a', 7)).toBe(backOffMs(100, 1, 'a', 7));
});
