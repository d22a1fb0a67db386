import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../src/core/failure';
import type { Inspection, MeanColour } from '../../src/core/inspection';
import { nothingPrivate } from '../../src/core/privacy';
import { explain, readKnown } from './exceptions';
import { expectationOf } from './expectation';
import { judge, type Seen, wantsAsStored } from './judge';
import { type ManifestRow, sample } from './manifest';

const row = (change: Partial<ManifestRow>): ManifestRow => ({
  relpath: 'a.jpg',
  sha256: '',
  sniff: 'jpeg',
  consensus: 'agree-valid',
  size: [20, 10],
  size_oriented: [10, 20],
  mean_rgb: [10, 20, 30],
  exif: { Orientation: 6 },
  ...change,
});

function decoded(mean: MeanColour, { white = mean, black = mean, orientation = 6 } = {}): Inspection {
  const size = { width: 10, height: 20 };
  const meta = {
    format: 'jpeg', mode: 'RGB', bytes: 1, sha256: '', stored: { width: 20, height: 10 }, oriented: size,
    orientation, frames: 1, damaged: null, exif: null, privacy: nothingPrivate, exifBlock: null,
  } as const; // biome-ignore format: a header
  const frame = { ...size, alpha: false, mean: { plain: mean, white, black } };
  return { ms: 1, outcome: { ok: true, value: { meta, frames: [frame] } } };
}

const answered = (inspection: Inspection, asStored: Inspection | 'impossible' | null = null): Seen => ({
  kind: 'answered',
  inspection,
  asStored,
});

const refused = (code: FailureCode, message = 'The file is so.'): Seen =>
  answered({ ms: 1, outcome: { ok: false, failure: { stage: 'decode', code, message } } });

const abouts = (manifest: ManifestRow, seen: Seen) =>
  judge(manifest, seen).departures.map(({ about }) => about);

describe('a file that all take', () => {
  test('passes within two of 255, and not beyond', () => {
    expect(judge(row({}), answered(decoded([12, 18, 30])))).toMatchObject({
      decoded: true,
      sizes: true,
      colour: true,
      departures: [],
    });
    expect(abouts(row({}), answered(decoded([12.1, 20, 30])))).toEqual(['colour']);
  });

  test('departs by size, by turn, and by being refused', () => {
    expect(abouts(row({ size: [20, 11] }), answered(decoded([10, 20, 30])))).toEqual(['size']);
    expect(abouts(row({}), answered(decoded([10, 20, 30], { orientation: 8 })))).toEqual(['orientation']);
    expect(
      abouts(row({ exif: { Orientation: 0 } }), answered(decoded([10, 20, 30], { orientation: 1 }))),
    ).toEqual([]);
    expect(abouts(row({}), refused('corrupt'))).toEqual(['outcome']);
  });

  test('with alpha is compared over white and over black', () => {
    const clear = row({ has_alpha: true, mean_rgb_on_white: [90, 90, 90], mean_rgb_on_black: [5, 5, 5] });
    const means = { white: [90, 90, 90], black: [5, 5, 5] } as const;
    expect(abouts(clear, answered(decoded([70, 70, 70], means)))).toEqual([]);
    expect(abouts(clear, answered(decoded([70, 70, 70], { ...means, black: [9, 5, 5] })))).toEqual([
      'colour',
    ]);
  });

  test('with a profile may be compared as it is stored, or cannot be', () => {
    const profiled = row({ icc: true });
    const converted = decoded([50, 50, 50]);
    expect(wantsAsStored(profiled, converted)).toBe(true);
    expect(wantsAsStored(row({ sniff: 'avif' }), converted)).toBe(true);
    expect(wantsAsStored(row({ sniff: 'webp' }), converted)).toBe(false);
    expect(abouts(profiled, answered(converted, decoded([10, 20, 30])))).toEqual([]);
    expect(abouts(profiled, answered(converted, decoded([20, 20, 30])))).toEqual(['colour']);
    expect(judge(profiled, answered(converted, 'impossible'))).toMatchObject({
      colour: null,
      departures: [],
    });
  });

  test('of deeper samples is compared by the range of their type', () => {
    const deep = row({ mode: 'I;16', mean_rgb: [255, 255, 255], raw_min_max_mean: [0, 65535, 32896] });
    const colours = (change: Partial<ManifestRow>) => expectationOf({ ...deep, ...change }).colours;
    expect(colours({})).toEqual([{ plain: [128, 128, 128] }]);
    expect(colours({ mode: 'F', raw_min_max_mean: [0, 1, 0.5], cross: { dtype: 'float32' } })).toEqual([
      { plain: [127.5, 127.5, 127.5] },
    ]);
    // What is clipped has no mean to compare.
    expect(colours({ mode: 'F', raw_min_max_mean: [-3, 3, 0.1], cross: { dtype: 'float32' } })).toEqual([]);
    expect(colours({ mode: 'I', raw_min_max_mean: [-9, 3, 0.1], cross: { dtype: 'int16' } })).toEqual([]);
  });

  test('that Pillow cannot open is judged by the reference', () => {
    const heic = row({
      consensus: 'no-pillow:valid',
      sniff: 'heic',
      mean_rgb: undefined,
      ref: { ok: true, size: [10, 20], mean_rgb: [1, 2, 3] },
    });
    expect(abouts(heic, answered(decoded([1, 2, 3])))).toEqual([]);
    expect(abouts(heic, answered(decoded([9, 2, 3])))).toEqual(['colour']);
    const dim: [number, number, number] = [2, 2, 2];
    const reference = { dtype: 'uint16', scaled: 'dtype full range', mean_rgb: dim };
    const inSixteen = { ...heic, ref: reference };
    expect(abouts(inSixteen, answered(decoded([32, 32, 32])))).toEqual([]);
    expect(abouts(inSixteen, answered(decoded([20, 20, 20])))).toEqual(['colour']);
    expect(abouts({ ...heic, consensus: 'no-pillow:rejected' }, answered(decoded([1, 2, 3])))).toEqual([
      'outcome',
    ]);
  });
});

