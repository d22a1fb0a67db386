import { expect, it } from 'vitest';
import cases from './pillow.golden.json';
import { stepsOf } from './steps';
import { drawRaster, parseTestRecipe } from './test-kit';

/** Steps that have one right answer. */
const exact = ['flip-horizontal', 'flip-vertical', 'turn', 'invert', 'posterise', 'solarise', 'greyscale'];

const ids = [...new Set(cases.map(({ step }) => step))];

it.each(ids)('%s gives what Pillow gives', (id) => {
  for (const { drawn, size, channels, hex } of cases.filter(({ step }) => step === id)) {
    const knobs = id === 'autocontrast' ? drawn : {};
    const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: knobs }] } }));
    const picture = drawRaster(size[0], size[1], channels === 1 ? 1 : 3);
    const given = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
    const { data } = step.apply(picture, { step: id, ...given });
    const pillows = Array.from(hex.matchAll(/../g), ([byte]) => Number.parseInt(byte, 16));
    expect(data.length).toBe(pillows.length);
    const most = Math.max(...pillows.map((value, i) => Math.abs(value - data[i])));
    expect(most, JSON.stringify({ drawn, size, channels })).toBeLessThanOrEqual(exact.includes(id) ? 0 : 1);
  }
});
