import { describe, expect, test } from 'vitest';
import { random } from '../base/random';
import { jpeg } from './jpeg';
import { base64, be16, join, jpegSegment } from './test-files';
import { headerOf, requestFor } from './test-request';
import { spoil } from './test-spoil';

// By libjpeg-turbo 3.1: 24 × 16 pixels of 12 bits, of 4:2:0 and lossless by predictor 4, and of 16 bits by predictor 6.
const smooth = base64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/2wBDAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wQARDAAQABgDASIAAhEBAxEB/8QAGAAAAwEBAAAAAAAAAAAAAAAAAAoLDA7/xAAtEAABAQMKBAcAAAAAAAAAAAABAAgKEQMFBxclMTVFUWMzQ1NyEyEnQUJSwf/EABUBAQEAAAAAAAAAAAAAAAAAAAoM/8QALhEAAAIFBw0AAAAAAAAAAAAAAQoRJ0Vj8AACBAYhQ1EFBwgJKDE1N1NkdIHj/9oADAMBAAIRAxEAPwDnsxiV19wgVdjkXTWB9doFN+sSuvosg1dkcDK+3WRVdFiV18wj07PIumuOm0Qm/WJXX4WRCj3oZXHTaCukNPU2pxpZXXbH3ks0pMeU5ZLhBjtzxn8IDG2RexK6/YRCj3oXzX2+/hfiFozmJXX02QavAeBlfn8dZFCIznvNqIr5lFZgBva6byc+GEeqJjVbHlNkypi4Qu252VCfwgMbf//Z',
);
const lossless12 = base64(
  '/9j/7gAOQWRvYmUAZAAAAAAA/8MAEQwAEAAYA1IRAEcRAEIRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAIBwz/2gAMA1IARwBCAAQAAOf/AOf/AOf/AKqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaNVTRqqaMv+ggAAAAAAAAAAAv8AoIAAAAAAAAAAAL/oIAAAAAAAAAAAL/oIAAAAAAAAAAAL/oIAAAAAAAAAAAL/AKCAAAAAAAAAAAC/6CAAAAAAAAAAAC/6CAAAAAAAAAAAC/6CAAAAAAAAAAAC/wCggAAAAAAAAAAAv+ggAAAAAAAAAAAv+ggAAAAAAAAAAAv+ggAAAAAAAAAAAv8AoIAAAAAAAAAAAL/oIAAAAAAAAAAAf//Z',
);
const lossless16 = base64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAAQABgBAREA/8QAFwABAQEBAAAAAAAAAAAAAAAABwwIEP/aAAgBAQAGAADqpeqXql6peqXql6peqXql6peqXql6peqXql6peqXql6peqXql6peqX18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr+vl9fX19fX19fX19fX19fX19fX19fX19f18vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr/wD/2Q==',
);

const asked = requestFor({ deep: true, range: 'stored' });

async function valuesOf(bytes: Uint8Array, request = asked): Promise<readonly number[]> {
  expect(jpeg.findDamage(bytes)).toBe(null);
  const decoded = await jpeg.decode(bytes, headerOf(jpeg, bytes), request);
  if (!decoded.ok) throw new Error(decoded.failure.message);
  return [...decoded.value[0].raster.data];
}

/** 24 × 16 pixels. */
const picture = (formula: (x: number, y: number) => readonly number[]) =>
  Array.from({ length: 24 * 16 }, (_, i) => formula(i % 24, Math.floor(i / 24))).flat();

