import { describe, expect, test } from 'vitest';
import { commands, server } from 'vitest/browser';
import type { Decoded, ImageMeta } from '../core/image';
import { fileRef } from '../core/image';
import { type DecodeKnobs, decodeKnobs } from '../core/reading-knobs';
import { decodeImage } from './decode-image';
import { decoders } from './index';

/** What other decoders say of a file of `../shared/data`. */
interface Row {
  readonly relpath: string;
  readonly sniff: string;
  readonly consensus: string;
  readonly mode?: string;
  readonly size?: readonly [number, number];
  readonly size_oriented?: readonly [number, number];
  readonly mean_rgb?: readonly number[];
  readonly icc?: boolean;
  readonly partial?: readonly string[];
  readonly n_frames?: number;
  /** Another decoder's word, where Pillow has no decoder. */
  readonly ref?: { readonly size?: readonly [number, number]; readonly mean_rgb?: readonly number[] };
}

const base = `/@fs${server.config.root}/../shared/data/`;
const manifest = await fetch(`${base}manifest.jsonl`).then((response) =>
  response.ok ? response.text() : '',
);
const rows: readonly Row[] = manifest.startsWith('{')
  ? manifest
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
const formats = decoders.map((decoder): string => decoder.id);
const ours = rows.filter((row) => formats.includes(row.sniff.replace('?', '')));

