import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { Raster } from '../core/image';
import { drawBeta } from './beta';
import { computeRasters, type Partner } from './compute-image';
import { stepsOf } from './steps';
import { drawDecoded, drawRaster, parseTestRecipe } from './test-kit';

const stepOf = (step: object) => stepsOf(parseTestRecipe({ augment: { steps: [step] } }))[0];
const flat = (width: number, height: number, value: number): Raster => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(value),
});

describe('drawBeta', () => {
  it.each([0.1, 0.2, 0.5, 1, 2, 8])('has the mean and the variance of Beta(%f, same)', (alpha) => {
    const count = 20_000;
    const drawn = Array.from({ length: count }, (_, i) => drawBeta(random('beta', alpha, i), alpha));
    expect(drawn.every((x) => x >= 0 && x <= 1)).toBe(true);
    const mean = drawn.reduce((sum, x) => sum + x, 0) / count;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
    const wanted = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(0.05);
  });
});

describe('mixup', () => {
  it('blends as Pillow does, with the weight that was drawn', () => {
    const step = stepOf({ mixup: {} });
    const [own, partner] = [drawRaster(5, 3, 3), drawRaster(3, 5, 3)];
    const before = Array.from(own.data);
    const mixed = step.mix?.(own, { ...partner, width: 5, height: 3 }, { step: 'mixup', weight: 0.7 });
    expect(mixed?.weight).toBe(0.7);
    // Image.blend(partner, own, 0.7) for values of 45 bytes ((i*i*7 + i*31) >> 1) % 256
    const f = Math.fround;
    const blended = before.map((x, i) => Math.trunc(f(partner.data[i] + f(f(0.7) * (x - partner.data[i])))));
    expect(Array.from(mixed?.raster.data ?? [])).toEqual(blended);
  });

  it('never gives the other picture more weight than the own one', () => {
    for (const id of ['mixup', 'cutmix'])
      for (let i = 0; i < 500; i++) {
        const weight = Number(stepOf({ [id]: { probability: 1, alpha: 0.4 } }).draw(random(id, i))?.weight);
        expect(weight >= 0.5 && weight <= 1).toBe(true);
      }
  });
});

describe('cutmix', () => {
  it('puts in a rectangle of the picture’s shape where it stood, and weighs the pixels that are left', () => {
    const step = stepOf({ cutmix: {} });
    for (const [width, height] of [[40, 20], [7, 31], [1, 1], [224, 224]] as const) // biome-ignore format: a table
      for (const weight of [0.5, 0.64, 0.97, 1]) {
        const drawn = { step: 'cutmix', weight, left: 0.3, top: 0.9 };
        const mixed = step.mix?.(flat(width, height, 9), flat(width, height, 200), drawn);
        const data = Array.from(mixed?.raster.data ?? []);
        const at = data.flatMap((value, i) => (value === 200 && i % 3 === 0 ? [i / 3] : []));
        expect(data.filter((value) => value === 200).length).toBe(at.length * 3);
        expect(mixed?.weight).toBeCloseTo(1 - at.length / (width * height), 9);
        if (width > 20) expect(Math.abs((mixed?.weight ?? 0) - weight)).toBeLessThan(0.03);
        const [xs, ys] = [new Set(at.map((i) => i % width)), new Set(at.map((i) => Math.floor(i / width)))];
        expect(xs.size * ys.size).toBe(at.length);
      }
  });
});

describe('a copy that is mixed', () => {
  const steps = [
    { brightness: { probability: 1 } },
    { mixup: { probability: 1, alpha: 4 } },
    { 'flip-vertical': { probability: 1 } },
    { 'random-resized-crop': { probability: 1 } },
  ];
  const recipeOf = (steps: readonly object[], more: object = {}) =>
    parseTestRecipe({ image: { width: 9, height: 8 }, augment: { enabled: true, steps }, ...more });
  const decoded = { own: drawDecoded(30, 21), other: drawDecoded(17, 40) };
  const partner: Partner = { key: 'other', decoded: decoded.other, of: [{ copy: 2, step: 1 }] };
  const copiesOf = (
    recipe: ReturnType<typeof recipeOf>,
    key: 'own' | 'other',
    partners: readonly Partner[],
  ) => computeRasters(decoded[key], { key, copies: 2, recipe, partners });

  it('has its partner’s copy of the same number as far as it has come, and what follows for both', () => {
    const [, , mixed] = copiesOf(recipeOf(steps), 'own', [partner]);
    // The same by hand: both without the mixing, whose place in the list keeps the others' numbers.
    const alone = recipeOf([
      steps[0],
      { invert: { probability: 0 } },
      { invert: { probability: 0 } },
      steps[3],
    ]);
    const [, , own] = copiesOf(alone, 'own', []);
    const [, , other] = copiesOf(alone, 'other', []);
    const [, mixup, flip] = stepsOf(recipeOf(steps));
    const [drawn] = mixed.augmentation.filter(({ step }) => step === 'mixup');
    const { raster } = mixup.mix!(own.raster, other.raster, drawn);
    expect(mixed.raster.data).toEqual(flip.apply(raster, { step: 'flip-vertical' }).data);
    expect(drawn).toMatchObject({ partner: 'other', weight: mixed.mixed[0].weight });
    expect(mixed.mixed).toHaveLength(1);
  });

  it('stays as it is where it has no partner', () => {
    const [, first] = copiesOf(recipeOf(steps), 'own', [partner]);
    expect(first.mixed).toEqual([]);
    expect(first.augmentation.map(({ step }) => step)).toEqual(['brightness', 'flip-vertical', 'random-resized-crop']); // biome-ignore format: one check
  });

  it('is deep where either picture is', () => {
    const frames = decoded.other.frames.map((frame) => ({
      ...frame,
      raster: { ...frame.raster, data: Float32Array.from(frame.raster.data, (x) => x + 0.25) },
    }));
    const deep = { ...partner, decoded: { ...decoded.other, frames } };
    const [, , mixed] = copiesOf(recipeOf(steps), 'own', [deep]);
    expect(mixed.raster.data).toBeInstanceOf(Float32Array);
  });

  it('is refused where pictures have sizes of their own, or several frames', () => {
    for (const id of ['mixup', 'cutmix']) {
      const step = { [id]: {} };
      expect(() => recipeOf([step], { image: { fit: 'none' } })).toThrow(/augment\.steps\[0\].*fit: none/);
      expect(() => recipeOf([step], { decode: { frames: 'every' } })).toThrow(/augment\.steps\[0\].*frames/);
      expect(() => recipeOf([step], { image: { fit: 'contain' } })).not.toThrow();
    }
  });
});
