import { describe, expect, test } from 'vitest';
import { fileRef, isDeep } from '../core/image';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { hasText, u32le } from './bytes';
import { decodeImage } from './decode-image';
import { deepAlphaAvif, drawCodedAvif, swatches, tabledProfile, tabledSwatches } from './test-colours';
import {
  ascii,
  be32,
  drawPng,
  drawWebp,
  join,
  jpegSegment,
  pngChunk,
  withSegments,
  zlibStored,
} from './test-files';

const size = { width: swatches.length / 3, height: 1 };
const rgba = (rgb: readonly number[]) => rgb.flatMap((value, i) => (i % 3 < 2 ? [value] : [value, 255]));

/** A PNG of colours in 8 bits or, as their 257 times, in 16. */
function png(colours: readonly number[], bits: 8 | 16, ...chunks: readonly Uint8Array[]) {
  const width = colours.length / 3;
  if (bits === 8) return drawPng({ width, height: 1, rgba: rgba(colours) }, ...chunks);
  const head = Uint8Array.of(...be32(width), ...be32(1), 16, 2, 0, 0, 0);
  const rows = [0, ...colours.flatMap((value) => [value, value])];
  return join(
    ascii('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', head),
    ...chunks,
    pngChunk('IDAT', zlibStored(rows)),
    pngChunk('IEND', new Uint8Array()),
  );
}

const cicp = (primaries: number, transfer: number, matrix = 0, full = 1) =>
  pngChunk('cICP', Uint8Array.of(primaries, transfer, matrix, full));
const iccp = (profile: Uint8Array) => pngChunk('iCCP', join(ascii('x\0\0'), zlibStored([...profile])));

interface Asked {
  readonly deep?: boolean;
  readonly codecs?: boolean;
  readonly knobs?: Partial<DecodeKnobs>;
}

/** The colours of a file's first frame without alpha, and whether a codec worker is wanted for them. */
async function coloursOf(
  bytes: Uint8Array<ArrayBuffer>,
  { deep = false, codecs = true, knobs = {} }: Asked = {},
) {
  const wish = { wanted: null, deep, knobs: decodeKnobs.parse(knobs) };
  const { outcome } = await decodeImage(fileRef('a', new File([bytes], 'a')), wish, codecs);
  if (outcome === null) return 'wants a codec';
  if (!outcome.ok) throw new Error(outcome.failure.message);
  const { raster } = outcome.value.frames[0];
  expect(isDeep(raster)).toBe(deep);
  return [...raster.data].filter((_, i) => raster.channels !== 4 || i % 4 < 3);
}

/** The browser's own conversion. */
async function shown(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<number[]> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  const { data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: [] };
  return [...data].filter((_, i) => i % 4 < 3);
}

function expectNear(got: readonly number[] | string, wanted: readonly number[], most: number): void {
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(Number(got[i]) - value), `value ${i}: ${got[i]}, not ${value}`).toBeLessThanOrEqual(most);
  });
}

