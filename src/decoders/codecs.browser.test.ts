import { describe, expect, test } from 'vitest';
import { server } from 'vitest/browser';
import type { Decoded } from '../core/image';
import { fileRef } from '../core/image';
import { decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { base64, drawIco, drawPng, gradient, iconBitmap } from './test-files';
import { drawIcns, drawTga, j2kRgb, jp2Grey16, jp2Rgb, jp2Rgba, jp2Tiles, jp2Ycc } from './test-stills';

const wide = 12;
const high = 9;

describe('JPEG 2000', () => {
  test.each([
    ['a JP2', jp2Rgb, 0],
    ['a bare codestream', j2kRgb, 0],
    ['luma and colour differences', jp2Ycc, 3],
  ])('%s', async (_, file, tolerance) => {
    const { meta, frames } = await open(base64(file));
    expect(meta).toMatchObject({ format: 'jp2', mode: 'RGB', stored: { width: wide, height: high } });
    const { data } = frames[0].raster;
    for (let i = 0; i < wide * high; i++) {
      const wanted = [20 * (i % wide), 28 * Math.floor(i / wide), 90, 255];
      for (let band = 0; band < 4; band++)
        expect(Math.abs(data[4 * i + band] - wanted[band])).toBeLessThanOrEqual(tolerance);
    }
  });

  test('16 bits are kept where they are wanted', async () => {
    const { meta, frames } = await open(base64(jp2Grey16), true);
    expect(meta.mode).toBe('I;16');
    const data = Float32Array.from({ length: wide * high }, (_, i) => 20 * (i % wide));
    expect(frames[0].raster).toEqual({ width: wide, height: high, channels: 1, data });
  });

  test('a reduced decode is half the size, rounded up', async () => {
    const { frames } = await open(base64(jp2Rgb), false, { width: 5, height: 4 });
    expect(frames[0]).toMatchObject({ scale: 2, raster: { width: 6, height: 5 } });
  });

  test('four components are refused by name, a cut or spoilt file fails', async () => {
    expect(await failure(base64(jp2Rgba))).toMatch(/^unsupported: .*4 components/);
    const bytes = base64(jp2Rgb);
    expect(await failure(bytes.slice(0, -20))).toMatch(/^truncated: /);
    const spoilt = bytes.slice();
    spoilt.fill(0xff, 150, 160); // in the quantisation's and coding's segments
    expect(await failure(spoilt)).toMatch(/^(corrupt|truncated): .*\.$/);
    expect((await open(bytes)).frames.length).toBe(1);
  });
});

describe('a cut JPEG 2000', () => {
  async function recovered(bytes: Uint8Array<ArrayBuffer>) {
    const knobs = decodeKnobs.parse({ damaged: 'keep' });
    const ref = fileRef('cut', new File([bytes], 'cut'));
    const { outcome } = await decodeImage(ref, { wanted: null, deep: false, knobs }, true);
    if (!outcome?.ok) throw new Error(outcome?.failure.message);
    expect(outcome.value.meta.damaged).toMatch(/should reach byte/);
    return outcome.value.frames[0];
  }

  test('keeps the tiles that are whole, and is transparent where there are none', async () => {
    const bytes = base64(jp2Tiles);
    // Tile-parts begin with FF 90; the last two, of the lower row, go, and a part of the second's end.
    const starts = [...bytes.keys()].filter((i) => bytes[i] === 0xff && bytes[i + 1] === 0x90);
    expect(starts).toHaveLength(4);
    const { raster, alpha } = await recovered(bytes.slice(0, starts[2] - 3));
    expect(alpha).toBe(true);
    for (let y = 0, at = 0; y < high; y++) {
      for (let x = 0; x < wide; x++, at += 4) {
        if (y >= 8) expect([...raster.data.subarray(at, at + 4)]).toEqual([0, 0, 0, 0]);
        else if (x < 8) expect([...raster.data.subarray(at, at + 4)]).toEqual([20 * x, 28 * y, 90, 255]);
        else expect(raster.data[at + 3]).toBe(255); // with less detail
      }
    }
  });

  test('of one tile loses detail, not area', async () => {
    for (const file of [jp2Rgb, j2kRgb]) {
      const bytes = base64(file);
      const { raster } = await recovered(bytes.slice(0, -12));
      let sum = 0;
      for (let i = 0; i < wide * high; i++) {
        sum += Math.abs(raster.data[4 * i] - 20 * (i % wide));
        expect(raster.data[4 * i + 3]).toBe(255);
      }
      expect(sum / (wide * high)).toBeLessThan(20);
    }
  });

  test('is corrupt when no tile has begun, and any cut ends in pixels or a failure', async () => {
    const bytes = base64(jp2Tiles);
    const knobs = decodeKnobs.parse({ damaged: 'keep' });
    for (let length = 90; length < bytes.length; length += 7) {
      const cut = bytes.slice(0, length);
      const { outcome } = await decodeImage(
        fileRef('c', new File([cut], 'c')),
        { wanted: null, deep: false, knobs },
        true,
      );
      const begun = cut.some((byte, i) => byte === 0xff && cut[i + 1] === 0x93);
      expect(outcome?.ok, `${length} bytes`).toBe(begun);
    }
  });
});

test.each(['icon', 'cursor'])('of a cut %s the whole rows are recovered', async (kind) => {
  const whole = drawIco({ side: 4, data: iconBitmap(gradient(4, 4, (i) => 40 + i * 12)) });
  if (kind === 'cursor') whole.set([2], 2);
  const cut = whole.slice(0, 22 + 40 + 16 + 16 + 3); // two rows of the four, from the bottom, and a bit
  const ref = fileRef(kind, new File([cut], kind));
  expect(
    (await decodeImage(ref, { wanted: null, deep: false, knobs: decodeKnobs.parse({}) }, true)).outcome,
  ).toMatchObject({
    failure: { code: 'truncated', recoverable: true },
  });
  const knobs = decodeKnobs.parse({ damaged: 'keep' });
  const { outcome } = await decodeImage(ref, { wanted: null, deep: false, knobs }, true);
  if (!outcome?.ok) throw new Error(outcome?.failure.message);
  const { data } = outcome.value.frames[0].raster;
  const sound = (await open(whole)).frames[0].raster.data;
  expect([...data]).toEqual([...Array(32).fill(0), ...sound.slice(32)]);
});

test('a cursor is drawn as the icon that it is, with its bits from the picture', async () => {
  const drawing = gradient(4, 4, (i) => i * 16);
  const icon = drawIco({ side: 4, data: iconBitmap(drawing) }, { side: 2, data: drawPng(gradient(2, 2)) });
  const cursor = icon.slice();
  cursor.set([2], 2);
  cursor.set([3, 0, 1, 0], 10); // its hot spot
  const [as, is] = [await open(icon), await open(cursor)];
  expect(is.meta).toMatchObject({ format: 'cur', mode: 'RGBA', stored: { width: 4, height: 4 } });
  expect(is.frames[0].raster).toEqual(as.frames[0].raster);
});

test('an Apple icon’s largest picture is its PNG or its JPEG 2000', async () => {
  const small = { type: 'is32', data: new Uint8Array(768) };
  const drawing = gradient(20, 20);
  const withPng = await open(drawIcns(small, { type: 'ic07', data: drawPng(drawing) }));
  expect([...withPng.frames[0].raster.data]).toEqual(drawing.rgba);
  expect(withPng.meta.format).toBe('icns');
  const jp2 = drawIcns({ type: 'ic08', data: base64(jp2Rgb) });
  expect((await open(jp2)).meta).toMatchObject({ format: 'icns', stored: { width: wide, height: high } });
  const file = new File([jp2], 'a.icns');
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };
  const elsewhere = await decodeImage(fileRef('a.icns', file), wish, false);
  expect(elsewhere.outcome).toBeNull(); // it wants a codec worker
});

