import { describe, expect, test } from 'vitest';
import type { Outcome } from '../core/failure';
import type { Header } from '../core/image';
import { jpeg } from './jpeg';
import { ascii, exifSegment, hollowJpeg, join, jpegSegment, orientationBlock } from './test-files';

const value = (outcome: Outcome<Header>): Header => {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
};
const code = (outcome: Outcome<unknown> | null) =>
  outcome === null || outcome.ok ? null : outcome.failure.code;
const cut = (bytes: Uint8Array, by = 1) => bytes.subarray(0, bytes.length - by);

describe('JPEG', () => {
  test('reads size, mode, EXIF and profile from the segments', () => {
    const file = hollowJpeg(500, 375, {
      extra: [exifSegment(orientationBlock(6)), jpegSegment(0xe2, [...ascii('ICC_PROFILE\0'), 1, 1])],
    });
    const header = value(jpeg.readHeader(file));
    expect(header).toMatchObject({
      size: { width: 500, height: 375 },
      mode: 'RGB',
      orientation: 6,
      profile: true,
    });
    expect(header.exif).toEqual(orientationBlock(6));
    expect(jpeg.findDamage(file)).toBeNull();
  });

  test.each([
    [1, -1, 'L'],
    [3, 0, 'RGB'],
    [4, 0, 'CMYK'],
    [4, 2, 'YCCK'],
  ])('calls %i components with Adobe transform %i %s', (components, transform, mode) => {
    const adobe = jpegSegment(0xee, [...ascii('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
    const extra = transform < 0 ? [] : [adobe];
    expect(value(jpeg.readHeader(hollowJpeg(8, 8, { components, extra }))).mode).toBe(mode);
  });

  test.each([
    ['baseline', 0xc0, [], false],
    ['progressive', 0xc2, [], false],
    ['lossless', 0xc3, [], true],
    ['arithmetic', 0xc9, [], true],
    ['progressive arithmetic', 0xca, [], true],
    ['inks with a profile', 0xc0, [jpegSegment(0xe2, ascii('ICC_PROFILE\0'))], true],
  ])('sends %s to a codec worker or not', (what, frame, extra, heavy) => {
    const file = hollowJpeg(8, 8, { frame, extra, components: what.startsWith('inks') ? 4 : 3 });
    expect(jpeg.heavy(file, value(jpeg.readHeader(file)))).toBe(heavy);
  });

  test.each([
    ['hierarchical', { frame: 0xc5 }],
    ['JPEG-LS', { frame: 0xf7 }],
    ['12 bits', { precision: 12 }],
    ['two components', { components: 2 }],
  ])('does not take %s', (_, options) => {
    expect(code(jpeg.readHeader(hollowJpeg(8, 8, options)))).toBe('unsupported');
  });

  test('tells cut off from contradictory', () => {
    const file = hollowJpeg(8, 8);
    expect(code(jpeg.findDamage(cut(file)))).toBe('truncated');
    expect(code(jpeg.readHeader(file.subarray(0, 12)))).toBe('truncated');
    expect(code(jpeg.readHeader(Uint8Array.of(0xff, 0xd8)))).toBe('truncated');
    expect(code(jpeg.readHeader(hollowJpeg(0, 8)))).toBe('corrupt');
    expect(code(jpeg.readHeader(join([0xff, 0xd8, 0xff, 0xe0, 0, 1], file)))).toBe('corrupt');
    expect(code(jpeg.readHeader(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)))).toBe('corrupt');
  });

  test('an end marker inside a thumbnail does not hide that the picture has none, nor does trailing data', () => {
    const thumbnail = jpegSegment(0xe1, hollowJpeg(4, 4));
    expect(code(jpeg.findDamage(hollowJpeg(8, 8, { extra: [thumbnail], eoi: false })))).toBe('truncated');
    expect(jpeg.findDamage(join(hollowJpeg(8, 8), new Uint8Array(1000)))).toBeNull();
  });
});