describe('code points', () => {
  test.each([
    ['Display P3', 12, 13],
    ['BT.2020 with sRGB’s curve', 9, 13],
    ['BT.2020', 9, 14],
    ['BT.709 as cameras have it', 1, 1],
    ['linear', 1, 8],
    ['PAL', 5, 5],
    ['NTSC of 1953, white C', 4, 4],
    ['SMPTE 170M', 6, 6],
    ['film, white C', 8, 13],
    ['DCI-P3, its own white', 11, 13],
    ['EBU 3213', 22, 13],
  ])('%s: a PNG’s are converted as Chromium does, in 8 bits and in 16', async (_, primaries, transfer) => {
    const file = png(swatches, 8, cicp(primaries, transfer));
    const wanted = await shown(file, 'image/png');
    expectNear(await coloursOf(file, { codecs: false }), wanted, 1);
    const deep = await coloursOf(png(swatches, 16, cicp(primaries, transfer)), { deep: true, codecs: false });
    expectNear(deep, wanted, 1.5);
    expect(await coloursOf(file, { knobs: { colour: 'as-stored' } })).toEqual(swatches);
  });

  test('what is sRGB, unknown, unspecified or of video’s range is left alone', async () => {
    for (const chunk of [
      cicp(1, 13),
      cicp(2, 2),
      cicp(3, 13),
      cicp(12, 99),
      cicp(12, 13, 0, 0),
      cicp(12, 13, 1),
    ])
      expect(await coloursOf(png(swatches, 8, chunk))).toEqual(swatches);
  });

  test('they count before a profile, wherever they stand', async () => {
    const alone = await coloursOf(png(swatches, 8, cicp(12, 13)));
    expect(await coloursOf(png(swatches, 8, cicp(12, 13), iccp(tabledProfile)), { codecs: false })).toEqual(
      alone,
    );
    expect(await coloursOf(png(swatches, 8, iccp(tabledProfile), cicp(12, 13)), { codecs: false })).toEqual(
      alone,
    );
  });

  // ITU-R BT.2408, table 1: 203 cd/m² are 58 % of PQ and 75 % of HLG.
  test.each([
    ['PQ', 16, 0.5806888],
    ['HLG', 18, 0.75],
  ])('%s: the reference white is white, and what is brighter is clipped', async (_, transfer, white) => {
    const grey = (value: number) => [value, value, value];
    const steps = [0, 0.5, 0.9, 1, 1.2].map((share) => Math.round(255 * white * share));
    const file = (bits: 8 | 16) => png(steps.flatMap(grey), bits, cicp(9, transfer));
    const deep = Array.from(await coloursOf(file(16), { deep: true }), Number);
    const values = steps.map((_, i) => deep[3 * i]);
    expect(values[0]).toBe(0);
    expect(Math.abs(values[3] - 255)).toBeLessThan(1.5); // the step is a rounded one
    expect(values[4]).toBe(255);
    // Light by the formulas of BT.2100, tables 4 and 5, written down apart.
    const light = [steps[1], steps[2]].map((step) => lightOf(transfer, step / 255) / 203);
    light.forEach((each, i) => {
      expect(Math.abs(values[i + 1] - 255 * (1.055 * each ** (1 / 2.4) - 0.055))).toBeLessThan(0.1);
    });
    expectNear(await coloursOf(file(8)), deep.map(Math.round), 1);
  });

  test('an AVIF’s are converted as Chromium does, where they are no high dynamic range', async () => {
    for (const [primaries, transfer] of [
      [12, 13],
      [9, 14],
      [9, 13],
      [1, 8],
    ] as const) {
      const file = drawCodedAvif(primaries, transfer);
      expectNear(await coloursOf(file, { codecs: false }), await shown(file, 'image/avif'), 1);
    }
    const stored = await coloursOf(drawCodedAvif(1, 13));
    expect(await coloursOf(drawCodedAvif(9, 16), { knobs: { colour: 'as-stored' } })).toEqual(stored);
    const rgb = await coloursOf(drawCodedAvif(9, 16));
    // 112, 96, 88 in PQ: the red of what is far under white.
    expect(rgb).not.toEqual(stored);
    // What video's curves name is shown as it is.
    expect(await coloursOf(drawCodedAvif(1, 1))).toEqual(stored);
  });
});

/** cd/m² of a grey. */
function lightOf(transfer: number, value: number): number {
  if (transfer === 18) {
    const scene =
      value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.5599107) / 0.17883277) + 0.28466892) / 12;
    return 1000 * scene ** 1.2;
  }
  const power = value ** (1 / 78.84375);
  return 10_000 * (Math.max(0, power - 0.8359375) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125);
}

