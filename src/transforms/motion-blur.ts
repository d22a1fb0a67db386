import { z } from 'zod';
import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';

const knobs = z.strictObject({
  longest: knob(z.number().min(1).max(100), 9, {
    label: 'Longest',
    unit: 'px',
    help: 'Most pixels that the camera moves.',
  }),
  probability: probability(0.3),
});

/** Blurs along a straight line of drawn length and direction, as a camera that moves. */
export const motionBlur: Transform<z.output<typeof knobs>> = {
  id: 'motion-blur',
  label: 'Motion blur',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const length = recordable(random.between(1, given.longest));
    const degrees = recordable(random.between(0, 180));
    return happens ? { length, degrees } : null;
  },
  apply: (raster, drawn) => moved(raster, Number(drawn.length), Number(drawn.degrees)),
  passes: (drawn) => [movePass(Number(drawn.length), Number(drawn.degrees))],
};

/** The mean along the line through each pixel, read bilinearly at steps of at most half a pixel; edges are repeated. */
function moved<P extends Pixels>(raster: P, length: number, degrees: number): P {
  const { width, height, channels, data } = raster;
  const taps = tapsOf(length, (degrees * Math.PI) / 180);
  const row = width * channels;
  const source = data.slice();
  const half = isDeep(raster) ? 0 : 0.5;
  const sums = new Float64Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (const { x: dx, y: dy, weight } of taps) {
      const from = Math.min(height - 1, Math.max(0, y + dy)) * row;
      for (let x = 0, i = 0; x < width; x++) {
        const at = from + Math.min(width - 1, Math.max(0, x + dx)) * channels;
        for (let channel = 0; channel < channels; channel++) sums[i++] += weight * source[at + channel];
      }
    }
    for (let i = 0; i < row; i++) data[y * row + i] = half === 0 ? sums[i] : Math.floor(sums[i] + 1e-9);
  }
  return raster;
}

interface Tap {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The pixels that the line touches, with their share of it. */
function tapsOf(length: number, angle: number): readonly Tap[] {
  const steps = Math.max(1, Math.ceil(length * 2));
  const found = new Map<string, Tap>();
  for (let i = 0; i < steps; i++) {
    const along = ((i + 0.5) / steps - 0.5) * (length - 1);
    const [x, y] = [along * Math.cos(angle), -along * Math.sin(angle)];
    for (const [px, wx] of [
      [Math.floor(x), 1 - (x - Math.floor(x))],
      [Math.floor(x) + 1, x - Math.floor(x)],
    ])
      for (const [py, wy] of [
        [Math.floor(y), 1 - (y - Math.floor(y))],
        [Math.floor(y) + 1, y - Math.floor(y)],
      ]) {
        const weight = (wx * wy) / steps;
        if (weight === 0) continue;
        const name = `${px},${py}`;
        found.set(name, { x: px, y: py, weight: weight + (found.get(name)?.weight ?? 0) });
      }
  }
  return [...found.values()];
}

/** {@link moved} on the GPU: the count of taps, then each tap's place and weight. */
function movePass(length: number, degrees: number): Pass {
  const taps = tapsOf(length, (degrees * Math.PI) / 180);
  const numbers = [taps.length, ...taps.flatMap(({ x, y, weight }) => [x, y, realWord(weight)])];
  return { kind: 'gather', shader: moveShader, numbers };
}

const moveShader: ShaderFunction = {
  name: 'blurred_by_motion',
  wgsl: /* wgsl */ `
fn blurred_by_motion(at: vec2i, n: u32, data: u32) -> vec3i {
  let end = picture_size() - vec2i(1);
  var sum = vec3f(0.5);
  for (var i = 0u; i < u32(whole(n)); i++) {
    let tap = n + 1u + 3u * i;
    let origin = clamp(at + vec2i(whole(tap), whole(tap + 1u)), vec2i(0), end);
    sum += real(tap + 2u) * vec3f(pixel(origin));
  }
  return cut(sum);
}`,
};
