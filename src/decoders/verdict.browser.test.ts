import { describe, expect, test } from 'vitest';
import type { Decoded } from '../core/image';
import { fileRef } from '../core/image';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { gifData, pictureOfWebp } from './test-animations';
import { ascii, drawBmp, drawIco, drawPng, drawWebp, gradient, join, le16 } from './test-files';

async function decode(bytes: Uint8Array<ArrayBuffer>, change: Partial<DecodeKnobs> = {}) {
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({ mode: 'exact', ...change }) };
  const { outcome } = await decodeImage(fileRef('a', new File([bytes], 'a')), wish, false);
  if (outcome === null) throw new Error('sent to a codec worker');
  return outcome;
}

async function kept(bytes: Uint8Array<ArrayBuffer>): Promise<Decoded> {
  const outcome = await decode(bytes, { damaged: 'keep' });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

/** Noise, so that every row has data of its own, encoded by the browser. */
async function noise(type: string, width = 96, height = 80, grey = false): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const image = context.createImageData(width, height);
  image.data.forEach((_, i) => {
    image.data[i] = i % 4 === 3 ? 255 : grey ? 128 : (Math.imul(i ^ (i >> 5), 0x9e3779b1) >>> 24) & 255;
  });
  context.putImageData(image, 0, 0);
  const blob = await canvas.convertToBlob({ type, quality: 0.9 });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Which rows are there (opaque), and whether those equal the whole file's. */
async function compare(cut: Uint8Array<ArrayBuffer>, whole: Uint8Array<ArrayBuffer>) {
  const [{ raster, alpha }] = (await kept(cut)).frames;
  const full = (await kept(whole)).frames[0].raster;
  expect([raster.width, raster.height]).toEqual([full.width, full.height]);
  const there: boolean[] = [];
  for (let y = 0; y < raster.height; y++) {
    const row = (data: ArrayLike<number>) =>
      Array.from({ length: raster.width * 4 }, (_, i) => data[y * raster.width * 4 + i]);
    const ours = row(raster.data);
    there.push(ours.some((value) => value > 0));
    if (there[y]) expect(ours, `row ${y}`).toEqual(row(full.data));
  }
  return { rows: there.filter(Boolean).length, first: there[0], last: there[there.length - 1], alpha };
}

describe('damaged files', () => {
  test.each(['image/jpeg', 'image/png', 'image/webp'])(
    '%s cut off: the rows that are there are the whole file’s, the rest is transparent',
    async (type) => {
      const whole = await noise(type);
      const cut = whole.slice(0, Math.floor(whole.length * 0.6));
      const outcome = await decode(cut);
      expect(outcome).toMatchObject({ failure: { code: 'truncated', recoverable: true } });
      expect(!outcome.ok && outcome.failure.message).toContain('set decode.damaged to keep');
      const { rows, first, last, alpha } = await compare(cut, whole);
      expect(rows).toBeGreaterThan(16);
      expect(rows).toBeLessThan(60);
      expect([first, last, alpha]).toEqual([true, false, true]);
      const { meta } = await kept(cut);
      expect(meta.damaged).toMatch(/cut off\.$|ends inside/);
      expect((await kept(whole)).meta.damaged).toBeNull();
    },
  );

  test('BMP cut off: its last rows, which come first', async () => {
    const whole = drawBmp(gradient(20, 30));
    const { rows, first, last } = await compare(whole.slice(0, 54 + 60 * 20 + 30), whole);
    expect([rows, first, last]).toEqual([20, false, true]); // half a row is none
  });

  test('a missing end marker costs no pixel', async () => {
    for (const [type, end] of [
      ['image/jpeg', 2],
      ['image/png', 12],
    ] as const) {
      const whole = await noise(type);
      const cut = whole.slice(0, whole.length - end);
      expect(await decode(cut)).toMatchObject({ failure: { code: 'truncated', recoverable: true } });
      expect((await compare(cut, whole)).rows).toBe(80);
    }
  });

  test('a wrong checksum in a PNG costs no pixel', async () => {
    const whole = await noise('image/png');
    const wrong = whole.slice();
    wrong[whole.length - 13] ^= 1; // of the last data chunk
    expect(await decode(wrong)).toMatchObject({ failure: { code: 'corrupt', recoverable: true } });
    expect((await compare(wrong, whole)).rows).toBe(80);
  });

  test('a PNG whose data breaks in the middle keeps the rows before', async () => {
    const whole = await noise('image/png');
    const wrong = whole.slice();
    wrong.fill(0xff, whole.length >> 1, (whole.length >> 1) + 400);
    const { rows, last } = await compare(wrong, whole).catch(() => ({ rows: -1, last: true }));
    // What follows the break may be read wrong for a few bytes before the codec notices: rows differ then.
    expect(rows === -1 || (rows > 20 && !last)).toBe(true);
    expect((await kept(wrong)).meta.damaged).toContain('checksum');
  });

  test('half a JPEG with an end marker is not passed as a whole one', async () => {
    const whole = await noise('image/jpeg');
    const half = join(whole.subarray(0, whole.length * 0.5), [0xff, 0xd9]);
    expect(await decode(half)).toMatchObject({
      failure: {
        code: 'truncated',
        message: expect.stringMatching(/ends.*after \d+ % of its blocks/),
        recoverable: true,
      },
    });
    // Reduced decodes show the fill as well.
    const reduced = await decodeImage(
      fileRef('a', new File([half], 'a')),
      { wanted: { width: 12, height: 10 }, deep: false, knobs: decodeKnobs.parse({}) },
      false,
    );
    expect(reduced.outcome).toMatchObject({ failure: { code: 'truncated' } });
    const { rows, last } = await compare(half, whole);
    expect(rows).toBeGreaterThan(16);
    expect(last).toBe(false);
  });

  test('a picture that is grey by itself is valid', async () => {
    expect((await kept(await noise('image/jpeg', 64, 64, true))).meta.damaged).toBeNull();
  });

  test('a GIF frame with too few pixels, a WebP picture cut inside a sound container', async () => {
    const { width, height, rgba } = gradient(12, 12);
    const head = [...ascii('GIF89a'), ...le16(12), ...le16(12), 0x82, 0, 0, ...new Array(24).fill(60)];
    const frame = [0x2c, ...[0, 0, 12, 12].flatMap(le16), 0];
    const gif = (rows: number) =>
      join(head, frame, gifData({ width, height: rows, rgba: rgba.slice(0, 4 * 12 * rows) }), [0x3b]);
    expect((await kept(gif(height))).meta.damaged).toBeNull();
    const short = await decode(gif(5));
    expect(short).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
    const picture = pictureOfWebp(await noise('image/webp'));
    const webp = (length: number) => drawWebp({ name: 'VP8 ', data: picture.subarray(8, 8 + length) });
    expect((await kept(webp(picture.length - 8))).meta.damaged).toBeNull();
    const cut = webp(picture.length >> 1);
    expect(await decode(cut)).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
  });

  test('with nothing to recover they are corrupt', async () => {
    const jpeg = await noise('image/jpeg');
    const scan = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
    for (const bytes of [jpeg.slice(0, scan + 14), drawPng(gradient(5, 5)).slice(0, 45)]) {
      const outcome = await decode(bytes, { damaged: 'keep' });
      expect(outcome).toMatchObject({ ok: false, failure: { code: 'truncated' } });
      expect(!outcome.ok && outcome.failure.recoverable).toBeUndefined();
    }
  });

  test('a PNG in an icon is recovered like one alone', async () => {
    const png = await noise('image/png', 48, 48);
    const icon = drawIco({ side: 48, data: png.slice(0, png.length * 0.7) });
    const { meta, frames } = await kept(icon);
    expect(meta).toMatchObject({ format: 'ico', damaged: expect.stringContaining('ends inside') });
    expect(frames[0].raster.data.slice(0, 4)).toEqual((await kept(png)).frames[0].raster.data.slice(0, 4));
  });
});
