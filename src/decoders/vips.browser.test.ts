import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import type { Outcome } from '../core/failure';
import type { Decoded } from '../core/image';
import { fileRef } from '../core/image';
import { decodeKnobs } from '../core/reading-knobs';
import { codecFiles } from './codec-files';
import { decodeImage } from './decode-image';
import { drawTiff, gradient, join } from './test-files';
import { requestFor } from './test-request';
import { tiff } from './tiff';

const knobs = decodeKnobs.parse({});

/** Decodes as a codec worker does, or as a decode worker. */
async function decode(bytes: Uint8Array<ArrayBuffer>, codecs = true, deep = false) {
  const ref = fileRef('a/b', new File([bytes], 'b'));
  return (await decodeImage(ref, { wanted: null, deep, knobs }, codecs)).outcome;
}

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function picture(outcome: Outcome<Decoded> | null) {
  if (!outcome?.ok) throw new Error(outcome?.failure.message ?? 'it was sent to a codec worker');
  const [{ raster, alpha }] = outcome.value.frames;
  return { ...raster, alpha, meta: outcome.value.meta };
}

/** What the pixel of `codecFiles` at a place should be. */
const drawn = (x: number, y: number) => [x * 16, y * 32, (x * 7 + y * 13) % 256];

function farthest({ width, height, channels, data }: ReturnType<typeof picture>): number {
  let far = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      drawn(x, y).forEach((value, i) => {
        far = Math.max(far, Math.abs(value - data[(y * width + x) * channels + i]));
      });
    }
  }
  return far;
}

describe('files of other encoders', () => {
  test.each([
    ['lzw', 0],
    ['deflate', 0],
    ['packbits', 0],
    ['zstd', 0],
    ['lzma', 0],
    ['lzma1', 0],
    ['webp', 0],
    ['lerc', 0],
    ['bits12', 1],
    ['float', 0],
    ['lossless', 0],
    ['jxl', 0],
    ['arith', 12],
  ] as const)('%s gives what was put in, within %i', async (name, most) => {
    const seen = picture(await decode(fromBase64(codecFiles[name])));
    expect([seen.width, seen.height, seen.channels]).toEqual([16, 8, 4]);
    expect(farthest(seen)).toBeLessThanOrEqual(most);
  });

  test('more than 8 bits are kept where they are wanted', async () => {
    const seen = picture(await decode(fromBase64(codecFiles.bits12), true, true));
    expect(seen.data).toBeInstanceOf(Float32Array);
    expect(seen.channels).toBe(3);
    expect(seen.data[3]).toBe(Math.fround((Math.floor((16 * 4095) / 255) * 255) / 4095));
  });

  test('a turned JPEG XL is upright once', async () => {
    const seen = picture(await decode(fromBase64(codecFiles.jxl6)));
    expect(seen.meta).toMatchObject({ stored: { width: 16, height: 8 }, orientation: 6 });
    expect([seen.width, seen.height]).toEqual([8, 16]);
    // Turned by a quarter to the right, the stored left bottom corner comes to the left top.
    const [red, green] = seen.data;
    expect(Math.abs(red - 0)).toBeLessThan(24);
    expect(Math.abs(green - 224)).toBeLessThan(24);
  });

  test('decode workers send them on, with the bytes that they have read', async () => {
    const bytes = fromBase64(codecFiles.lzw);
    const ref = fileRef('a/b', new File([bytes], 'b'));
    const wish = { wanted: null, deep: false, knobs };
    const sent = await decodeImage(ref, wish, false);
    expect(sent).toMatchObject({ outcome: null, bytes });
    const unread = fileRef('a/b', new File([], 'b'));
    const { outcome } = await decodeImage(unread, wish, true, undefined, sent.bytes ?? undefined);
    expect(farthest(picture(outcome))).toBe(0);
    expect(await decode(fromBase64(codecFiles.lzw), false)).toBeNull();
    expect(await decode(fromBase64(codecFiles.arith), false)).toBeNull();
  });
});

