import { expect, it } from 'vitest';
import { bytes, counted, duration, figure, rate } from './format';

it('writes sizes in decimal units', () => {
  expect([0, 640, 1000, 23_140_000, 412_000_000, 999_600, 1_250_000_000].map(bytes)).toEqual([
    '0 bytes', '640 bytes', '1.0 KB', '23.1 MB', '412 MB', '1.0 MB', '1.3 GB',
  ]); // biome-ignore format: pairs
});

it('writes time spans', () => {
  expect([0.04, 4.31, 9.99, 59.4, 60, 125, 3600, 4320].map(duration)).toEqual([
    '0.0 s', '4.3 s', '10.0 s', '59 s', '1 min', '2 min 5 s', '1 h', '1 h 12 min',
  ]); // biome-ignore format: pairs
});

it('writes counts, rates and figures', () => {
  expect([counted(1, 'image'), counted(1482, 'image'), counted(0, 'image')]).toEqual([
    '1 image',
    '1,482 images',
    '0 images',
  ]);
  expect([rate(143.4), rate(8.21)]).toEqual(['143', '8.2']);
  expect([figure(-1), figure(0.5123), figure(122.4), figure(45.12)]).toEqual([
    '−1.00',
    '0.51',
    '122',
    '45.1',
  ]);
});
