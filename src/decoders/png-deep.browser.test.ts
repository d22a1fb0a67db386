import { describe, expect, test } from 'vitest';
import { crc32 } from '../base/crc32';
import { random } from '../base/random';
import { fileRef, isDeep, type Pixels } from '../core/image';
import { decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { be32, join, orientationBlock, pngChunk } from './test-files';

interface Drawn {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 4 grey and alpha, 6 RGBA. */
  readonly type: 0 | 2 | 4 | 6;
  readonly samples: Uint16Array;
}

const channelsOf = { 0: 1, 2: 3, 4: 2, 6: 4 } as const;

function draw(width: number, height: number, type: Drawn['type']): Drawn {
  const numbers = random('deep png', `${width}/${height}/${type}`);
  const length = width * height * channelsOf[type];
  return { width, height, type, samples: Uint16Array.from({ length }, () => numbers.next() * 65_536) };
}

/** Rows as they are, without a filter; `unfilter.test.ts` and the interop check have the others. */
function rawRows({ width, height, type, samples }: Drawn): Uint8Array<ArrayBuffer> {
  const rowBytes = width * channelsOf[type] * 2;
  const raw = new Uint8Array((rowBytes + 1) * height);
  samples.forEach((value, i) => {
    const at = Math.floor((i * 2) / rowBytes) * (rowBytes + 1) + 1 + ((i * 2) % rowBytes);
    raw[at] = value >> 8;
    raw[at + 1] = value & 255;
  });
  return raw;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A PNG whose picture data are `data`, cut into chunks of 100 bytes. */
function file({ width, height, type }: Drawn, data: Uint8Array, ...extra: readonly Uint8Array[]) {
  const head = Uint8Array.of(...be32(width), ...be32(height), 16, type, 0, 0, 0);
  const parts = Array.from({ length: Math.ceil(data.length / 100) }, (_, i) =>
    pngChunk('IDAT', data.subarray(i * 100, i * 100 + 100)),
  );
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return join(signature, pngChunk('IHDR', head), ...extra, ...parts, pngChunk('IEND', new Uint8Array()));
}

const png = async (drawn: Drawn, ...extra: readonly Uint8Array[]) =>
  file(drawn, await deflate(rawRows(drawn)), ...extra);

async function outcomeOf(bytes: Uint8Array<ArrayBuffer>, deep: boolean, knobs: object = {}) {
  const wish = { wanted: null, deep, knobs: decodeKnobs.parse(knobs) };
  const { outcome } = await decodeImage(fileRef('a.png', new File([bytes], 'a.png')), wish, false);
  if (outcome === null) throw new Error('it wants a codec');
  return outcome;
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, deep: boolean, knobs: object = {}) {
  const outcome = await outcomeOf(bytes, deep, knobs);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value.frames[0];
}

async function failure(bytes: Uint8Array<ArrayBuffer>) {
  const outcome = await outcomeOf(bytes, true);
  return outcome.ok ? null : outcome.failure;
}

const equal = (pixels: Pixels, wanted: readonly number[]) =>
  pixels.data.length === wanted.length && wanted.every((value, i) => pixels.data[i] === Math.fround(value));

describe('16-bit PNG', () => {
  test.each([0, 2, 4, 6] as const)(
    'colour type %i keeps every bit, and is rounded where eight are wanted',
    async (type) => {
      const drawn = draw(37, 23, type);
      const bytes = await png(drawn);
      const deep = await decoded(bytes, true);
      const grey = type === 0 || type === 4;
      const alpha = type === 4 || type === 6;
      expect(deep).toMatchObject({ alpha, scale: 1, frame: 0 });
      expect(isDeep(deep.raster)).toBe(true);
      const pixels = Array.from({ length: 37 * 23 }, (_, i) => {
        const all = [...drawn.samples.subarray(i * channelsOf[type], (i + 1) * channelsOf[type])];
        return grey && alpha ? [all[0], all[0], all[0], all[1]] : all;
      });
      expect(
        equal(
          deep.raster,
          pixels.flat().map((x) => (x * 255) / 65_535),
        ),
      ).toBe(true);
      const eight = await decoded(bytes, false);
      const rgba = pixels.map((all) => (all.length === 1 ? [all[0], all[0], all[0]] : all)).flatMap((all) => [...all, 65_535].slice(0, 4)); // biome-ignore format: one line
      expect(
        equal(
          eight.raster,
          rgba.map((x) => Math.round(x / 257)),
        ),
      ).toBe(true);
      const stored = await decoded(bytes, true, { range: 'stored' });
      expect([...stored.raster.data].slice(0, 2)).toEqual(pixels[0].length === 1 ? [pixels[0][0], pixels[1][0]] : pixels[0].slice(0, 2)); // biome-ignore format: one line
    },
  );

  test('is reduced to the mean of its blocks where 8 bits of an opaque picture are wanted', async () => {
    const reduce = async (type: Drawn['type'], averages = true, deep = false) => {
      const drawn = draw(37, 23, type);
      const ref = fileRef('a.png', new File([await png(drawn)], 'a.png'));
      const wish = { wanted: { width: 9, height: 5 }, deep, averages, knobs: decodeKnobs.parse({}) };
      const { outcome } = await decodeImage(ref, wish, false);
      if (!outcome?.ok) throw new Error(outcome?.failure.message);
      return { ...outcome.value.frames[0], drawn };
    };
    for (const type of [0, 2] as const) {
      const { raster, scale, drawn } = await reduce(type);
      expect({ scale, width: raster.width, height: raster.height }).toEqual({
        scale: 4,
        width: 10,
        height: 6,
      });
      const mean = (left: number, top: number, channel: number) => {
        let [sum, count] = [0, 0];
        for (let y = top; y < Math.min(top + 4, 23); y++)
          for (let x = left; x < Math.min(left + 4, 37); x++, count++)
            sum += drawn.samples[(y * 37 + x) * channelsOf[type] + (type === 2 ? channel : 0)];
        return Math.round(Math.floor(sum / count + 0.5) / 257);
      };
      const wanted = Array.from({ length: 240 }, (_, i) =>
        i % 4 === 3 ? 255 : mean(((i >> 2) % 10) * 4, Math.floor((i >> 2) / 10) * 4, i % 4),
      );
      expect([...raster.data]).toEqual(wanted);
    }
    expect((await reduce(6)).scale).toBe(1); // it has alpha
    expect((await reduce(2, false)).scale).toBe(1); // labels
    expect((await reduce(2, true, true)).scale).toBe(1); // more than 8 bits
  });

  test('is turned upright by its EXIF chunk', async () => {
    const drawn = draw(4, 2, 0);
    const { raster } = await decoded(await png(drawn, pngChunk('eXIf', orientationBlock(6))), true, { range: 'stored' });
    expect(raster).toMatchObject({ width: 2, height: 4, channels: 1 });
    const at = (x: number, y: number) => drawn.samples[y * 4 + x];
    expect([...raster.data]).toEqual([at(0, 1), at(0, 0), at(1, 1), at(1, 0), at(2, 1), at(2, 0), at(3, 1), at(3, 0)]);
  }); // biome-ignore format: lines

  test('an alpha channel that is opaque everywhere costs no flattening', async () => {
    const drawn = draw(5, 5, 4);
    for (let i = 1; i < drawn.samples.length; i += 2) drawn.samples[i] = 65_535;
    const frame = await decoded(await png(drawn), true);
    expect(frame).toMatchObject({ alpha: false, raster: { channels: 1 } });
  });

  test('a colour that tRNS names is transparent, by all of its sixteen bits', async () => {
    const drawn: Drawn = { width: 3, height: 1, type: 0, samples: Uint16Array.of(0x1234, 0x1235, 0x1234) };
    const frame = await decoded(await png(drawn, pngChunk('tRNS', Uint8Array.of(0x12, 0x34))), true);
    expect(frame.alpha).toBe(true);
    expect([...frame.raster.data].filter((_, i) => i % 4 === 3)).toEqual([0, 255, 0]);
  });

  test('gamma is left alone, and a percentile is taken of all bits', async () => {
    const drawn = draw(50, 40, 2);
    const plain = await decoded(await png(drawn), true);
    const gamma = await decoded(await png(drawn, pngChunk('gAMA', Uint8Array.of(0, 1, 0x86, 0xa0))), true);
    expect(equal(gamma.raster, [...plain.raster.data])).toBe(true);
    const stretched = await decoded(await png(drawn), false, { range: 'percentile' });
    expect(isDeep(stretched.raster)).toBe(false);
    const sorted = [...stretched.raster.data].filter((_, i) => i % 4 < 3).sort((a, b) => a - b);
    expect([sorted[60], sorted.at(-61)]).toEqual([0, 255]);
  });
});

describe('16-bit PNG that is damaged', () => {
  test('is named by what is wrong with it', async () => {
    const drawn = draw(30, 20, 2);
    const data = await deflate(rawRows(drawn));
    expect(await failure(file(drawn, data.slice(0, data.length >> 1)))).toMatchObject({
      code: 'truncated',
      message: expect.stringMatching(/after \d+ of 20 rows/),
    });
    expect(await failure(file(drawn, data.slice(0, -4)))).toMatchObject({ code: 'truncated' });
    const checksum = data.slice();
    checksum[checksum.length - 1] ^= 1;
    expect(await failure(file(drawn, checksum))).toMatchObject({ code: 'corrupt' });
    const noZlib = data.slice();
    noZlib[0] = 0;
    expect(await failure(file(drawn, noZlib))).toMatchObject({ code: 'corrupt' });
    const filter = rawRows(drawn);
    filter[0] = 9;
    expect(await failure(file(drawn, await deflate(filter)))).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('filter 9'),
    });
    const short = { ...drawn, height: 21 };
    expect(await failure(file(short, data))).toMatchObject({ code: 'truncated' });
  });

  test('is decoded when there is merely more than its rows need, as libpng does', async () => {
    const drawn = draw(30, 20, 2);
    const wanted = [...(await decoded(await png(drawn), true)).raster.data];
    const data = await deflate(rawRows(drawn));
    expect(equal((await decoded(file(drawn, join(data, [1, 2, 3])), true)).raster, wanted)).toBe(true);
    expect(equal((await decoded(file(drawn, await deflate(join(rawRows(drawn), new Uint8Array(1e6)))), true)).raster, wanted)).toBe(true);
  }); // biome-ignore format: lines

  test('never throws and never lingers, however it is spoilt', async () => {
    const drawn = draw(23, 17, 6);
    const profile = pngChunk('iCCP', join([65, 0, 0], await deflate(new Uint8Array(300).fill(7))));
    const sound = await png(drawn, profile, pngChunk('tRNS', Uint8Array.of(1, 2)));
    const codes = new Set<string>();
    for (let key = 0; key < 400; key++) {
      const numbers = random('spoilt deep png', key);
      const bytes = sound.slice();
      for (let i = 0; i < 3; i++) bytes[33 + Math.floor(numbers.next() * (bytes.length - 33))] = numbers.next() * 256;
      // Checksums are made right again, or nothing would pass them.
      const outcome = await outcomeOf(mended(bytes), key % 2 === 0);
      codes.add(outcome.ok ? 'ok' : outcome.failure.code);
    }
    codes.delete('ok');
    for (const code of codes) expect(['corrupt', 'truncated', 'too-large']).toContain(code);
    expect(codes.size).toBeGreaterThan(0);
  }); // biome-ignore format: lines
});

function mended(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    view.setUint32(at + 8 + length, crc32(bytes, at + 4, at + 8 + length));
    at += 12 + length;
  }
  return bytes;
}
