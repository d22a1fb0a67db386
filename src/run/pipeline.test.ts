import { expect, it } from 'vitest';
import { decodeKnobs } from '../core/reading-knobs';
import { computeDeadlineMs } from './pipeline';

it('gives the compute workers the deadline once for every row that they make', () => {
  const frame = { frame: 0, raster: { width: 1, height: 1, channels: 1, data: new Uint8Array(1) }, scale: 1, alpha: false } as const; // biome-ignore format: a record
  const recipe = { decode: decodeKnobs.parse({ timeout_s: 2 }) };
  const still = { frames: [frame] };
  expect(computeDeadlineMs([{ copies: 0, decoded: still }], recipe)).toBe(2000);
  expect(computeDeadlineMs([{ copies: 99, decoded: still }], recipe)).toBe(200_000);
  const film = { frames: [frame, frame, frame] };
  const two = [{ copies: 0, decoded: still }, { copies: 1, decoded: film }]; // biome-ignore format: a pair
  expect(computeDeadlineMs(two, recipe)).toBe(14_000);
  const patient = { decode: decodeKnobs.parse({ timeout_s: 3600 }) };
  const many = Array.from({ length: 8 }, () => ({ copies: 100, decoded: still }));
  expect(computeDeadlineMs(many, patient)).toBe(2 ** 31 - 1);
});
