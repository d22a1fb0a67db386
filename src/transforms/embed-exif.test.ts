import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { embedExif } from './embed-exif';

/** A little-endian EXIF block that holds an artist of seven letters: an odd length. */
const block = Uint8Array.of(
  ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x3b, 1, 2, 0, 7, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0],
  ...[...'Artist\0'].map((letter) => letter.charCodeAt(0)),
);
const drawn = () => sharp({ create: { width: 21, height: 13, channels: 3, background: '#3070a0' } });

describe.each([
  ['jpeg', () => drawn().jpeg({ quality: 90 })],
  ['png', () => drawn().png()],
  ['webp', () => drawn().webp({ quality: 90 })], // VP8
  ['webp', () => drawn().webp({ lossless: true })], // VP8L
  ['webp', () => drawn().withIccProfile('p3').webp({ quality: 90 })], // VP8X
] as const)('%s', (type, encode) => {
  test('holds the block, and the same pixels', async () => {
    const plain = await encode().toBuffer();
    const { bytes } = embedExif({ type, bytes: new Uint8Array(plain) }, block, 21, 13);
    const { format, width, height, exif, icc } = await sharp(bytes).metadata();
    expect([format, width, height]).toEqual([type, 21, 13]);
    expect([...(exif ?? [])].slice(exif?.indexOf('II'))).toEqual([...block]);
    expect(icc?.length).toBe((await sharp(plain).metadata()).icc?.length);
    expect(await sharp(bytes).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer());
  });
});

test('the largest block that is carried fits into a JPEG segment', async () => {
  const large = new Uint8Array(65_527);
  large.set(block);
  const plain = await drawn().jpeg().toBuffer();
  const { bytes } = embedExif({ type: 'jpeg', bytes: new Uint8Array(plain) }, large, 21, 13);
  expect((await sharp(bytes, { failOn: 'warning' }).metadata()).exif?.length).toBe(6 + large.length);
});