describe('TIFF', () => {
  test.each([
    [{ little: true, big: false }],
    [{ little: false, big: false }],
    [{ little: true, big: true }],
    [{ little: false, big: true }],
  ])('of %o', async (layout) => {
    const drawing = gradient(7, 5);
    expect([...picture(await decode(drawTiff(drawing, layout))).data]).toEqual(drawing.rgba);
  });

  test('is reduced to the mean of its blocks, unless they are indices or labels, or more bits are wanted', async () => {
    const drawing = gradient(37, 23);
    const reduce = async (file: Uint8Array<ArrayBuffer>, change: object = {}) => {
      const ref = fileRef('a/b', new File([file], 'b'));
      const wish = { wanted: { width: 9, height: 5 }, deep: false, averages: true, knobs, ...change };
      const { outcome } = await decodeImage(ref, wish, true);
      if (!outcome?.ok) throw new Error(outcome?.failure.message);
      return outcome.value.frames[0];
    };
    const { raster, scale } = await reduce(drawTiff(drawing));
    expect({ scale, width: raster.width, height: raster.height }).toEqual({ scale: 4, width: 10, height: 6 });
    const mean = (column: number, row: number, channel: number) => {
      let sum = 0;
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++)
          sum += drawing.rgba[(Math.min(row * 4 + y, 22) * 37 + Math.min(column * 4 + x, 36)) * 4 + channel];
      return sum / 16;
    };
    raster.data.forEach((value, i) => {
      const wanted = i % 4 === 3 ? 255 : mean((i >> 2) % 10, Math.floor((i >> 2) / 10), i % 4);
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1); // libvips rounds each way apart
    });
    const turned = { wanted: { width: 5, height: 9 } };
    expect((await reduce(drawTiff(drawing, { tags: [[274, 6]] }), turned)).raster).toMatchObject({
      width: 6,
      height: 10,
    });
    const greys = Array.from({ length: 768 }, (_, i) => (i % 256) * 257);
    const indices = drawTiff(drawing, {
      tags: [
        [258, 8],
        [262, 3],
        [277, 1],
        [320, ...greys],
      ],
    });
    expect((await reduce(indices)).scale).toBe(1);
    expect((await reduce(drawTiff(drawing), { averages: false })).scale).toBe(1);
    expect((await reduce(drawTiff(drawing), { deep: true })).scale).toBe(1);
    const exact = decodeKnobs.parse({ mode: 'exact' });
    expect((await reduce(drawTiff(drawing), { knobs: exact })).scale).toBe(1);
  });

  test('is turned upright by its tag', async () => {
    const seen = picture(await decode(drawTiff(gradient(7, 5), { tags: [[274, 6]] })));
    expect([seen.width, seen.height]).toEqual([5, 7]);
    expect([...seen.data.slice(0, 3)]).toEqual(gradient(7, 5).rgba.slice(4 * 28, 4 * 28 + 3));
  });

  test('of several pages gives those that are asked for, each of its own size, and counts no thumbnails', async () => {
    const [first, thumbnail, last] = [gradient(7, 5), gradient(2, 2), gradient(3, 9)];
    const file = chained(drawTiff(first), drawTiff(thumbnail, { tags: [[254, 1]] }), drawTiff(last));
    const header = tiff.readHeader(file);
    if (!header.ok) throw new Error(header.failure.message);
    expect(header.value.frames).toBe(2);
    const decoded = await tiff.decode(file, header.value, {
      ...requestFor({ orientation: header.value.orientation }),
      frames: [0, 1],
    });
    if (!decoded.ok) throw new Error(decoded.failure.message);
    expect(decoded.value.map(({ frame, raster }) => [frame, raster.width, raster.height])).toEqual([
      [0, 7, 5],
      [1, 3, 9],
    ]);
    expect([...decoded.value[1].raster.data]).toEqual(last.rgba);
  });

  test('that is cut off, or compressed in no known way, is named', async () => {
    const whole = drawTiff(gradient(7, 5));
    expect(await decode(whole.slice(0, 90))).toMatchObject({ failure: { code: 'truncated' } });
    expect(await decode(drawTiff(gradient(7, 5), { tags: [[259, 34661]] }))).toMatchObject({
      failure: { code: 'unsupported', message: expect.stringContaining('JBIG') },
    });
  });

  test('with broken data is corrupt, and the next file is not affected', async () => {
    const broken = fromBase64(codecFiles.deflate);
    broken.fill(0x55, 8, 60);
    expect(await decode(broken)).toMatchObject({ failure: { stage: 'decode', code: 'corrupt' } });
    expect(farthest(picture(await decode(fromBase64(codecFiles.lzw))))).toBe(0);
  });
});

