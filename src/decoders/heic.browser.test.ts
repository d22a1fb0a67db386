import { describe, expect, test } from 'vitest';
import { server } from 'vitest/browser';
import type { DecodedFrame, Header } from '../core/image';
import type { DecodeRequest } from '../core/plugin';
import { sniff } from '../core/sniff';
import { heic } from './heic';
import { orientedSize } from './orient';
import { ascii, base64, be16, be32, box, drawHeic, drawHeif, fullBox, join } from './test-files';
import { headerOf, requestFor } from './test-request';

/** What is seen of a picture: its size, and the colours of its corners as letters. */
interface Seen {
  readonly size: string;
  readonly corners: string;
}

describe('turns', () => {
  const irot = (quarters: number) => box('irot', [quarters]);
  const imir = (axis: number) => box('imir', [axis]);
  test.each<[string, readonly Uint8Array[], number, string, string]>([
    ['none', [], 1, '64 × 48', 'RGBW'],
    ['a quarter', [irot(1)], 8, '48 × 64', 'GWRB'],
    ['two quarters', [irot(2)], 3, '64 × 48', 'WBGR'],
    ['three quarters', [irot(3)], 6, '48 × 64', 'BRWG'],
    ['top and bottom', [imir(0)], 4, '64 × 48', 'BWRG'],
    ['left and right', [imir(1)], 2, '64 × 48', 'GRWB'],
    ['a quarter, then left and right', [irot(1), imir(1)], 7, '48 × 64', 'WGBR'],
    ['left and right, then a quarter', [imir(1), irot(1)], 5, '48 × 64', 'RBGW'],
    ['three quarters, then top and bottom', [irot(3), imir(0)], 7, '48 × 64', 'WGBR'],
  ])('%s: as libheif turns, so the header tells', async (_, turns, orientation, size, corners) => {
    const bytes = drawHeic(...turns);
    const header = readHeader(bytes);
    expect(header).toMatchObject({ size: { width: 64, height: 48 }, orientation, mode: 'RGB' });
    expect(await see(bytes, header, orientation)).toEqual({ size, corners });
    // The pixels as they are stored, when nothing is to be turned.
    expect(await see(bytes, header, 1)).toEqual({ size: '64 × 48', corners: 'RGBW' });
  });
});

test.each([
  ['a profile', box('colr', ascii('prof'), linearProfile()), true],
  ['code points', box('colr', ascii('nclx'), be16(1), be16(8), be16(2), [0x80]), false],
])(
  '%s of linear light: converted to sRGB, unless the colours are wanted as stored',
  async (_, colr, profile) => {
    const bytes = drawHeic(colr);
    const header = readHeader(bytes);
    expect(header.profile).toBe(profile);
    const red = async (colour: DecodeRequest['colour']) => {
      const { raster } = await decode(bytes, header, requestFor({ colour }));
      return raster.data[4 * (8 * 64 + 8)];
    };
    const stored = await red('as-stored');
    expect(stored).toBeGreaterThan(150);
    const light = stored / 255;
    expect(Math.abs((await red('srgb')) - 255 * (1.055 * light ** (1 / 2.4) - 0.055))).toBeLessThan(2);
  },
);

/** An ICC profile of sRGB's primaries and no curve. */
function linearProfile(): Uint8Array {
  const columns = [
    [0x6fa2, 0x38f5, 0x0390],
    [0x6299, 0xb785, 0x18da],
    [0x24a0, 0x0f84, 0xb6cf],
  ];
  const xyz = columns.map((column) => join(ascii('XYZ '), be32(0), ...column.map(be32)));
  const parts = [...xyz, join(ascii('curv'), be32(0), be32(0))];
  const tags = ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];
  const start = 132 + 12 * tags.length;
  const head = new Uint8Array(128);
  head.set(ascii('RGB XYZ '), 16);
  head.set(ascii('acsp'), 36);
  const table = tags.map((tag, i) =>
    join(ascii(tag), be32(start + 20 * Math.min(i, 3)), be32(i < 3 ? 20 : 12)),
  );
  return join(head, be32(tags.length), ...table, ...parts);
}

test('a HEIC that cannot be had is named', () => {
  const size = fullBox('ispe', be32(8), be32(8));
  const message = (bytes: Uint8Array) => {
    const outcome = heic.readHeader(bytes);
    return outcome.ok ? 'read' : `${outcome.failure.code}: ${outcome.failure.message}`;
  };
  expect(message(drawHeif('mif1', 'vvc1', [size], new Uint8Array(9)))).toMatch(/^unsupported: .*VVC/);
  expect(message(drawHeif('heic', 'abcd', [size], new Uint8Array(9)))).toMatch(/^corrupt: .*abcd/);
  expect(message(drawHeif('heic', 'hvc1', [], new Uint8Array(9)))).toMatch(/^corrupt: .*ispe/);
  expect(message(drawHeic().subarray(0, 60))).toMatch(/^truncated: /);
  expect(heic.findDamage(drawHeic().slice(0, -1))).toMatchObject({ failure: { code: 'truncated' } });
});

