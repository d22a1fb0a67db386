import { describe, expect, test } from 'vitest';
import { fileRef } from '../core/image';
import { nothingPrivate } from '../core/privacy';
import { decodeImage } from './decode-image';
import { readOrientation } from './orientation';
import { decode, decoded, encode, knobs, type Seen } from './test-decode';
import {
  asciiTag,
  type Drawing,
  drawBmp,
  drawExif,
  drawGif,
  drawIco,
  drawPng,
  exifSegment,
  gradient,
  iconBitmap,
  orientationBlock,
  pngChunk,
  withSegments,
} from './test-files';

/** Where two pictures first differ, -1 for nowhere: `toEqual` takes its time over many numbers. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return -1;
}

const bytesOf = ({ raster }: Seen) => [...raster.data];

describe('exact values', () => {
  const drawings: readonly (readonly [string, Drawing, (drawing: Drawing) => Uint8Array<ArrayBuffer>])[] = [
    ['PNG', gradient(37, 23), drawPng],
    ['PNG with alpha', gradient(37, 23, (index) => index % 256), drawPng],
    ['BMP of 24 bits', gradient(37, 23), (drawing) => drawBmp(drawing)],
    ['BMP of 32 bits', gradient(37, 23, (index) => 1 + (index % 255)), (drawing) => drawBmp(drawing, 32)],
    [
      'ICO with a PNG',
      gradient(16, 16, (index) => index),
      (drawing) => drawIco({ side: 16, data: drawPng(drawing) }),
    ],
    [
      'ICO with a bitmap',
      gradient(16, 16, (index) => 1 + (index % 255)),
      (drawing) => drawIco({ side: 16, data: iconBitmap(drawing) }),
    ],
  ];

  test.each(drawings)('%s: colour and straight alpha as stored', async (_, drawing, draw) => {
    const result = await decoded(draw(drawing));
    expect(result.raster).toMatchObject({ width: drawing.width, height: drawing.height, channels: 4 });
    expect(result.alpha).toBe(drawing.rgba.some((value, i) => i % 4 === 3 && value < 255));
    // A pixel that cannot be seen has no colour to compare.
    const seen = (values: readonly number[]) => values.map((value, i) => (values[i | 3] === 0 ? 0 : value));
    expect(seen(bytesOf(result))).toEqual(seen(drawing.rgba));
  });

  test('GIF: the first frame by its palette', async () => {
    const rgba = Array.from({ length: 12 }, (_, i) => [85 * (i % 4), 0, 0, 255]).flat();
    const result = await decoded(drawGif({ width: 4, height: 3, rgba }));
    expect(bytesOf(result)).toEqual(rgba);
  });

  test('the largest entry of an ICO, wherever it stands', async () => {
    const small = { side: 8, data: drawPng(gradient(8, 8)) };
    const large = { side: 16, data: iconBitmap(gradient(16, 16)) };
    for (const file of [drawIco(small, large), drawIco(large, small)]) {
      expect(bytesOf(await decoded(file))).toEqual(gradient(16, 16).rgba);
    }
  });

  test('an animated PNG gives its default image, not its first frame', async () => {
    const file = drawPng(gradient(4, 4), pngChunk('acTL', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0)));
    const result = await decoded(file);
    expect(bytesOf(result)).toEqual(gradient(4, 4).rgba);
    expect(result.meta.frames).toBe(1); // the animation has no frame of its own
  });

  test.each(['image/jpeg', 'image/webp'])(
    '%s: the codec’s own RGB every time, as a canvas shows it, many at once',
    async (type) => {
      const bytes = await encode(type, 160, 112, 0.7);
      const bitmap = await createImageBitmap(new Blob([bytes], { type }));
      const context = new OffscreenCanvas(160, 112).getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.drawImage(bitmap, 0, 0);
      const shown = context.getImageData(0, 0, 160, 112).data;
      const results = await Promise.all(Array.from({ length: 40 }, () => decoded(bytes)));
      for (const { raster } of results) expect(firstDifference(raster.data, shown)).toBe(-1);
    },
  );

  test('the transparent colour of a PNG counts by the bits that its samples have', async () => {
    const clear = pngChunk('tRNS', Uint8Array.of(0xff, 10, 0x7f, 20, 1, 30));
    const rgba = [10, 20, 30, 255, 10, 20, 31, 255];
    const { raster } = await decoded(drawPng({ width: 2, height: 1, rgba }, clear));
    expect([...raster.data].slice(3)).toEqual([0, 10, 20, 31, 255]);
  });

  test('a PNG’s gamma is left alone, as every training library does', async () => {
    const gamma = pngChunk('gAMA', Uint8Array.of(0, 1, 0x86, 0xa0));
    expect(bytesOf(await decoded(drawPng(gradient(8, 8), gamma)))).toEqual(gradient(8, 8).rgba);
  });
});

describe('reduction', () => {
  test.each([
    [{ width: 100, height: 75 }, 4],
    [{ width: 50, height: 38 }, 4],
    [{ width: 50, height: 37 }, 8],
    [{ width: 201, height: 10 }, 1],
    [null, 1],
  ])('keeps %o of a JPEG of 401 × 303 by decoding it at 1/%i', async (wanted, scale) => {
    const result = await decoded(await encode('image/jpeg', 401, 303), wanted);
    expect(result.scale).toBe(scale);
    expect(result.raster).toMatchObject({ width: Math.ceil(401 / scale), height: Math.ceil(303 / scale) });
    expect(result.meta).toMatchObject({
      stored: { width: 401, height: 303 },
      oriented: { width: 401, height: 303 },
    });
  });

  test('reduces neither when exact nor what is no JPEG', async () => {
    const jpeg = await decode(
      await encode('image/jpeg', 400, 304),
      { width: 10, height: 10 },
      { mode: 'exact' },
    );
    expect(jpeg.ok && jpeg.value.scale).toBe(1);
    expect((await decoded(await encode('image/png', 400, 304), { width: 10, height: 10 })).scale).toBe(1);
  });
});

describe('orientation', () => {
  // Which stored corner a viewer shows top left and bottom right, by EXIF orientation.
  const corners = [
    [1, 'top left', 'bottom right'],
    [2, 'top right', 'bottom left'],
    [3, 'bottom right', 'top left'],
    [4, 'bottom left', 'top right'],
    [5, 'top left', 'bottom right'],
    [6, 'bottom left', 'top right'],
    [7, 'bottom right', 'top left'],
    [8, 'top right', 'bottom left'],
  ] as const;

  test.each(corners)(
    '%i comes out upright, with the %s of the file on top',
    async (orientation, first, last) => {
      const plain = await encode('image/jpeg', 96, 64);
      const upright = await decoded(plain);
      const turned = await decoded(withSegments(plain, exifSegment(orientationBlock(orientation))));
      const swapped = orientation >= 5;
      expect(turned.raster).toMatchObject(swapped ? { width: 64, height: 96 } : { width: 96, height: 64 });
      expect(turned.meta).toMatchObject({ orientation, stored: { width: 96, height: 64 } });
      expect(turned.meta.oriented).toEqual({ width: turned.raster.width, height: turned.raster.height });
      const pixels = (picture: Seen) => new Uint32Array(picture.raster.data.slice().buffer);
      const at = { 'top left': 0, 'top right': 95, 'bottom left': 63 * 96, 'bottom right': 64 * 96 - 1 };
      expect(pixels(turned)[0]).toBe(pixels(upright)[at[first]]);
      expect(pixels(turned).at(-1)).toBe(pixels(upright)[at[last]]);
      const shown = await canvasOf(withSegments(plain, exifSegment(orientationBlock(orientation))));
      expect(firstDifference(turned.raster.data, shown)).toBe(-1);
    },
  );

  test('a reduced decode is turned too', async () => {
    const file = withSegments(await encode('image/jpeg', 400, 200), exifSegment(orientationBlock(6)));
    const result = await decoded(file, { width: 50, height: 100 });
    expect(result).toMatchObject({ scale: 4, raster: { width: 50, height: 100 } });
  });

  test('PNG and WebP are turned by their EXIF chunk', async () => {
    const png = await decoded(drawPng(gradient(4, 2), pngChunk('eXIf', orientationBlock(6))));
    expect(png.raster).toMatchObject({ width: 2, height: 4 });
    expect(bytesOf(png).slice(0, 3)).toEqual(gradient(4, 2).rgba.slice(16, 19));
  });

  async function canvasOf(bytes: Uint8Array<ArrayBuffer>) {
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  }
});

test('records what is known of the file', async () => {
  const { meta } = await decoded(drawPng(gradient(4, 3)));
  const hash = await crypto.subtle.digest('SHA-256', drawPng(gradient(4, 3)));
  expect(meta).toEqual({
    format: 'png',
    mode: 'RGB',
    bytes: drawPng(gradient(4, 3)).length,
    sha256: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    stored: { width: 4, height: 3 },
    oriented: { width: 4, height: 3 },
    orientation: 1,
    frames: 1,
    damaged: null,
    exif: null,
    privacy: nothingPrivate,
    exifBlock: null,
  });
});

test('tells what is private, and keeps the EXIF block upright only when it is asked to', async () => {
  const block = drawExif([
    { tag: 0x0112, type: 3, count: 1, value: [0, 6] },
    asciiTag(0x010f, 'Make\0'),
    asciiTag(0x013b, 'Ada\0'),
  ]);
  const file = new File([drawPng(gradient(4, 2), pngChunk('eXIf', block))], 'turned.png');
  const metaOf = async (keepExif: boolean) => {
    const wish = { wanted: null, deep: false, keepExif, knobs };
    const { outcome } = await decodeImage(fileRef('turned.png', file), wish, false);
    if (!outcome?.ok) throw new Error(outcome?.failure.message);
    return outcome.value.meta;
  };
  const stripped = await metaOf(false);
  expect(stripped).toMatchObject({
    orientation: 6,
    privacy: { ...nothingPrivate, owner: true },
    exifBlock: null,
  });
  expect(stripped.exif).toMatchObject({ make: 'Make', artist: null });
  const kept = (await metaOf(true)).exifBlock;
  expect(new TextDecoder().decode(kept ?? new Uint8Array())).toContain('Ada');
  expect(readOrientation(kept)).toBe(1);
});
