import { expect, it } from 'vitest';
import cases from './pillow.golden.json';
import { stepsOf } from './steps';
import { drawRaster, drawSmooth, parseTestRecipe } from './test-kit';

/** Steps that have one right answer. */
const exact = ['flip-horizontal', 'flip-vertical', 'turn', 'invert', 'posterise', 'solarise', 'greyscale', 'translate']; // biome-ignore format: a list

const ids = [...new Set(cases.map(({ step }) => step))];

it.each(ids)('%s gives what Pillow gives', (id) => {
  for (const { drawn, knobs, size, channels, hex } of cases.filter(({ step }) => step === id)) {
    const given = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
    const [step] = stepsOf(
      parseTestRecipe({ augment: { steps: [{ [id]: id === 'autocontrast' ? given : (knobs ?? {}) }] } }),
    );
    const picture = (id === 'jpeg' ? drawSmooth : drawRaster)(size[0], size[1], channels === 1 ? 1 : 3);
    const { data } = step.apply(picture, { step: id, ...given });
    const pillows = Array.from(hex.matchAll(/../g), ([byte]) => Number.parseInt(byte, 16));
    expect(data.length).toBe(pillows.length);
    const differences = pillows.map((value, i) => Math.abs(value - data[i]));
    const what = JSON.stringify({ drawn: given, knobs, size, channels });
    // A codec's cosine transforms round in their own ways: few values differ, and by little.
    if (id === 'jpeg') expect(mean(differences), what).toBeLessThan(0.5);
    else expect(Math.max(...differences), what).toBeLessThanOrEqual(exact.includes(id) ? 0 : 1);
  }
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
