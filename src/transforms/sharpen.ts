import { z } from 'zod';
import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { blendWith } from './blend';
import { probability, recordable } from './chance';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(5), 0.5, {
    label: 'Amount',
    help: 'Most change: 0.5 draws a factor from 0.5 (softer) to 1.5 (sharper); never below 0.',
  }),
  probability: probability(0.5),
});

/** Makes the picture sharper or softer, as Pillow's `ImageEnhance.Sharpness`. */
export const sharpen: Transform<z.output<typeof knobs>> = {
  id: 'sharpen',
  label: 'Sharpen',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const factor = recordable(random.between(Math.max(0, 1 - given.amount), 1 + given.amount));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn) => sharpened(raster, Number(drawn.factor)),
  passes: (drawn) => [sharpenPass(Number(drawn.factor))],
};

/** Blends with the picture after {@link smoothed}. */
export function sharpened<P extends Pixels>(raster: P, factor: number): P {
  return blendWith(smoothed(raster), raster, factor);
}

/** Pillow's `ImageFilter.SMOOTH`: each pixel five times and its eight neighbours, by 13; the outermost pixels stay. */
function smoothed<P extends Pixels>(raster: P): P {
  const { width, height, channels, data } = raster;
  const out = isDeep(raster) ? new Float32Array(data) : new Uint8Array(data);
  const half = isDeep(raster) ? 0 : 6.5;
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + channels; i < (y + 1) * row - channels; i++) {
      const sum =
        data[i - row - channels] + data[i - row] + data[i - row + channels] +
        data[i - channels] + 5 * data[i] + data[i + channels] +
        data[i + row - channels] + data[i + row] + data[i + row + channels]; // biome-ignore format: the kernel
      out[i] = (sum + half) / 13;
    }
  }
  return { ...raster, data: out };
}

/** {@link sharpened} on the GPU. */
export function sharpenPass(factor: number): Pass {
  return { kind: 'gather', shader: sharpenShader, numbers: [realWord(factor)] };
}

const sharpenShader: ShaderFunction = {
  name: 'sharpened',
  wgsl: /* wgsl */ `
fn sharpened(at: vec2i, n: u32, data: u32) -> vec3i {
  let centre = pixel(at);
  let end = picture_size() - vec2i(1);
  if (at.x == 0 || at.y == 0 || at.x == end.x || at.y == end.y) { return centre; }
  var sum = 4 * centre;
  for (var dy = -1; dy <= 1; dy++) {
    for (var dx = -1; dx <= 1; dx++) { sum += pixel(at + vec2i(dx, dy)); }
  }
  let softer = (2 * sum + 13) / 26;
  return cut(vec3f(softer) + real(n) * vec3f(centre - softer));
}`,
};
