import { z } from 'zod';
import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import { isDeep, type Pixels } from '../core/image';
import { knob } from '../core/knobs';
import type { Transform } from '../core/plugin';
import { probability, recordable } from './chance';

const knobs = z.strictObject({
  smallest: knob(z.number().min(0.1).max(20), 0.1, {
    label: 'From',
    unit: 'px',
    help: 'Least standard deviation.',
  }),
  largest: knob(z.number().min(0.1).max(20), 2, {
    label: 'To',
    unit: 'px',
    help: 'Largest standard deviation.',
  }),
  probability: probability(0.5),
});

/** Blurs by a Gaussian whose standard deviation is drawn, cut off at three of them. */
export const gaussianBlur: Transform<z.output<typeof knobs>> = {
  id: 'gaussian-blur',
  label: 'Gaussian blur',
  knobs,
  draw(given, random) {
    const happens = random.next() < given.probability;
    const sigma = recordable(random.between(given.smallest, given.largest));
    return happens ? { sigma } : null;
  },
  apply: (raster, drawn) => blurred(raster, Number(drawn.sigma)),
  passes: (drawn) => [blurPass(Number(drawn.sigma))],
  refuses: (given) =>
    given.smallest > given.largest
      ? `got from ${given.smallest} to ${given.largest}, which is empty; make smallest the smaller`
      : null,
};

/** Two passes in float32, rounded at the end; beyond the edges the picture is mirrored about its outermost pixels, as scipy's `mirror`. */
function blurred<P extends Pixels>(raster: P, sigma: number): P {
  const { width, height, channels, data } = raster;
  const kernel = kernelOf(sigma);
  const radius = (kernel.length - 1) / 2;
  const between = new Float32Array(data.length);
  const columns = placesOf(width, radius);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let value = 0;
        for (let k = 0; k < kernel.length; k++)
          value += kernel[k] * data[y * row + columns[x + k] * channels + channel];
        between[y * row + x * channels + channel] = value;
      }
    }
  }
  const rows = placesOf(height, radius);
  const line = new Float64Array(row);
  const half = isDeep(raster) ? 0 : 0.5;
  for (let y = 0; y < height; y++) {
    line.fill(half);
    for (let k = 0; k < kernel.length; k++) {
      const from = rows[y + k] * row;
      const weight = kernel[k];
      for (let i = 0; i < row; i++) line[i] += weight * between[from + i];
    }
    for (let i = 0; i < row; i++) data[y * row + i] = half === 0 ? line[i] : Math.floor(line[i]);
  }
  return raster;
}

/** Positions from -radius to length + radius - 1, those outside folded back. */
function placesOf(length: number, radius: number): Int32Array {
  const period = Math.max(1, 2 * (length - 1));
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => {
    const within = (((i - radius) % period) + period) % period;
    return Math.min(within, period - within) % length;
  });
}

/** Weights from three standard deviations before to three behind; their sum is 1. */
function kernelOf(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** {@link blurred} on the GPU: the kernel's length, then its weights. */
function blurPass(sigma: number): Pass {
  const kernel = kernelOf(sigma);
  const numbers = [kernel.length, ...Array.from(kernel, realWord)];
  return { kind: 'gather', before: blurAcross, shader: blurDown, numbers };
}

const mirroredAt = (name: string) => /* wgsl */ `
fn ${name}(i: i32, length: i32) -> i32 {
  let period = max(1, 2 * (length - 1));
  let inside = ((i % period) + period) % period;
  return min(inside, period - inside) % length;
}`;

const blurAcross: ShaderFunction = {
  name: 'blurred_across',
  wgsl: /* wgsl */ `${mirroredAt('mirrored_across')}
fn blurred_across(at: vec2i, n: u32, data: u32) -> vec3f {
  let length = whole(n);
  let width = picture_size().x;
  var sum = vec3f(0.0);
  for (var k = 0; k < length; k++) {
    sum += real(n + 1u + u32(k)) * vec3f(pixel(vec2i(mirrored_across(at.x + k - length / 2, width), at.y)));
  }
  return sum;
}`,
};

const blurDown: ShaderFunction = {
  name: 'blurred_down',
  wgsl: /* wgsl */ `${mirroredAt('mirrored_down')}
fn blurred_down(at: vec2i, n: u32, data: u32) -> vec3i {
  let length = whole(n);
  let height = picture_size().y;
  var sum = vec3f(0.5);
  for (var k = 0; k < length; k++) {
    sum += real(n + 1u + u32(k)) * between(vec2i(at.x, mirrored_down(at.y + k - length / 2, height)));
  }
  return cut(sum);
}`,
};
