import { afterAll, expect, it } from 'vitest';
import { fileRef } from '../core/image';
import { parseRecipe } from '../core/recipe';
import { drawPng } from '../decoders/test-files';
import { createAlike } from './alike';
import { schema } from './registry';
import { createStudio } from './studio';

const studio = createStudio();
const alike = createAlike(studio);
afterAll(() => studio.dispose());

const recipe = parseRecipe({}, schema);
const never = new AbortController().signal;

/** A square of one colour on white, at a place. */
function square(key: string, colour: readonly [number, number, number], left: number) {
  const rgba = Array.from({ length: 32 * 32 }, (_, i) => {
    const inside = i % 32 >= left && i % 32 < left + 12 && i >= 320 && i < 640;
    return [...(inside ? colour : [255, 255, 255]), 255];
  }).flat();
  const bytes = drawPng({ width: 32, height: 32, rgba });
  return fileRef(key, new File([bytes], key, { lastModified: 0 }));
}

const red = square('red.png', [220, 30, 30], 4);
const alsoRed = square('also-red.png', [215, 35, 30], 6);
const blue = square('blue.png', [30, 30, 220], 16);
const broken = fileRef('broken.png', new File(['no picture'], 'broken.png', { lastModified: 0 }));

it('tells how like one image all others are, and measures each once', async () => {
  const told: number[] = [];
  const all = [red, blue, broken, alsoRed];
  const found = await alike.find(red, all, recipe, never, (done) => told.push(done));
  expect(told).toEqual([0, 1, 2, 3, 4]);
  expect([...(found?.keys() ?? [])]).toEqual([red.origin, blue.origin, alsoRed.origin]);
  expect(found?.get(red.origin)).toBeCloseTo(1, 5);
  expect(found?.get(alsoRed.origin)).toBeGreaterThan(found?.get(blue.origin) ?? 1);

  told.length = 0;
  const again = await alike.find(alsoRed, all, recipe, never, (done) => told.push(done));
  expect(told).toEqual([4]);
  expect(again?.get(red.origin)).toBeCloseTo(found?.get(alsoRed.origin) ?? 0, 5);
});

it('compares nothing with an image that cannot be decoded, and stops when it is told to', async () => {
  expect(await alike.find(broken, [red], recipe, never, () => undefined)).toBeNull();
  const abort = new AbortController();
  const fresh = square('fresh.png', [0, 200, 0], 2);
  const stopped = alike.find(fresh, [red], recipe, abort.signal, () => abort.abort(new Error('enough')));
  await expect(stopped).rejects.toThrow('enough');
});