describe.skipIf(rows.length === 0)('../shared/data (skipped when it is absent)', () => {
  test.each(formats)(
    'every %s that others take is decoded, with its size, mode and mean colour',
    async (format) => {
      const wrong: string[] = [];
      for (const row of ours.filter(
        ({ sniff, consensus }) => sniff === format && valid.includes(consensus),
      )) {
        // Others give the file's own numbers; files with a profile are not compared but for JPEG XL.
        const stored = format === 'jxl' || format === 'avif';
        const outcome = await open(row.relpath, { colour: stored ? 'as-stored' : 'srgb' });
        if (outcome.ok)
          wrong.push(...differences(row, outcome.value).map((what) => `${row.relpath}: ${what}`));
        else wrong.push(`${row.relpath}: ${outcome.failure.code}: ${outcome.failure.message}`);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  test('every file that others reject is a named failure, cut off told from corrupt', async () => {
    const wrong: string[] = [];
    for (const row of rows.filter(({ consensus }) => consensus.startsWith('agree-reject'))) {
      const outcome = await open(row.relpath);
      const code = outcome.ok ? 'decoded' : outcome.failure.code;
      const [, wanted] = codes.find(([pattern]) => pattern.test(row.relpath)) ?? [null, 'a pattern'];
      if (code !== wanted) wrong.push(`${row.relpath}: ${code}, not ${wanted}`);
      if (!outcome.ok && !/\.$/.test(outcome.failure.message))
        wrong.push(`${row.relpath}: ${outcome.failure.message}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('disputed files and bombs have a clear outcome, soon', async () => {
    const wrong: string[] = [];
    for (const row of rows.filter(({ consensus }) => consensus === 'disputed' || consensus === 'bomb')) {
      const start = performance.now();
      const outcome = await open(row.relpath);
      const code = outcome.ok ? 'decoded' : outcome.failure.code;
      const allowed =
        row.consensus === 'bomb'
          ? ['too-large', 'corrupt']
          : ['decoded', 'truncated', 'corrupt', 'unsupported'];
      if (!allowed.includes(code)) wrong.push(`${row.relpath}: ${code}`);
      if (performance.now() - start > 30_000) wrong.push(`${row.relpath}: slow`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('an animation has the frames that Pillow counts, each of the canvas’s size', async () => {
    const wrong: string[] = [];
    for (const row of ours) {
      const { sniff, consensus, n_frames = 1 } = row;
      // Pillow counts an MPO's pictures, which are pictures apart.
      if (n_frames < 2 || sniff === 'jpeg' || consensus !== 'agree-valid') continue;
      const outcome = await open(row.relpath, { frames: 'every' });
      const frames = outcome.ok ? outcome.value.frames : [];
      if (frames.length !== n_frames) wrong.push(`${row.relpath}: ${frames.length} frames, not ${n_frames}`);
      for (const { frame, raster } of frames) {
        const size = `${raster.width},${raster.height}`;
        const isPage = sniff.endsWith('tiff'); // a page has a size of its own
        if (!isPage && size !== String(row.size)) wrong.push(`${row.relpath}: frame ${frame} is ${size}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('what others recover of a damaged file is kept, exceptions named', async () => {
    const wrong: string[] = [];
    for (const row of ours.filter(({ partial }) =>
      partial?.some((decoder) => decoder.startsWith('pillow')),
    )) {
      const outcome = await open(row.relpath, { damaged: 'keep' });
      const excused = unrecovered.some((pattern) => pattern.test(row.relpath));
      if (outcome.ok === excused) wrong.push(`${row.relpath}: ${excused ? 'recovered' : 'nothing'}`);
      if (!outcome.ok) continue;
      const { meta, frames } = outcome.value;
      if (meta.damaged === null && row.consensus !== 'disputed') wrong.push(`${row.relpath}: valid`);
      if (!frames[0].raster.data.some((value) => value > 0)) wrong.push(`${row.relpath}: no pixel`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test.each(['png/libgd__tests__avif__baboon.png', 'jpeg/image-rs__tests__images__jpg__portrait_2.jpg'])(
    'a profile is converted to sRGB, as a canvas does: %s',
    async (path) => {
      const outcome = await open(`formats/${path}`);
      if (!outcome.ok) throw new Error(outcome.failure.message);
      const bitmap = await createImageBitmap(await (await fetch(`${base}formats/${path}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const shown = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
      const { data } = outcome.value.frames[0].raster;
      expect(shown.length).toBe(data.length);
      let far = 0;
      for (let i = 0; i < data.length; i++) far = Math.max(far, Math.abs(data[i] - shown[i]));
      expect(far).toBeLessThanOrEqual(1);
    },
  );

  test('EXIF of real cameras', async () => {
    const exif = async (name: string): Promise<ImageMeta['exif']> => {
      const outcome = await open(`exif/${name}`);
      return outcome.ok ? outcome.value.meta.exif : null;
    };
    expect(await exif('Canon_40D.jpg')).toMatchObject({
      date: '2008-05-30T15:56:01',
      make: 'Canon',
      model: 'Canon EOS 40D',
      exposure: 1 / 160,
      fNumber: 7.1,
      iso: 100,
      focalLength: 135,
    });
    expect(await exif('DSCN0025.jpg')).toMatchObject({
      make: 'NIKON',
      latitude: 43.468365,
      longitude: 11.881634999972222,
    });
  });
});

/** Where Pillow's pixels are its fill alone (black, grey or colour 0), or where what it takes for pixels is none. */
const unrecovered: readonly RegExp[] = [
  /bmp__pillow__l2rgb_read/, // a header of 2 GB before the first pixel
  /gif__libgd__truncated_lzw/,
  /gif__wuffs__pixel-data-none/,
  /jpeg__commons-imaging__timeout/,
  /jpeg__image-rs__oss-fuzz/,
  /jpeg__pillow__ultrahdr/,
  /png__commons-imaging__testfile\.png/, // chunks of any length before the pixels
  /tiff__twelvemonkeys__planar-yuv410-jpeg-uncompressed/, // subsampled planes, which Pillow takes for whole ones
];
const valid = ['agree-valid', 'no-pillow:valid'];

/** The right code by file, the first pattern that fits. */
const codes: readonly (readonly [RegExp, string])[] = [
  [/\/empty__/, 'empty'],
  [/planar-yuv410-jpeg/, 'unsupported'],
  [/seek_too_large|crash-86214e58|oom-225817ca/, 'truncated'],
  [/\/unknown__/, 'not-an-image'],
  [/pal1huffmsb/, 'unsupported'],
  [
    /truncated_lzw|interlaced\.truncated|__truncated|shortfile|pal8rlecut|l2rgb_read|image-size__sample\.png/,
    'truncated',
  ],
  [/ico__image-rs__crash/, 'truncated'],
  [/ico__image-rs__oom/, 'too-large'],
  [/jpeg.*(timeout-|oss-fuzz|corrupt-header|514[0-9a-f]{5}-|adobe-marker-bad-length)/, 'truncated'],
  [/./, 'corrupt'],
];

async function open(path: string, more: Partial<DecodeKnobs> = {}) {
  const response = path.includes('?')
    ? null
    : await fetch(base + path.split('/').map(encodeURIComponent).join('/'));
  // The server of the tests takes a question mark, even an escaped one, for the end of a path.
  const content =
    response === null
      ? Uint8Array.from(atob(await commands.readFile(`../shared/data/${path}`, 'base64')), (c) =>
          c.charCodeAt(0),
        )
      : await response.arrayBuffer();
  const file = new File([content], path);
  const knobs = decodeKnobs.parse({ gps: true, personal: true, ...more });
  const wish = { wanted: null, deep: false, keepExif: false, knobs };
  const { outcome } = await decodeImage(fileRef(path, file), wish, true);
  if (outcome === null) throw new Error(`${path} was sent to a codec worker`);
  return outcome;
}

function differences(row: Row, picture: Decoded): readonly string[] {
  const { meta, frames } = picture;
  const [{ raster, alpha }] = frames;
  const found: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (String(ours) !== String(theirs)) found.push(`${what} ${ours}, not ${theirs}`);
  };
  compare('format', meta.format, row.sniff);
  const upright = row.size_oriented ?? row.ref?.size;
  if (row.size !== undefined) compare('stored size', [meta.stored.width, meta.stored.height], row.size);
  compare('oriented size', [meta.oriented.width, meta.oriented.height], upright);
  compare('pixels', [raster.width, raster.height], upright);
  // What Pillow has no word for: deeper samples, and the inks as they are stored.
  const spoken = meta.mode.replace(/^(RGBA?|LA|CMYK);\w+$/, '$1').replace('YCCK', 'CMYK');
  if (row.mode !== undefined) compare('mode', spoken, row.mode?.replace('I;16B', 'I;16'));
  // Pillow clips 16-bit grey instead of scaling it, and does not convert profiles.
  const theirs = row.mean_rgb ?? row.ref?.mean_rgb;
  if (row.icc || alpha || theirs === undefined || /^[IF]/.test(row.mode ?? '')) return found;
  const mean = meanRgb(raster.data);
  const far = Math.max(...mean.map((value, i) => Math.abs(value - theirs[i])));
  if (far > 2) found.push(`mean colour ${mean}, not ${theirs}`);
  return found;
}

function meanRgb(data: ArrayLike<number>): readonly number[] {
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    red += data[i];
    green += data[i + 1];
    blue += data[i + 2];
  }
  return [red, green, blue].map((sum) => (4 * sum) / data.length);
}