describe('every other file', () => {
  const bad = row({ consensus: 'agree-reject (some pixels recoverable)' });
  test('is refused by name, or departs', () => {
    expect(abouts(bad, refused('truncated'))).toEqual([]);
    expect(abouts(bad, answered(decoded([1, 2, 3])))).toEqual(['outcome']);
    for (const consensus of ['disputed', 'bomb']) {
      expect(abouts(row({ consensus }), refused('too-large'))).toEqual([]);
      expect(abouts(row({ consensus }), answered(decoded([1, 2, 3])))).toEqual([]);
    }
  });

  test('neither crashes, nor hangs, nor fails without a name', () => {
    for (const consensus of ['agree-valid', 'agree-reject', 'disputed', 'bomb']) {
      expect(abouts(row({ consensus }), refused('crash'))).toEqual(['crash']);
      expect(abouts(row({ consensus }), refused('timeout'))).toEqual(['hang']);
      expect(abouts(row({ consensus }), refused('internal'))).toEqual(['unnamed']);
      expect(abouts(row({ consensus }), refused('corrupt', ' '))).toEqual(['unnamed']);
      expect(abouts(row({ consensus }), { kind: 'lost', why: 'gone' })).toEqual(['crash']);
      expect(abouts(row({ consensus }), { kind: 'hung', why: 'silent' })).toEqual(['hang']);
    }
  });
});

test('a known exception is told by what it is about and by every field', () => {
  const table = [
    { about: 'colour', when: { sniff: 'jpeg', mode: '/^(L|P)$/', 'exif.Make': null }, because: 'So it is.' },
  ] as const;
  const about = (what: 'colour' | 'size') => ({ about: what, expected: '', seen: '' });
  expect(explain(row({ mode: 'L' }), about('colour'), table)).toBe('So it is.');
  expect(explain(row({ mode: 'L' }), about('size'), table)).toBe(null);
  expect(explain(row({ mode: 'LA' }), about('colour'), table)).toBe(null);
  expect(explain(row({ mode: 'L', exif: { Make: 'x' } }), about('colour'), table)).toBe(null);
  expect(readKnown().length).toBeGreaterThan(0);
});

test('a sample holds some of every kind', () => {
  const rows = Array.from({ length: 30 }, (_, i) =>
    row({ relpath: `${i}`, consensus: i % 10 === 9 ? 'bomb' : 'agree-valid' }),
  );
  expect(sample(rows, 3).map(({ relpath }) => relpath)).toEqual(['0', '10', '20', '9', '19', '29']);
});