test('small formats need no codec worker', async () => {
  const file = new File([drawTga(gradient(3, 3))], 'a.tga');
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };
  const { outcome } = await decodeImage(fileRef('a.tga', file), wish, false);
  expect(outcome?.ok).toBe(true);
});

/** What other decoders say of a cursor of `../shared/data`. */
interface Row {
  readonly relpath: string;
  readonly mean_rgb_on_white: readonly number[];
}

const base = `/@fs${server.config.root}/../shared/data/`;
const manifest = await fetch(`${base}manifest.jsonl`).then((response) =>
  response.ok ? response.text() : '',
);
const cursors: readonly Row[] = manifest
  .split('\n')
  .filter((line) => line.includes('"sniff": "cur"'))
  .map((line) => JSON.parse(line));

test.skipIf(cursors.length === 0)('cursors of ../shared/data on white', async () => {
  for (const { relpath, mean_rgb_on_white } of cursors) {
    const { data } = (await open(new Uint8Array(await (await fetch(base + relpath)).arrayBuffer()))).frames[0]
      .raster;
    for (let band = 0; band < 3; band++) {
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) sum += 255 + ((data[at + band] - 255) * data[at + 3]) / 255;
      expect(Math.abs((4 * sum) / data.length - mean_rgb_on_white[band]), relpath).toBeLessThan(2);
    }
  }
});

async function outcomeOf(
  bytes: Uint8Array<ArrayBuffer>,
  deep = false,
  wanted: { readonly width: number; readonly height: number } | null = null,
) {
  const ref = fileRef('a', new File([bytes], 'a'));
  const { outcome } = await decodeImage(ref, { wanted, deep, knobs: decodeKnobs.parse({}) }, true);
  if (outcome === null) throw new Error('it was sent to a codec worker');
  return outcome;
}

async function open(...args: Parameters<typeof outcomeOf>): Promise<Decoded> {
  const outcome = await outcomeOf(...args);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

async function failure(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const outcome = await outcomeOf(bytes);
  return outcome.ok ? 'decoded' : `${outcome.failure.code}: ${outcome.failure.message}`;
}
