import { expect, it } from 'vitest';
import { z } from 'zod';
import { failed, RunError, succeeded } from '../core/failure';
import type { Pixels } from '../core/image';
import type { Extractor, ExtractorTools } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import { withFeatures } from './extract';

const tools: ExtractorTools = { resample: (picture) => picture };
const knobs = z.strictObject({});

interface Log {
  readonly calls: number[];
  loads: number;
  disposals: number;
}

/** Gives the first value and 3 of a picture, and stumbles over those that begin with 13 or ends with 66. */
function fake(id: string, log: Log): Extractor<unknown> {
  return {
    id,
    label: id,
    knobs,
    columns: () => [
      { kind: 'vector', name: id, length: 2 },
      { kind: 'text', name: `${id}_word` },
    ],
    inputSize: () => ({ width: 1, height: 1 }),
    async load() {
      log.loads++;
      return {
        async extract(pictures) {
          log.calls.push(pictures.length);
          const firsts = pictures.map(({ data }) => data[0]);
          if (firsts.includes(66)) throw new RunError('features', 'The device was lost.');
          if (firsts.includes(13)) throw new Error('thirteen');
          return firsts.map((first) => [Float32Array.of(first, 3), first === 0 ? null : `is ${first}`]);
        },
        dispose() {
          log.disposals++;
        },
      };
    },
  };
}

function recipe(changes: Partial<Recipe['features']>): Recipe {
  const features = { extractors: ['one'], dtype: 'float32', l2: false, options: {}, ...changes };
  return { features } as unknown as Recipe; // the rest is not looked at
}

const row = (first: number, name = '') => ({
  name,
  seen: { width: 1, height: 1, channels: 1, data: Uint8Array.of(first) } satisfies Pixels,
});
const floats = (value: unknown) => [...new Float32Array((value as Uint8Array).slice().buffer)];
const fresh = (): Log => ({ calls: [], loads: 0, disposals: 0 });

it('puts features in the place of the pictures, all extractors’ in order, and passes failures on', async () => {
  const log = fresh();
  const lost = failed('transform', 'internal', 'gone');
  const images = [succeeded([row(4, 'a'), row(0, 'b')]), lost, succeeded([row(8, 'c')])];
  const known = [fake('one', log), fake('two', log)];
  const [first, second, third] = await withFeatures(
    images,
    recipe({ extractors: ['two', 'one'] }),
    tools,
    known,
  );
  expect(second).toBe(lost);
  if (!first.ok || !third.ok) throw new Error('an image failed');
  expect(
    first.value.map(({ name, features }) => [name, floats(features[0]), features[1], features[3]]),
  ).toEqual([
    ['a', [4, 3], 'is 4', 'is 4'],
    ['b', [0, 3], null, null],
  ]);
  expect(Object.keys(third.value[0])).toEqual(['name', 'features']);
  expect(log.calls).toEqual([3, 3]);
});

it('scales to length 1 and rounds to halves where the recipe asks', async () => {
  const known = [fake('one', fresh())];
  const given = recipe({ l2: true, dtype: 'float16' });
  const [image] = await withFeatures([succeeded([row(4)])], given, tools, known);
  if (!image.ok) throw new Error('the image failed');
  const bytes = image.value[0].features[0] as Uint8Array;
  expect([...new Uint16Array(bytes.slice().buffer)]).toEqual([0x3a66, 0x38cd]); // 0.8 and 0.6
});

it('lets one picture that an extractor stumbles over cost its image alone', async () => {
  const known = [fake('one', fresh())];
  const images = [succeeded([row(1), row(13)]), succeeded([row(2)])];
  const [stumbled, sound] = await withFeatures(images, recipe({}), tools, known);
  expect(stumbled).toMatchObject({ ok: false, failure: { stage: 'extract', code: 'internal' } });
  expect(!stumbled.ok && stumbled.failure.message).toContain(
    'one could not handle this image: Error: thirteen',
  );
  expect(sound.ok).toBe(true);
});

it('ends the run when an extractor can do no more, or cannot be loaded', async () => {
  const log = fresh();
  const known = [fake('one', log)];
  await expect(withFeatures([succeeded([row(66)])], recipe({}), tools, known)).rejects.toThrow(
    'The device was lost.',
  );
  const broken = { ...fake('one', log), load: () => Promise.reject(new TypeError('no such file')) };
  const other = recipe({ options: { one: { other: 1 } } });
  await expect(withFeatures([succeeded([row(1)])], other, tools, [broken])).rejects.toMatchObject({
    code: 'features',
    message: 'one could not be loaded: TypeError: no such file',
  });
  // What failed to load is tried anew.
  expect((await withFeatures([succeeded([row(1)])], other, tools, known))[0].ok).toBe(true);
});

it('keeps an extractor loaded for the same knobs, and lets it go for others', async () => {
  const log = fresh();
  const known = [fake('one', log)];
  const run = (options: Recipe['features']['options']) =>
    withFeatures([succeeded([row(1)])], recipe({ options }), tools, known);
  await run({ one: { a: 1 } });
  await Promise.all([run({ one: { a: 1 } }), run({ one: { a: 1 } })]);
  expect(log).toMatchObject({ loads: 1, disposals: 0 });
  await run({ one: { a: 2 } });
  expect(log).toMatchObject({ loads: 2, disposals: 1 });
});

it('does nothing where the recipe has no extractors', async () => {
  const images = [succeeded([{ name: 'a', seen: null }])];
  const found = await withFeatures(images, recipe({ extractors: [] }), tools, []);
  expect(found).toEqual([succeeded([{ name: 'a', features: [] }])]);
});
