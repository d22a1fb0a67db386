import { afterAll, describe, expect, test } from 'vitest';
import { server } from 'vitest/browser';
import { orderedMap } from '../base/flow';
import type { ImageFormat } from '../core/image';
import { fileRef } from '../core/image';
import type { Inspection } from '../core/inspection';
import { parseRecipe } from '../core/recipe';
import { decoders } from '../decoders/index';
import { drawGif, drawPng, gradient } from '../decoders/test-files';
import { drawnSeeds } from '../decoders/test-seeds';
import { spoil } from '../decoders/test-spoil';
import { meanColours, openInspector } from './inspect';
import { schema } from './registry';

const timeoutS = 10;
// Limits far above every sound file here: a spoilt header must not make the test slow, or large.
const recipe = parseRecipe({ decode: { timeout_s: timeoutS, max_megapixels: 4 } }, schema);
const inspector = openInspector(recipe, 2);
afterAll(inspector.dispose);

const inspect = (bytes: Uint8Array<ArrayBuffer>, key: string) =>
  inspector.inspect(fileRef(key, new File([bytes], key)));

describe('an inspection', () => {
  test('gives the sizes and the mean colours over white and black', async () => {
    const rgba = [200, 100, 50, 255, 0, 80, 0, 0, 100, 60, 30, 51, 0, 0, 0, 255];
    const { outcome } = await inspect(drawPng({ width: 2, height: 2, rgba }), 'four.png');
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const [frame] = outcome.value.frames;
    expect(frame).toMatchObject({ width: 2, height: 2, alpha: true });
    const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));
    expect(frame.mean.black).toEqual(near([220 / 4, 112 / 4, 56 / 4]));
    expect(frame.mean.white).toEqual(near([(220 + 459) / 4, (112 + 459) / 4, (56 + 459) / 4]));
  });

  test('averages grey and colour without alpha, and clips what lies beyond', () => {
    const grey = meanColours(1, [0, 300, -20, 60]);
    expect(grey.white).toEqual([78.75, 78.75, 78.75]);
    expect(grey.black).toEqual(grey.plain);
    expect(meanColours(3, [10, 20, 30, 30, 40, 50]).white).toEqual([20, 30, 40]);
  });

  test('names what is wrong with a file', async () => {
    const { outcome } = await inspect(drawGif(gradient(9, 9)).slice(0, 40), 'cut.gif');
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'truncated' } });
  });
});

describe('spoilt files, decoded whole in the workers of a run', () => {
  const mutants = 3000;
  const seeds = collectSeeds();
  test.each(decoders.map(({ id }) => id))(
    '%s: no crash, no hang, and every refusal has a name',
    async (id) => {
      const own = (await seeds).get(id) ?? [];
      expect(own.length, `no ${id} file to damage: draw one in test-seeds.ts`).toBeGreaterThan(0);
      const keys = Array.from({ length: Math.ceil(mutants / decoders.length) }, (_, key) => key);
      const outcomes = orderedMap(keys, { width: 8 }, async (key) => {
        const bytes = spoil(own[key % own.length], own[(key + 1) % own.length], `${id} ${key}`);
        return { key, ...(await inspect(bytes, `${id}-${key}`)) };
      });
      const wrong: string[] = [];
      let refused = 0;
      for await (const { key, outcome, ms } of outcomes) {
        if (!outcome.ok) refused++;
        const fault = faultOf({ outcome, ms });
        if (fault !== null) wrong.push(`key ${key}: ${fault}`);
      }
      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan(keys.length / 10);
    },
    120_000,
  );
});

/** What must not be said of any file. */
function faultOf({ outcome }: Inspection): string | null {
  if (outcome.ok) {
    const [{ width, height, mean }] = outcome.value.frames;
    const sane = width > 0 && height > 0 && mean.white.every((value) => value >= 0 && value <= 255.001);
    return sane ? null : `decoded to ${width} × ${height}, mean ${mean.white}`;
  }
  const { code, message } = outcome.failure;
  const unnamed = ['crash', 'timeout', 'internal'].includes(code) || !/\S.*[.!]$/s.test(message);
  return unnamed ? `${code}: ${message}` : null;
}

/** Drawn files, files that the browser encodes, and small real ones of `../shared/data` where that is there. */
async function collectSeeds(): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const seeds = new Map<string, Uint8Array[]>();
  const add = (format: string, bytes: Uint8Array) => seeds.set(format, [...(seeds.get(format) ?? []), bytes]);
  for (const [format, bytes] of Object.entries(drawnSeeds)) add(format, bytes);
  for (const format of ['jpeg', 'webp', 'png'] satisfies readonly ImageFormat[])
    add(format, await encode(`image/${format}`));
  for (const { sniff, path } of await realFiles()) {
    const response = await fetch(path);
    if (response.ok) add(sniff, new Uint8Array(await response.arrayBuffer()));
  }
  return seeds;
}

async function encode(type: string): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(48, 40);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  for (let i = 0; i < 30; i++) {
    context.fillStyle = `hsl(${i * 37} 80% ${20 + i * 2}% / ${i % 3 === 0 ? 0.5 : 1})`;
    context.fillRect((i * 11) % 40, (i * 7) % 33, 9, 8);
  }
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.8 })).arrayBuffer());
}

const mostBytes = 30_000;
const realEach = 6;

async function realFiles(): Promise<readonly { readonly sniff: string; readonly path: string }[]> {
  const base = `/@fs${server.config.root}/../shared/data/`;
  const manifest = await fetch(`${base}manifest.jsonl`).then((response) =>
    response.ok ? response.text() : '',
  );
  if (!manifest.startsWith('{')) return [];
  const rows: readonly { relpath: string; bytes: number; sniff: string; consensus: string }[] = manifest
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const fits = rows.filter(
    ({ relpath, bytes, consensus }) =>
      bytes <= mostBytes && /valid$/.test(consensus) && relpath.startsWith('formats/') && !/\?/.test(relpath),
  );
  const counts = new Map<string, number>();
  return fits.flatMap(({ sniff, relpath }) => {
    const count = counts.get(sniff) ?? 0;
    counts.set(sniff, count + 1);
    return count < realEach
      ? [{ sniff, path: base + relpath.split('/').map(encodeURIComponent).join('/') }]
      : [];
  });
}