describe('SVG', () => {
  const drawing = (attributes: string, inside = '<rect width="100%" height="100%" fill="#ff8040"/>') =>
    new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`);

  test.each([
    ['width="20" height="10"', 20, 10],
    ['width="20.4" height="10.6"', 20, 11],
    ['viewBox="0 0 30 40"', 30, 40],
    ['width="60" viewBox="0 0 30 40"', 60, 80],
    ['width="50%" height="50%" viewBox="0 0 30 40"', 15, 20],
    ['width="1in" height="2cm"', 96, 76],
  ])('%s', async (attributes, width, height) => {
    const seen = picture(await decode(drawing(attributes)));
    expect([seen.width, seen.height]).toEqual([width, height]);
    expect([...seen.data.slice(0, 4)]).toEqual([255, 128, 64, 255]);
  });

  test.each([
    ['<text y="9">words</text>', 'fonts'],
    ['<image width="5" height="5" href="https://example.org/a.png"/>', 'another file'],
    ['<foreignObject/>', 'HTML'],
  ])('%s is refused', async (inside, why) => {
    expect(await decode(drawing('width="20" height="10"', inside))).toMatchObject({
      failure: { code: 'unsupported', message: expect.stringContaining(why) },
    });
  });
});

test.each(Object.keys(codecFiles) as (keyof typeof codecFiles)[])(
  'spoilt files like %s are pictures or named failures, soon',
  async (name) => {
    const sound = fromBase64(codecFiles[name]);
    let [refused, slowestMs] = [0, 0];
    for (let key = 0; key < 60; key++) {
      const draw = random(`codec fuzz ${name}`, key);
      const bytes = sound.slice(0, draw.next() < 0.2 ? Math.ceil(draw.next() * sound.length) : sound.length);
      for (let change = Math.floor(draw.next() * 4); change >= 0; change--)
        bytes[Math.floor(draw.next() * bytes.length)] = Math.floor(draw.next() * 256);
      const start = performance.now();
      const outcome = await decode(bytes);
      slowestMs = Math.max(slowestMs, performance.now() - start);
      if (outcome?.ok === false) {
        refused++;
        expect(outcome.failure.message).toMatch(/\.$/);
        expect(outcome.failure.code).not.toBe('internal');
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(slowestMs).toBeLessThan(30_000);
  },
);

test('a TIFF that is cut off is recovered as far as it goes', async () => {
  const drawing = gradient(40, 30);
  const whole = drawTiff(drawing);
  const header = tiff.readHeader(whole);
  if (!header.ok) throw new Error(header.failure.message);
  // Its directory lies behind the pixels: of the strip the last rows are missing once it says that it has more.
  const longer = whole.slice();
  const view = new DataView(longer.buffer);
  const directory = view.getUint32(4, true);
  for (let at = directory + 2; at < directory + 2 + 12 * view.getUint16(directory, true); at += 12)
    if (view.getUint16(at, true) === 279) view.setUint32(at + 8, longer.length, true);
  expect(tiff.findDamage(longer)).toMatchObject({ failure: { code: 'truncated' } });
  const recovered = await tiff.recover?.(
    longer,
    header.value,
    requestFor({ orientation: header.value.orientation }),
  );
  if (!recovered?.ok) throw new Error(recovered?.failure.message);
  const [{ raster }] = recovered.value;
  expect([raster.width, raster.height]).toEqual([40, 30]);
  expect([...raster.data.slice(0, 40 * 4 * 8)]).toEqual(drawing.rgba.slice(0, 40 * 4 * 8));
});

/** Puts little-endian TIFFs of one page behind one another and links their directories. */
function chained(...files: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = join(...files);
  const view = new DataView(whole.buffer);
  let link = 4;
  let start = 0;
  for (const file of files) {
    const directory = start + view.getUint32(start + 4, true);
    view.setUint32(link, directory, true);
    const count = view.getUint16(directory, true);
    for (let i = 0; i < count; i++) {
      const at = directory + 2 + 12 * i;
      const [tag, type, values] = [
        view.getUint16(at, true),
        view.getUint16(at + 2, true),
        view.getUint32(at + 4, true),
      ];
      const inside = values * (type === 3 ? 2 : 4) <= 4;
      if (!inside || tag === 273) view.setUint32(at + 8, start + view.getUint32(at + 8, true), true);
    }
    link = directory + 2 + 12 * count;
    start += file.length;
  }
  return whole;
}
