import { expect, it } from 'vitest';
import { random } from '../base/random';
import type { Raster } from '../core/image';
import type { Drawn } from '../core/row';
import { stepsOf } from './steps';
import { drawRaster, parseTestRecipe } from './test-kit';

const knobs = { fill: '#405060' };

function applied(id: string, drawn: Omit<Drawn, 'step'>, picture: Raster): number[] {
  const moves = ['trivial', 'rand', 'shear', 'translate', 'rotate'].includes(id);
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ [id]: moves ? knobs : {} }] } }));
  return Array.from(step.apply(picture, { step: id, ...drawn }).data);
}

const degrees = (slope: number) => (Math.atan(slope) * 180) / Math.PI;

/** For each operation some magnitudes, and the step that does the same. */
const same: readonly (readonly [string, number, string, Omit<Drawn, 'step'>])[] = [
  ['shear-x', 0.3, 'shear', { horizontal: degrees(0.3), vertical: 0 }],
  ['shear-x', -0.9, 'shear', { horizontal: degrees(-0.9), vertical: 0 }],
  ['shear-y', 0.25, 'shear', { horizontal: 0, vertical: degrees(0.25) }],
  ['translate-x', 0.2, 'translate', { horizontal: 0.2, vertical: 0 }],
  ['translate-y', -0.3, 'translate', { horizontal: 0, vertical: -0.3 }],
  ['rotate', -33, 'rotate', { degrees: -33 }],
  ['brightness', -0.4, 'brightness', { factor: 0.6 }],
  ['saturation', 0.5, 'saturation', { factor: 1.5 }],
  ['contrast', 0.4, 'contrast', { factor: 1.4 }],
  ['sharpness', 0.9, 'sharpen', { factor: 1.9 }],
  ['posterise', 3, 'posterise', { bits: 3 }],
  ['solarise', 93.5, 'solarise', { threshold: 93.5 }],
  ['autocontrast', 0, 'autocontrast', {}],
  ['equalise', 0, 'equalise', {}],
];

/** A picture that leaves every operation something to do. */
function picture(): Raster {
  const drawn = drawRaster(40, 40, 3);
  return { ...drawn, data: drawn.data.map((value) => 30 + Math.floor((value * value) / 400)) };
}

it.each(same)('%s of a policy at %s is what %s does', (operation, magnitude, id, drawn) => {
  const expected = applied(id, drawn, picture());
  const farthest = (values: readonly number[]) =>
    Math.max(...values.map((value, i) => Math.abs(value - expected[i])));
  expect(farthest([...picture().data])).toBeGreaterThan(1);
  expect(farthest(applied('trivial', { operation, magnitude }, picture()))).toBeLessThanOrEqual(1);
});

it('a policy’s identity changes nothing', () => {
  expect(applied('trivial', { operation: 'identity', magnitude: 0 }, picture())).toEqual([...picture().data]);
});

it('RandAugment does its operations one after the other', () => {
  const drawn = { operation1: 'rotate', magnitude1: 20, operation2: 'brightness', magnitude2: 0.4 };
  const turned = { ...picture(), data: Uint8Array.from(applied('rotate', { degrees: 20 }, picture())) };
  expect(applied('rand', drawn, picture())).toEqual(applied('brightness', { factor: 1.4 }, turned));
});

it('TrivialAugment draws every operation as often, to both sides, up to its range', () => {
  const [step] = stepsOf(parseTestRecipe({ augment: { steps: [{ trivial: {} }] } }));
  const drawn = Array.from({ length: 7000 }, (_, i) => step.draw(random('policy', i)) as Drawn);
  const names = new Set([...same.map(([operation]) => operation), 'identity']);
  expect(names.size).toBe(14);
  for (const name of names) {
    const share = drawn.filter(({ operation }) => operation === name).length / drawn.length;
    expect(Math.abs(share * 14 - 1), name).toBeLessThan(0.2);
  }
  const turns = drawn.filter(({ operation }) => operation === 'rotate').map((each) => Number(each.magnitude));
  expect([Math.min(...turns), Math.max(...turns)]).toEqual([-135, 135]);
});
