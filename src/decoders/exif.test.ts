import { describe, expect, test } from 'vitest';
import { readExif } from './exif';
import { ascii, be32, type DrawnTag, drawExif } from './test-files';

const text = (tag: number, value: string): DrawnTag => ({
  tag,
  type: 2,
  count: value.length,
  value: ascii(value),
});
const ratio = (tag: number, ...numbers: readonly number[]): DrawnTag => ({
  tag,
  type: 5,
  count: numbers.length / 2,
  value: numbers.flatMap(be32),
});
const place = [text(1, 'S\0'), ratio(2, 33, 1, 30, 1, 0, 1), text(3, 'E\0'), ratio(4, 151, 1, 15, 1, 0, 1)];
const block = drawExif(
  [text(0x010f, 'Canon\0junk behind'), text(0x0110, '  EOS 40D \0')],
  [
    ratio(0x829a, 1, 160),
    ratio(0x829d, 71, 10),
    { tag: 0x8827, type: 3, count: 1, value: [0, 100] },
    text(0x9003, '2008:05:30 15:56:01\0'),
    ratio(0x920a, 135, 1),
  ],
  place,
);

describe('readExif', () => {
  test('reads plain values, cut at NUL and trimmed, and no position unless asked', async () => {
    expect(await readExif(block, false)).toEqual({
      date: '2008-05-30T15:56:01',
      make: 'Canon',
      model: 'EOS 40D',
      exposure: 1 / 160,
      fNumber: 7.1,
      iso: 100,
      focalLength: 135,
      latitude: null,
      longitude: null,
    });
  });

  test('reads the position when asked', async () => {
    expect(await readExif(block, true)).toMatchObject({ latitude: -33.5, longitude: 151.25 });
  });

  test('gives null for values that make no sense', async () => {
    const odd = drawExif(
      [text(0x010f, '\0\0\0\0'), text(0x0132, '0000:00:00 00:00:00\0')],
      [
        ratio(0x829a, 1, 0),
        ratio(0x829d, 0, 1),
        text(0x9003, '2023:02:30 10:00:00\0'),
        text(0x9004, '2023:02:28 10:00:00\0'),
      ],
      [text(1, 'N\0'), ratio(2, 123, 1, 0, 1, 0, 1), text(3, 'E\0'), ratio(4, 4, 0, 0, 0, 0, 0)],
    );
    expect(await readExif(odd, true)).toEqual({
      date: '2023-02-28T10:00:00',
      make: null,
      model: null,
      exposure: null,
      fNumber: null,
      iso: null,
      focalLength: null,
      latitude: null,
      longitude: null,
    });
  });

  test('never throws on a broken block', async () => {
    expect(await readExif(null, true)).toBeNull();
    for (let length = 0; length < block.length; length += 3) await readExif(block.subarray(0, length), true);
    expect(await readExif(new Uint8Array(100).fill(0xff), true)).toBeNull();
  });
});
