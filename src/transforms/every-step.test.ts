import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import { isDeep, type Pixels } from '../core/image';
import { transforms } from './index';
import { stepsOf } from './steps';
import { drawRaster, parseTestRecipe } from './test-kit';

const pictures = [
  ...[1, 3].flatMap((channels) =>
    [[1, 1], [1, 9], [33, 2], [17, 17]].map(([width, height]) => drawRaster(width, height, channels === 1 ? 1 : 3)),
  ),
]; // biome-ignore format: a table

describe.each(transforms.filter(({ apply }) => apply))('$id', ({ id }) => {
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: { probability: 1 } }] } }));

  const done = (picture: Pixels, copy: number) => {
    const drawn = step.draw(random(1, copy));
    if (drawn === null) throw new Error('did not happen');
    expect(JSON.parse(JSON.stringify(drawn))).toEqual(drawn);
    return step.apply(picture, drawn);
  };

  it('takes pictures of every size, and what it draws repeats it', () => {
    for (const picture of pictures)
      for (let copy = 0; copy < 8; copy++) {
        const once = done({ ...picture, data: picture.data.slice() }, copy);
        const again = done({ ...picture, data: picture.data.slice() }, copy);
        expect(once.data).toEqual(again.data);
        expect(once.width * once.height * once.channels).toBe(picture.data.length);
        expect(once.channels).toBe(picture.channels);
      }
  });

  it('changes pixels', () => {
    const picture = drawRaster(17, 17, 3);
    const unchanged = Array.from({ length: 8 }, (_, copy) =>
      done({ ...picture, data: picture.data.slice() }, copy),
    ).filter(({ data }) => data.every((value, i) => value === picture.data[i]));
    // Some draws come to nothing: a policy's identity, the upper end of solarise, a thousandth of salt.
    expect(unchanged.length).toBeLessThan(4);
  });

  it('does to deep pixels what it does to 8-bit ones, without their steps', () => {
    for (const picture of pictures)
      for (let copy = 0; copy < 8; copy++) {
        const deep = done({ ...picture, data: Float32Array.from(picture.data) }, copy);
        expect(isDeep(deep) && deep.data.every((value) => value >= 0 && value <= 255)).toBe(true);
        const bytes = done({ ...picture, data: picture.data.slice() }, copy);
        // Steps in colour that 8 bits round twice, and histograms, differ by a little more.
        const mean =
          Array.from(deep.data).reduce((sum, value, i) => sum + Math.abs(value - bytes.data[i]), 0) /
          deep.data.length;
        expect(mean).toBeLessThan(4);
      }
  });

  it('takes deep pixels that are not finite, and lets them spoil no more than their surroundings', () => {
    for (const odd of [Number.NaN, Infinity, -Infinity])
      for (const places of [[0], [1, 2], [0, 1, 2]])
        for (let copy = 0; copy < 8; copy++) {
          const picture = drawRaster(40, 33, 3);
          const data = Float32Array.from(picture.data);
          for (const at of places) data[at] = odd;
          const after = done({ ...picture, data }, copy).data;
          expect(after.length).toBe(data.length);
          expect(after.filter(Number.isFinite).length, `${odd}`).toBeGreaterThan(0.7 * data.length);
        }
  });
});

it('refuses what cannot be done, with the path', () => {
  const parse =
    (step: object, more: object = {}) =>
    () =>
      parseTestRecipe({ ...more, augment: { enabled: true, steps: [{ brightness: {} }, step] } });
  expect(parse({ turn: {} }, { image: { width: 30, height: 20 } })).toThrow(
    /augment\.steps\[1\]\.turn.*30×20/,
  );
  expect(parse({ turn: {} }, { image: { width: 30, height: 20, fit: 'none' } })).not.toThrow();
  expect(parse({ 'gaussian-blur': { smallest: 3, largest: 1 } })).toThrow(
    /augment\.steps\[1\]\.gaussian-blur/,
  );
  const stored = { decode: { range: 'stored' }, normalise: { dtype: 'float32' } };
  for (const step of [{ equalise: {} }, { 'gaussian-noise': {} }, { cutout: { with: 'noise' } }])
    expect(parse(step, stored)).toThrow(/augment\.steps\[1\]\.[a-z-]+.*range/);
  expect(parse({ cutout: {} }, stored)).not.toThrow();
});
