import { expect, test } from 'vitest';
import { fileRef } from '../core/image';
import { decodeKnobs } from '../core/reading-knobs';
import { u16be } from './bytes';
import { decodeImage } from './decode-image';
import { walk } from './jpeg-header';
import { encode } from './test-decode';
import { join, le16, le32 } from './test-files';

const [width, height] = [48, 32];

/** A tag of LONGs; what is written behind the data. */
type Tag = readonly [tag: number, ...values: number[]];

/** A little-endian TIFF of old-style JPEG: parts of data, of which `tagsOf` is told the places, and its directory behind them. */
function drawOld(parts: readonly Uint8Array[], tagsOf: (places: readonly number[]) => readonly Tag[]) {
  let at = 8;
  const places = parts.map((part) => {
    const place = at;
    at += part.length;
    return place;
  });
  const base: readonly Tag[] = [
    [256, width],
    [257, height],
    [258, 8, 8, 8],
    [259, 6],
    [262, 6],
    [277, 3],
  ];
  const tags = [...base, ...tagsOf(places)].sort(([a], [b]) => a - b);
  const behind: number[] = [];
  const behindAt = at + 2 + 12 * tags.length + 4;
  const entries = tags.flatMap(([tag, ...values]) => {
    const place = values.length === 1 ? le32(values[0]) : le32(behindAt + behind.length);
    if (values.length > 1) behind.push(...values.flatMap(le32));
    return [...le16(tag), ...le16(4), ...le32(values.length), ...place];
  });
  return join([0x49, 0x49, 42, 0], le32(at), ...parts, le16(tags.length), entries, le32(0), behind);
}

interface Taken {
  readonly sampling: readonly [number, number];
  readonly quantizations: readonly Uint8Array[];
  readonly codes: ReadonlyMap<number, Uint8Array>;
  readonly scan: Uint8Array;
}

/** A JPEG's tables, and its entropy-coded data. */
function takeApart(jpeg: Uint8Array): Taken {
  const quantizations: Uint8Array[] = [];
  const codes = new Map<number, Uint8Array>();
  let sampling: readonly [number, number] = [1, 1];
  const end = walk(jpeg, (marker, start, length) => {
    if (marker === 0xc0) sampling = [jpeg[start + 7] >> 4, jpeg[start + 7] & 15];
    if (marker === 0xdb)
      for (let at = start; at < start + length; at += 65)
        quantizations[jpeg[at]] = jpeg.subarray(at + 1, at + 65);
    for (let at = start; marker === 0xc4 && at < start + length; ) {
      const size = 17 + jpeg.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
      codes.set(jpeg[at], jpeg.subarray(at + 1, at + size));
      at += size;
    }
  });
  if (end.kind !== 'scan') throw new Error('no scan');
  return { sampling, quantizations, codes, scan: jpeg.subarray(end.at, jpeg.length - 2) };
}

async function pixels(bytes: Uint8Array<ArrayBuffer>) {
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };
  const { outcome } = await decodeImage(fileRef('a', new File([bytes], 'a')), wish, true);
  return outcome?.ok ? [...outcome.value.frames[0].raster.data] : outcome?.failure;
}

test('a JPEG that is held whole, with its strip inside it or as it', async () => {
  const jpeg = await encode('image/jpeg', width, height);
  expect(u16be(jpeg, 0)).toBe(0xffd8);
  const { scan } = takeApart(jpeg);
  const wanted = await pixels(jpeg);
  const inside = drawOld([jpeg], ([at]) => [
    [513, at], [514, jpeg.length], [273, at + jpeg.length - 2 - scan.length], [279, scan.length],
  ]); // biome-ignore format: a table
  expect(await pixels(inside)).toEqual(wanted);
  const whole = drawOld([jpeg], ([at]) => [
    [513, at],
    [514, jpeg.length],
    [273, at],
    [279, jpeg.length],
  ]);
  expect(await pixels(whole)).toEqual(wanted);
  const half = jpeg.subarray(0, jpeg.length - (scan.length >> 1));
  const cut = drawOld([half], ([at]) => [
    [513, at],
    [514, half.length],
    [273, at],
    [279, half.length],
  ]);
  expect(await pixels(cut)).toMatchObject({ code: 'truncated' });
});

test('tables and strips that are apart', async () => {
  const jpeg = await encode('image/jpeg', width, height);
  const { sampling, quantizations, codes, scan } = takeApart(jpeg);
  const tables = [...quantizations, ...[0, 1, 16, 17].map((name) => codes.get(name) ?? new Uint8Array())];
  const named = ([q0, q1, d0, d1, a0, a1]: readonly number[]): readonly Tag[] => [
    [512, 1], [519, q0, q1, q1], [520, d0, d1, d1], [521, a0, a1, a1], [530, ...sampling],
  ]; // biome-ignore format: a table
  const one = drawOld([...tables, scan], (places) => [
    ...named(places), [273, places[6]], [279, scan.length], [278, height],
  ]); // biome-ignore format: a table
  expect(await pixels(one)).toEqual(await pixels(jpeg));
  // Two strips, each coded by itself, with the tables that its quality has.
  const halfHeight = height / 2;
  const strip = await encode('image/jpeg', width, halfHeight);
  const data = takeApart(strip).scan;
  const two = drawOld([...tables, data, data], (places) => [
    ...named(places), [273, places[6], places[7]], [279, data.length, data.length], [278, halfHeight],
  ]); // biome-ignore format: a table
  const part = await pixels(strip);
  const both = await pixels(two);
  if (!Array.isArray(part) || !Array.isArray(both)) throw new Error(JSON.stringify([part, both]));
  // Where the strips meet, chroma is interpolated across.
  const rows = 4 * width * (halfHeight - 2);
  expect(both.slice(0, rows)).toEqual(part.slice(0, rows));
  expect(both.slice(-rows)).toEqual(part.slice(-rows));
});

test('what lacks its tables is refused by name', async () => {
  const bare = drawOld([new Uint8Array(40)], ([at]) => [
    [273, at],
    [279, 40],
    [278, height],
  ]);
  expect(await pixels(bare)).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('old-style JPEG data'),
  });
});
