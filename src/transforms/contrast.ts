import { z } from 'zod';
import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import { isDeep, type Pixels, type Size } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { blendFrom } from './blend';
import { probability, recordable } from './chance';
import { toGrey } from './grey';

const knobs = z.strictObject({
  amount: knob(z.number().min(0).max(1), 0.2, {
    label: 'Amount',
    help: 'Most change: 0.2 draws a factor from 0.8 to 1.2.',
  }),
  probability: probability(1),
});

/** Makes the picture flatter or harder, as Pillow's `ImageEnhance.Contrast` by a factor from 1 - amount to 1 + amount. */
export const contrast: Transform<z.output<typeof knobs>> = {
  id: 'contrast',
  label: 'Contrast',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const factor = recordable(random.between(1 - given.amount, 1 + given.amount));
    return happens ? { factor } : null;
  },
  apply: (raster, drawn) => contrasted(raster, Number(drawn.factor)),
  passes: (drawn, picture) => [contrastPass(picture, Number(drawn.factor))],
};

/** Blends with the mean of the grey picture. */
export function contrasted<P extends Pixels>(raster: P, factor: number): P {
  return blendFrom(meanGrey(raster), raster, factor);
}

/** The mean of the grey picture, around which contrast turns: rounded of 8 bits, of deep pixels as it is. */
function meanGrey(raster: Pixels): number {
  const { data } = toGrey(raster);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) continue;
    sum += data[i];
    count++;
  }
  const mean = sum / Math.max(1, count);
  return isDeep(raster) ? mean : Math.trunc(mean + 0.5);
}

/** {@link contrasted} on the GPU, of pictures of less than 2^24 pixels, whose grey values' sum fits in 32 bits. */
export function contrastPass({ width, height }: Size, factor: number): Pass {
  return { kind: 'count', shader: contrastShader, numbers: [realWord(factor), width * height] };
}

const contrastShader: ShaderFunction = {
  name: 'contrasted',
  wgsl: /* wgsl */ `
fn contrasted(value: i32, channel: u32, n: u32) -> i32 {
  var sum = 0u;
  for (var x = 0; x < 256; x++) { sum += u32(x) * u32(counted(3u, x)); }
  let count = u32(whole(n + 1u));
  let mean = f32(sum / count + select(0u, 1u, 2u * (sum % count) >= count));
  return i32(clamp(mean + real(n) * (f32(value) - mean), 0.0, 255.0));
}`,
};