test('zeros in the coded data are found', () => {
  const bytes = drawHeic();
  expect(heic.findDamage(bytes)).toBeNull();
  bytes.fill(0, bytes.length - 60, bytes.length - 40);
  expect(heic.findDamage(bytes)).toMatchObject({
    failure: { code: 'corrupt', message: expect.stringContaining('hole') },
  });
  const length = drawHeic();
  length[length.length - quartersBytes + 3]--;
  expect(heic.findDamage(length)).toMatchObject({ failure: { code: 'corrupt' } });
});

/** Bytes of coded data in drawHeic. */
const quartersBytes = 113;

test('spoilt data is a failure, and the next file is none the worse', async () => {
  const bytes = drawHeic();
  const header = readHeader(bytes);
  const spoilt = bytes.slice();
  spoilt[spoilt.length - quartersBytes + 4] = 0x7e; // a unit of no known kind
  const outcome = await heic.decode(spoilt, header, requestFor());
  expect(outcome).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
  expect(await see(bytes, header, 1)).toEqual({ size: '64 × 48', corners: 'RGBW' });
});

test('AV1 in a HEIF is decoded as an AVIF is', async () => {
  const bytes = drawHeif(
    'mif1',
    'av01',
    [
      box('av1C', base64(av1Config)),
      fullBox('ispe', be32(16), be32(16)),
      box('colr', ascii('nclx'), [0, 1, 0, 13, 0, 6, 0x80]),
      fullBox('pixi', [3, 8, 8, 8]),
    ],
    base64(av1Data),
  );
  expect(sniff(bytes)).toBe('heic');
  expect((await see(bytes, readHeader(bytes), 1)).size).toBe('16 × 16');
});

const av1Config = 'gQAMAA==';
const av1Data = 'EgAKCRgM/9ogIaDQgDIZF4eHhiGEkkkmUAAAADrW9dB6p66OrirCIA==';

/** What ImageMagick with libheif says of a file of `../shared/data`. */
interface Row {
  readonly relpath: string;
  readonly sniff: string;
  readonly consensus: string;
  readonly ref: { readonly size: readonly number[]; readonly mean_rgb: readonly number[] };
}

const base = `/@fs${server.config.root}/../shared/data/`;
const manifest = await fetch(`${base}manifest.jsonl`).then((response) =>
  response.ok ? response.text() : '',
);
const rows: readonly Row[] = manifest
  .split('\n')
  .filter((line) => line.includes('"sniff": "heic"'))
  .map((line) => JSON.parse(line));

describe.skipIf(rows.length === 0)('../shared/data (skipped when it is absent)', () => {
  test.each(rows.filter((row) => row.consensus.endsWith(':valid')).map((row) => [row.relpath, row] as const))(
    '%s is as libheif has it',
    async (path, { ref }) => {
      const bytes = new Uint8Array(await (await fetch(base + path)).arrayBuffer());
      const header = readHeader(bytes);
      expect(heic.findDamage(bytes)).toBeNull();
      const { width, height } = orientedSize(header.size, header.orientation);
      expect([width, height]).toEqual(ref.size);
      const { raster } = await decode(bytes, header, requestFor({ orientation: header.orientation }));
      expect([raster.width, raster.height]).toEqual(ref.size);
      const mean = [0, 1, 2].map((channel) => meanOf(raster.data, raster.channels, channel));
      const deep = await decode(bytes, header, requestFor({ orientation: header.orientation, deep: true }));
      expect(deep.raster.data instanceof Float32Array).toBe(/_1[02]_/.test(path));
      const deepMean = [0, 1, 2].map((channel) => meanOf(deep.raster.data, deep.raster.channels, channel));
      for (const channel of [0, 1, 2]) {
        expect(Math.abs(mean[channel] - ref.mean_rgb[channel])).toBeLessThan(2);
        expect(Math.abs(mean[channel] - deepMean[channel])).toBeLessThan(0.2);
      }
    },
  );

  test('what libheif refuses is refused', async () => {
    for (const row of rows.filter(({ consensus }) => consensus.endsWith(':rejected'))) {
      const bytes = new Uint8Array(await (await fetch(base + row.relpath)).arrayBuffer());
      const header = heic.readHeader(bytes);
      expect(header.ok && heic.findDamage(bytes) === null, row.relpath).toBe(false);
    }
  });
});

const readHeader = (bytes: Uint8Array): Header => headerOf(heic, bytes);

async function decode(bytes: Uint8Array, header: Header, wish: DecodeRequest): Promise<DecodedFrame> {
  const outcome = await heic.decode(bytes, header, wish);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value[0];
}

async function see(bytes: Uint8Array, header: Header, orientation: number): Promise<Seen> {
  const { raster } = await decode(bytes, header, requestFor({ orientation }));
  const { width, height, data } = raster;
  const letter = (x: number, y: number) => {
    const at = 4 * (y * width + x);
    const bright = [0, 1, 2].filter((i) => data[at + i] > 128);
    return bright.length === 3 ? 'W' : ('RGB'[bright[0]] ?? '?');
  };
  const corners = [letter(8, 8), letter(width - 9, 8), letter(8, height - 9), letter(width - 9, height - 9)];
  return { size: `${width} × ${height}`, corners: corners.join('') };
}

function meanOf(data: ArrayLike<number>, channels: number, channel: number): number {
  let sum = 0;
  for (let at = channels < 3 ? 0 : channel; at < data.length; at += channels) sum += data[at];
  return sum / (data.length / channels);
}