describe('JPEG of other depths', () => {
  test('12 bits of 4:2:0 are within the coding’s own error', async () => {
    expect(headerOf(jpeg, smooth)).toMatchObject({ mode: 'RGB;12', size: { width: 24, height: 16 } });
    const wanted = picture((x, y) => [1000 + 40 * x, 500 + 60 * y, 2000]);
    const found = await valuesOf(smooth);
    expect(found).toHaveLength(wanted.length);
    // libjpeg-turbo itself is off by up to 31 of 4095.
    wanted.forEach((value, i) => {
      expect(Math.abs(found[i] - value), `value ${i}`).toBeLessThanOrEqual(33);
    });
    const scaled = await valuesOf(smooth, { ...asked, range: 'type' });
    scaled.forEach((value, i) => {
      expect(value).toBeCloseTo((found[i] * 255) / 4095, 4);
    });
    expect(await valuesOf(smooth, { ...asked, deep: false })).toHaveLength(24 * 16 * 4);
  });

  test('lossless ones of 12 and 16 bits are exact', async () => {
    expect(headerOf(jpeg, lossless12).mode).toBe('RGB;12');
    expect(await valuesOf(lossless12)).toEqual(picture((x, y) => [170 * x, 255 * y, 70 * x + 130 * y]));
    expect(headerOf(jpeg, lossless16).mode).toBe('I;16');
    expect(await valuesOf(lossless16)).toEqual(picture((x, y) => [2711 * x + 190 * y]));
  });

  test('they want a codec worker, those of 8 bits do not', () => {
    for (const bytes of [smooth, lossless12]) expect(jpeg.heavy(bytes, headerOf(jpeg, bytes))).toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('predictor %i, with restarts and shifted samples', async (predictor) => {
    const numbers = random('lossless', String(predictor));
    for (const [bits, shift, interval] of [
      [16, 0, 0],
      [14, 0, 10],
      [10, 2, 5],
      [2, 0, 3],
      [16, 3, 7],
    ] as const) {
      const samples = Array.from(
        { length: 50 },
        () => Math.floor(numbers.next() * 2 ** (bits - shift)) << shift,
      );
      const file = drawLossless(10, samples, { bits, shift, interval, predictor });
      expect(await valuesOf(file)).toEqual(samples);
    }
  });

  test('what is cut off is recovered by whole rows', async () => {
    const whole = await valuesOf(lossless16);
    const cut = lossless16.subarray(0, lossless16.length - 100);
    expect(jpeg.findDamage(cut)?.ok).toBe(false);
    const recovered = await jpeg.recover?.(cut, headerOf(jpeg, cut), asked);
    if (!recovered?.ok) throw new Error('nothing was recovered');
    const [{ raster, alpha }] = recovered.value;
    expect(alpha).toBe(true);
    const rows = Array.from({ length: 16 }, (_, y) => raster.data[4 * 24 * y + 3] === 255);
    const kept = rows.indexOf(false);
    expect(kept).toBeGreaterThan(4);
    expect(rows.slice(kept)).not.toContain(true);
    for (let i = 0; i < 24 * kept; i++) expect(raster.data[4 * i]).toBe(whole[i]);
  });

  test('a picture that ends early behind an end marker is no whole one', async () => {
    const short = join(smooth.subarray(0, smooth.length - 60), [0xff, 0xd9]);
    const decoded = await jpeg.decode(short, headerOf(jpeg, short), asked);
    expect(decoded).toMatchObject({ ok: false, failure: { code: 'truncated' } });
  });

  test('codings that nobody decodes are named', () => {
    const progressive = smooth.map((byte, i) => (byte === 0xc1 && smooth[i - 1] === 0xff ? 0xc2 : byte));
    expect(jpeg.readHeader(progressive)).toMatchObject({
      ok: false,
      failure: {
        code: 'unsupported',
        message: expect.stringContaining('12 bits a sample in a coding (SOF2)'),
      },
    });
  });

  test('any bytes give pixels or a failure', async () => {
    for (const seed of [smooth, lossless12, lossless16]) {
      for (let i = 0; i < 300; i++) {
        const spoilt = spoil(seed, lossless12, i);
        const header = jpeg.readHeader(spoilt);
        if (!header.ok || header.value.size.width * header.value.size.height > 1e6) continue;
        for (const each of [jpeg.decode, jpeg.recover]) {
          // Of 8 bits it is for the browser.
          if (jpeg.heavy(spoilt, header.value)) await each?.(spoilt, header.value, asked);
        }
      }
    }
  });
});

interface Lossless {
  readonly bits: number;
  readonly shift: number;
  readonly interval: number;
  readonly predictor: number;
}

/** A grey lossless JPEG whose codes are the sizes themselves, in five bits. */
function drawLossless(
  width: number,
  stored: readonly number[],
  { bits, shift, interval, predictor }: Lossless,
) {
  const samples = stored.map((value) => value >> shift);
  const height = samples.length / width;
  const data: number[] = [];
  let text = '';
  function flush(): void {
    text = text.padEnd(Math.ceil(text.length / 8) * 8, '1');
    for (let i = 0; i < text.length; i += 8) {
      const byte = Number.parseInt(text.slice(i, i + 8), 2);
      data.push(...(byte === 0xff ? [0xff, 0] : [byte]));
    }
    text = '';
  }
  let began = 0;
  samples.forEach((sample, i) => {
    if (interval > 0 && i > 0 && i % interval === 0) {
      flush();
      data.push(0xff, 0xd0 + ((i / interval - 1) & 7));
      began = i;
    }
    const [left, above, corner] = [samples[i - 1], samples[i - width], samples[i - width - 1]];
    const alike = [left, above, corner, left + above - corner, left + ((above - corner) >> 1), above + ((left - corner) >> 1), (left + above) >> 1]; // biome-ignore format: in their order
    const inFirstRow = Math.floor(i / width) === Math.floor(began / width);
    const predicted =
      i === began
        ? 2 ** (bits - shift - 1)
        : inFirstRow
          ? left
          : i % width === 0
            ? above
            : alike[predictor - 1];
    const wrapped = (sample - predicted) & 0xffff;
    const difference = wrapped > 32_768 ? wrapped - 65_536 : wrapped;
    const size = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
    text += size.toString(2).padStart(5, '0');
    if (size > 0 && size < 16)
      text += (difference < 0 ? difference + 2 ** size - 1 : difference).toString(2).padStart(size, '0');
  });
  flush();
  return join(
    [0xff, 0xd8],
    jpegSegment(0xc4, [
      0,
      0,
      0,
      0,
      0,
      17,
      ...new Array(11).fill(0),
      ...Array.from({ length: 17 }, (_, i) => i),
    ]),
    jpegSegment(0xc3, [bits, ...be16(height), ...be16(width), 1, 1, 0x11, 0]),
    ...(interval > 0 ? [jpegSegment(0xdd, be16(interval))] : []),
    jpegSegment(0xda, [1, 1, 0, predictor, 0, shift]),
    data,
    [0xff, 0xd9],
  );
}
