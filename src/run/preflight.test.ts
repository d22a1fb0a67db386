import { expect, it } from 'vitest';
import type { PlannedImage } from '../core/plan';
import { preflight } from './preflight';

const now = Date.UTC(2026, 10, 25, 12);
const planned = (url: string): PlannedImage => ({
  ref: { key: url, origin: { kind: 'link', url }, bytes: null, modified: null },
  label: null, labelId: -1, split: 'train', copies: 0, extra: {},
}); // biome-ignore format: short names first
const signed = (seconds: number) =>
  planned(`https://h/1.jpg?X-Amz-Date=20261125T115900Z&X-Amz-Expires=${seconds}&X-Amz-Signature=a`);

it('tells what has ended, and what will before its turn', async () => {
  const images = [signed(60), signed(62), planned('https://h/2.jpg'), signed(61), signed(3600)];
  expect(await preflight(images, 1, now)).toEqual({ signed: 4, expired: 1, late: 1, firstEnd: now + 1000 });
  expect(await preflight(images, 100, now)).toMatchObject({ expired: 1, late: 0 });
  expect(await preflight([], 1, now)).toEqual({ signed: 0, expired: 0, late: 0, firstEnd: null });
});
