import { roundToEven } from './round-to-even';
import { type Filter, gather, type Weights } from './weights';

/**
 * Gives the weights with which `tf.image.resize` resamples one axis of `inSize` pixels to `outSize`; of positions and weights
 * each operation is rounded to float32, as there. Sources, in TensorFlow 2.21's `tensorflow/core/kernels/image/`:
 * `scale_and_translate_op.cc` and `sampling_kernels.h` (antialiased filters, and Lanczos always), `resize_bilinear_op.cc`,
 * `resize_bicubic_op.cc` (Keys' cubic from a table of 1024 steps), `resize_area_op.cc`; `resize_images_v2` in
 * `tensorflow/python/ops/image_ops_impl.py` says which of them it is. Pixel centres are at halves in all but `area`, which takes
 * edges at whole numbers and is antialiased by its nature.
 */
export function tensorflowWeights(
  inSize: number,
  outSize: number,
  filter: Exclude<Filter, 'nearest'>,
  antialias: boolean,
): Weights<Float64Array> {
  const axis = { inSize, outSize };
  if (filter === 'area') return areaWeights(axis);
  if (filter === 'lanczos' || antialias) return kernelWeights(axis, kernels[filter], antialias);
  return filter === 'bilinear' ? bilinearWeights(axis) : bicubicWeights(axis);
}

/** Positions that `tf.image.resize` takes with `nearest`. Source: `resize_nearest_neighbor_op.cc`, with half pixel centres. */
export function tensorflowPositions(inSize: number, outSize: number): Int32Array {
  const scale = f(inSize / outSize);
  return Int32Array.from({ length: outSize }, (_, i) =>
    Math.min(inSize - 1, Math.floor(f(f(i + 0.5) * scale))),
  );
}

const f = Math.fround;

interface Axis {
  readonly inSize: number;
  readonly outSize: number;
}

interface Kernel {
  readonly radius: number;
  weigh(x: number): number;
}

const kernels: Readonly<Record<'bilinear' | 'bicubic' | 'lanczos', Kernel>> = {
  bilinear: { radius: 1, weigh: (x) => (x < 1 ? f(1 - x) : 0) },
  bicubic: {
    radius: 2,
    weigh: (x) => {
      if (x >= 2) return 0;
      if (x >= 1) return f(f(f(f(f(f(-0.5 * x) + 2.5) * x) - 4) * x) + 2);
      return f(f(f(f(f(f(1.5 * x) - 2.5) * x) * x)) + 1);
    },
  },
  lanczos: {
    radius: 3,
    weigh: (x) => {
      if (x > 3) return 0;
      if (x <= 1e-3) return 1;
      return f((3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * Math.PI * x * x));
    },
  },
};

/** `ComputeSpansCore` of `scale_and_translate_op.cc`. */
function kernelWeights({ inSize, outSize }: Axis, { radius, weigh }: Kernel, antialias: boolean) {
  const inverse = f(1 / f(outSize / inSize));
  const kernelScale = antialias ? Math.max(inverse, 1) : 1;
  const perPixel = f(1 / kernelScale);
  const reach = f(radius * kernelScale);
  const within = (at: number) => Math.min(inSize - 1, Math.max(0, at));
  return gather(outSize, (i) => {
    const sample = f(f(i + 0.5) * inverse);
    const first = within(Math.ceil(f(f(sample - reach) - 0.5)));
    const end = within(Math.floor(f(f(sample + reach) - 0.5))) + 1;
    const weights = Array.from({ length: end - first }, (_, j) =>
      weigh(Math.abs(f(f(f(first + j + 0.5) - sample) * perPixel))),
    );
    return { first, weights: normalised(weights) };
  });
}

/** Divides by the sum, which TensorFlow leaves when it is as good as nothing. */
function normalised(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => f(total + weight), 0);
  if (Math.abs(sum) < 1000 * 2 ** -126) return weights.map(() => 0);
  const factor = f(1 / sum);
  return weights.map((weight) => f(weight * factor));
}

/** `compute_interpolation_weights` of `resize_bilinear_op.cc`: between two pixels, or one at the edge. */
function bilinearWeights({ inSize, outSize }: Axis) {
  const scale = f(inSize / outSize);
  return gather(outSize, (i) => {
    const at = f(f(f(i + 0.5) * scale) - 0.5);
    const first = Math.max(0, Math.floor(at));
    const upper = Math.min(inSize - 1, Math.ceil(at));
    const share = f(at - Math.floor(at));
    return { first, weights: upper > first ? [1 - share, share] : [1] };
  });
}

/** `GetWeightsAndIndices` of `resize_bicubic_op.cc`: what lies outside of the picture has no weight. */
function bicubicWeights({ inSize, outSize }: Axis) {
  const scale = f(inSize / outSize);
  return gather(outSize, (i) => {
    const at = f(f(f(i + 0.5) * scale) - 0.5);
    const base = Math.floor(at);
    const offset = roundToEven(f(at - base) * cubicSteps);
    const taps = [
      cubic(1 + offset / cubicSteps),
      cubic(offset / cubicSteps),
      cubic(1 - offset / cubicSteps),
      cubic(2 - offset / cubicSteps),
    ];
    const first = Math.max(0, base - 1);
    const end = Math.min(inSize, base + 3);
    return { first, weights: normalised(taps.slice(first - (base - 1), end - (base - 1))) };
  });
}

/** Steps of TensorFlow's table between two pixels. */
const cubicSteps = 1024;

/** Keys' cubic convolution with a = -0.5, as `InitCoeffsTable` computes it: in double, kept as float32. */
function cubic(x: number): number {
  const a = -0.5;
  return f(x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a);
}

/** `ResizeAreaOp` of `resize_area_op.cc`: what each pixel covers of the output's; its last may lie beyond the picture, for rounding. */
function areaWeights({ inSize, outSize }: Axis) {
  const scale = f(inSize / outSize);
  return gather(outSize, (i) => {
    const low = f(i * scale);
    const high = f((i + 1) * scale);
    const first = Math.min(inSize - 1, Math.floor(low));
    const end = Math.ceil(high);
    const weights = new Array<number>(Math.min(inSize, Math.max(end, first + 1)) - first).fill(0);
    for (let at = Math.floor(low); at < end; at++) {
      const covered = at < low ? (at + 1 > high ? scale : f(at + 1 - low)) : at + 1 > high ? f(high - at) : 1;
      weights[Math.min(inSize - 1, at) - first] += covered / scale;
    }
    return { first, weights };
  });
}
