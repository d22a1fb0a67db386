import { expect, test } from 'vitest';
import { carriedExif, readExifDirectories } from './exif-block';
import { readMetadata } from './metadata';
import { readOrientation } from './orientation';
import { ascii, asciiTag, be32, drawExif, join, le16, ratioTag } from './test-files';

const valuesOf = async (exif: Uint8Array | null) =>
  (await readMetadata({ exif, xmp: null, iptc: null }, { values: true, gps: true, personal: true })).metadata;

test('what is carried reads the same, upright, without pixel counts, maker notes and thumbnail', async () => {
  for (const little of [false, true]) {
    const value = (bytes: readonly number[]) => (little ? [...bytes].reverse() : bytes);
    const ratio = (tag: number, ...numbers: readonly number[]) => ({
      ...ratioTag(tag, ...numbers),
      value: numbers.flatMap((number) => value(be32(number))),
    });
    const block = drawExif(
      [
        asciiTag(0x010f, 'Make\0'),
        { tag: 0x0112, type: 3, count: 1, value: value([0, 6]) },
        asciiTag(0x013b, 'Ada\0'),
      ],
      [
        ratio(0x829d, 28, 10),
        { tag: 0x927c, type: 7, count: 9, value: ascii('maker note') },
        { tag: 0xa002, type: 4, count: 1, value: value(be32(4000)) },
        asciiTag(0xa431, 'S123\0'),
      ],
      [asciiTag(1, 'N\0'), ratio(2, 10, 1, 0, 1, 0, 1), asciiTag(3, 'E\0'), ratio(4, 11, 1, 0, 1, 0, 1)],
      little,
    );
    const withThumbnail = join(block, ascii('thumbnail'));
    expect(readOrientation(withThumbnail)).toBe(6);
    const carried = carriedExif(withThumbnail);
    expect(await valuesOf(carried)).toEqual(await valuesOf(block));
    expect(readOrientation(carried)).toBe(1);
    const text = new TextDecoder('latin1').decode(carried ?? new Uint8Array());
    expect(text).toContain('S123');
    expect(text).not.toMatch(/maker note|thumbnail/);
    expect([...(readExifDirectories(carried ?? new Uint8Array())?.photo.keys() ?? [])]).toEqual([
      0x829d, 0xa431,
    ]);
  }
});

test('what is carried fits into a JPEG segment; what is too long is left out', async () => {
  const block = drawExif([
    asciiTag(0x010e, 'x'.repeat(65_500)),
    asciiTag(0x010f, 'Make\0'),
    asciiTag(0x0110, 'y'.repeat(40_000)),
  ]);
  const carried = carriedExif(block);
  expect(carried?.length).toBeLessThanOrEqual(65_527);
  expect(await valuesOf(carried)).toMatchObject({
    make: 'Make',
    model: 'y'.repeat(40_000),
    description: null,
  });
});

test('of no block, or of one that says nothing, nothing is carried', () => {
  expect(carriedExif(new Uint8Array(50))).toBeNull();
  expect(carriedExif(Uint8Array.of(...ascii('II*\0'), ...le16(8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))).toBeNull();
});