describe('a profile of tables', () => {
  const eightBits = tabledSwatches.map(Math.round);

  test('is applied by lcms, in codec workers', async () => {
    const file = png(swatches, 8, iccp(tabledProfile));
    expect(await coloursOf(file, { codecs: false })).toBe('wants a codec');
    expectNear(await coloursOf(file), eightBits, 1);
    expect(await coloursOf(file, { knobs: { colour: 'as-stored' } })).toEqual(swatches);
  });

  test('keeps sixteen bits', async () => {
    expectNear(await coloursOf(png(swatches, 16, iccp(tabledProfile)), { deep: true }), tabledSwatches, 0.02);
    expectNear(await coloursOf(png(swatches, 16, iccp(tabledProfile))), eightBits, 1);
  });

  test('of a JPEG and of a WebP', async () => {
    const { jpeg, webp } = await encoded();
    const half = Math.ceil(tabledProfile.length / 2);
    const part = (number: number, data: Uint8Array) =>
      jpegSegment(0xe2, join(ascii('ICC_PROFILE\0'), [number, 2], data));
    // In two parts, the second first.
    const file = withSegments(
      jpeg,
      part(2, tabledProfile.subarray(half)),
      part(1, tabledProfile.subarray(0, half)),
    );
    expect(await coloursOf(file, { codecs: false })).toBe('wants a codec');
    const middles = (values: readonly number[] | string) =>
      Array.from({ length: 24 }, (_, i) =>
        Number(values[3 * (8 * 128 + 16 * Math.floor(i / 3) + 8) + (i % 3)]),
      );
    expectNear(middles(await coloursOf(file)), eightBits, 6);
    const flags = join([0x20, 0, 0, 0], [127, 0, 0], [15, 0, 0]);
    const container = drawWebp(
      { name: 'VP8X', data: flags },
      { name: 'ICCP', data: tabledProfile },
      { name: 'VP8 ', data: pictureOf(webp) },
    );
    expectNear(middles(await coloursOf(container)), eightBits, 8);
  });
});

/** What the lossy chunk of a WebP holds. */
function pictureOf(webp: Uint8Array): Uint8Array {
  const at = webp.findIndex((_, i) => hasText(webp, i, 'VP8 '));
  return webp.subarray(at + 8, at + 8 + u32le(webp, at + 4));
}

/** {@link swatches} in squares of 16, by the browser's encoders. */
async function encoded() {
  const canvas = new OffscreenCanvas(16 * size.width, 16);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  for (let i = 0; i < size.width; i++) {
    context.fillStyle = `rgb(${swatches.slice(3 * i, 3 * i + 3).join(' ')})`;
    context.fillRect(16 * i, 0, 16, 16);
  }
  const bytesOf = async (type: string) =>
    new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.99 })).arrayBuffer());
  return { jpeg: await bytesOf('image/jpeg'), webp: await bytesOf('image/webp') };
}

test('a grey profile that connects to CIELab is heeded, which browsers pass over', async () => {
  // Lightness as it is stored: ICC.1, kTRC with the identity.
  const tag = join(ascii('curv'), be32(0), be32(0));
  const head = new Uint8Array(128);
  head.set(ascii('GRAYLab '), 16);
  head.set(ascii('acsp'), 36);
  const profile = join(head, be32(1), ascii('kTRC'), be32(144), be32(tag.length), tag);
  const greys = [0, 64, 100, 128, 200, 255];
  const file = join(
    ascii('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', Uint8Array.of(...be32(greys.length), ...be32(1), 8, 0, 0, 0, 0)),
    iccp(profile),
    pngChunk('IDAT', zlibStored([0, ...greys])),
    pngChunk('IEND', new Uint8Array()),
  );
  // L* 25.1, 39.2, 50.2, 78.4: by lcms 2.18.
  expectNear(
    await coloursOf(file, { codecs: false }),
    [0, 60, 92, 119, 194, 255].flatMap((value) => [value, value, value]),
    1,
  );
});

test('an AVIF of ten bits with alpha keeps the ends of both', async () => {
  const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({}) };
  const { outcome } = await decodeImage(fileRef('a', new File([deepAlphaAvif], 'a')), wish, false);
  if (!outcome?.ok) throw new Error('it was not decoded');
  const { raster, alpha } = outcome.value.frames[0];
  expect(alpha).toBe(true);
  expect(outcome.value.meta.mode).toBe('RGBA');
  for (let y = 0, at = 0; y < 8; y++) {
    for (let x = 0; x < 16; x++, at += 4) {
      const wanted = [16 * x, 32 * y, (7 * x + 13 * y) % 256, (68 * x * 255) / 1023];
      wanted.forEach((value, i) => {
        expect(Math.abs(raster.data[at + i] - value), `${x}, ${y}, channel ${i}`).toBeLessThanOrEqual(1);
      });
    }
  }
});
