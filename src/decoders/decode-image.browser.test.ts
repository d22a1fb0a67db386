import { describe, expect, test } from 'vitest';
import { type Outcome, succeeded } from '../core/failure';
import type { Decoded, DecodedFrame, Size } from '../core/image';
import { fileRef } from '../core/image';
import { nothingPrivate } from '../core/privacy';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { readOrientation } from './orientation';
import {
  ascii,
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
  join,
  orientationBlock,
  pngChunk,
  withSegments,
} from './test-files';

const knobs = decodeKnobs.parse({ max_megabytes: 1, max_megapixels: 1 });

/** What was decoded, as its first frame. */
type Seen = Pick<Decoded, 'meta'> & DecodedFrame;

async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  wanted: Size | null = null,
  change: Partial<DecodeKnobs> = {},
): Promise<Outcome<Seen>> {
  const file = new File([bytes], 'picture.jpg');
  const wish = { wanted, deep: false, keepExif: false, knobs: { ...knobs, ...change } };
  const { outcome } = await decodeImage(fileRef('folder/picture.jpg', file), wish, false);
  if (outcome === null) throw new Error('it wants a codec');
  return outcome.ok ? succeeded({ meta: outcome.value.meta, ...outcome.value.frames[0] }) : outcome;
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, wanted: Size | null = null) {
  const outcome = await decode(bytes, wanted);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

async function failure(bytes: Uint8Array<ArrayBuffer>, change: Partial<DecodeKnobs> = {}) {
  const outcome = await decode(bytes, null, change);
  return outcome.ok ? null : outcome.failure;
}

/** Encodes by the browser. Blocks of 16 pixels keep their colours through JPEG's subsampling. */
async function encode(
  type: string,
  width: number,
  height: number,
  quality = 0.95,
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  for (let y = 0; y < height; y += 16) {
    for (let x = 0; x < width; x += 16) {
      context.fillStyle = `rgb(${(x * 5) % 256} ${(y * 3) % 256} ${(x + y) % 256})`;
      context.fillRect(x, y, 16, 16);
    }
  }
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer());
}

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

describe('bad input is a named failure', () => {
  test('files that are not what their name says', async () => {
    expect(await failure(new Uint8Array())).toMatchObject({ stage: 'decode', code: 'empty' });
    const page = Uint8Array.from(ascii('<!DOCTYPE html><html><body>403 Forbidden</body></html>'));
    expect(await failure(page)).toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('The name ends in .jpg but the content is an HTML page'),
    });
    expect(await failure(join(ascii('II*\0'), new Uint8Array(60)))).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('TIFF'),
    });
  });

  test('cut and damaged files', async () => {
    const jpeg = await encode('image/jpeg', 96, 64);
    expect(await failure(jpeg.slice(0, -200))).toMatchObject({ code: 'truncated' });
    const png = drawPng(gradient(20, 20));
    expect(await failure(png.slice(0, -30))).toMatchObject({ code: 'truncated' });
    png[100] ^= 1;
    expect(await failure(png)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('checksum'),
    });
    const gif = drawGif(gradient(6, 6));
    gif[gif.indexOf(0x2c) + 10] = 13; // no LZW code size
    expect(await failure(gif)).toMatchObject({ code: 'corrupt' });
  });

  test('limits are told before any decode', async () => {
    const jpeg = await encode('image/jpeg', 96, 64);
    expect(await failure(jpeg, { max_megapixels: 0.006 })).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('96 × 64'),
    });
    expect(await failure(jpeg, { max_megabytes: 0.0001 })).toMatchObject({ code: 'too-large' });
    // A header that lies costs nothing.
    const liar = drawPng(gradient(2, 2));
    new DataView(liar.buffer).setUint32(16, 0x7fffffff);
    expect(await failure(liar)).toMatchObject({ code: 'too-large' });
  });

  test('files that change or go after they were listed', async () => {
    const root = await navigator.storage.getDirectory();
    const listed = async (name: string) => {
      const handle = await root.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      await writable.write(drawPng(gradient(4, 4)));
      await writable.close();
      return { handle, file: await handle.getFile() };
    };
    const codeOf = async (file: File) => {
      const { outcome } = await decodeImage(
        fileRef(file.name, file),
        { wanted: null, deep: false, knobs },
        false,
      );
      return !outcome || outcome.ok ? null : outcome.failure.code;
    };
    const changed = await listed('changed.png');
    expect(await codeOf(changed.file)).toBeNull();
    const writable = await changed.handle.createWritable();
    await writable.write(drawPng(gradient(5, 5)));
    await writable.close();
    expect(await codeOf(changed.file)).toBe('changed');
    const gone = await listed('gone.png');
    await root.removeEntry('gone.png');
    expect(await codeOf(gone.file)).toBe('gone');
    await root.removeEntry('changed.png');
  });
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
