import { z } from 'zod';
import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import type { Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { PassPicture, Transform } from '../core/plugin';
import { blendWith } from './blend';
import { probability, recordable } from './chance';
import { toColour, toGrey } from './grey';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(1), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws a factor from 0.8 to 1.2.',
  }),
  probability: probability(1),
});

/** Makes colours paler or stronger, as Pillow's `ImageEnhance.Color` by a factor from 1 - amount to 1 + amount. */
export const saturation: Transform<z.output<typeof knobs>> = {
  id: 'saturation',
  label: 'Saturation',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const factor = recordable(random.between(1 - given.amount, 1 + given.amount));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn) => saturated(raster, Number(drawn.factor)),
  passes: (drawn, picture) => saturationPasses(picture, Number(drawn.factor)),
};

/** Blends with the grey picture; grey pixels stay as they are. */
export function saturated<P extends Pixels>(raster: P, factor: number): P {
  return raster.channels === 1 ? raster : blendWith(toColour(toGrey(raster)), raster, factor);
}

/** {@link saturated} on the GPU. */
export function saturationPasses({ channels }: PassPicture, factor: number): readonly Pass[] {
  return channels === 1 ? [] : [{ kind: 'colour', shader: saturationShader, numbers: [realWord(factor)] }];
}

const saturationShader: ShaderFunction = {
  name: 'saturated',
  wgsl: /* wgsl */ `
fn saturated(colour: vec3i, at: vec2i, n: u32, data: u32) -> vec3i {
  let grey = vec3f(f32(luma(colour)));
  return cut(grey + real(n) * (vec3f(colour) - grey));
}`,
};
