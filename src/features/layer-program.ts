import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { type LayerNode, layerNodes } from './layer-nodes';
import { activationName, activationOf, type Operation, operationOf, pair } from './layer-steps';
import type { Tensorflow } from './tensorflow';

/** A network as a list of operations, each on the results of earlier ones. */
export interface LayerProgram {
  /** Gives the wanted layers' outputs, in their order; the caller disposes of them. */
  run(input: Tensor): readonly Tensor[];
  dispose(): void;
}

/**
 * Compiles a layers model for inference, for the layers that pretrained networks of pictures are made of. What is done once
 * here is not done for every picture: batch normalisation goes into the weights of the convolution before it, zero padding
 * and the activation after it into the convolution itself, and a result is freed as soon as it has served. On WebAssembly
 * that is about twice as fast as TF.js' own run of the same model.
 * @param weights By TF.js' names; those that the program does not keep are disposed of.
 * @returns Null where some layer is of another kind, with the weights as they were: TF.js itself then runs the model.
 */
export function compileLayers(
  tf: Tensorflow,
  topology: Readonly<Record<string, unknown>>,
  weights: Readonly<Record<string, Tensor>>,
  wanted: readonly string[],
): LayerProgram | null {
  const nodes = layerNodes(topology, wanted);
  const steps = nodes && plan(nodes, wanted, weights);
  if (steps === null) return null;
  const kept = new Set<Tensor>();
  const operations = steps.list.map((step) => finish(tf, step, kept));
  for (const tensor of Object.values(weights)) if (!kept.has(tensor)) tensor.dispose();
  const outputs = wanted.map((name) => steps.at.get(name)!); // each wanted layer has a step
  return {
    run: (input) => execute(tf, operations, outputs, input),
    dispose: () => tf.dispose([...kept]),
  };
}

/** A step that still grows: layers that follow may become part of it. */
interface Step {
  from: readonly number[];
  work:
    | { readonly kind: 'input' }
    | { readonly kind: 'plain'; readonly run: Operation }
    | { readonly kind: 'pad'; readonly around: Around }
    | Weighted;
}

/** Zeros above and below, left and right. */
type Around = readonly [readonly [number, number], readonly [number, number]];

/** A convolution, a dense layer, or a batch normalisation that follows none of them. */
interface Weighted {
  readonly kind: 'conv' | 'depthwise' | 'dense' | 'scale';
  readonly kernel: Tensor | null;
  readonly bias: Tensor | null;
  readonly strides: readonly [number, number];
  pad: 'same' | 'valid' | Around;
  norm: Norm | null;
  activation: 'linear' | 'relu' | 'relu6';
}

interface Norm {
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

interface Plan {
  readonly list: readonly Step[];
  /** The step that gives a layer's output. */
  readonly at: ReadonlyMap<string, number>;
}

function plan(
  nodes: readonly LayerNode[],
  wanted: readonly string[],
  weights: Readonly<Record<string, Tensor>>,
): Plan | null {
  const list: Step[] = [];
  const at = new Map<string, number>();
  const uses = new Map<string, number>();
  for (const name of [...wanted, ...nodes.flatMap(({ from }) => from)])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const push = (step: Step) => list.push(step) - 1;
  for (const node of nodes) {
    const from = node.from.map((name) => at.get(name)!); // nodes come after what they are given
    const before = list[from[0]];
    // Only what nobody else looks at may be changed by what follows it.
    const own = node.from.length === 1 && uses.get(node.from[0]) === 1;
    const grown = own && before !== undefined && grow(before, node, weights);
    if (grown) {
      at.set(node.name, from[0]);
      continue;
    }
    const work = workOf(node, weights);
    if (work === null) return null;
    if (work === 'same') {
      at.set(node.name, from[0]);
      continue;
    }
    let given: readonly number[] = from;
    if (
      (work.kind === 'conv' || work.kind === 'depthwise') &&
      before.work.kind === 'pad' &&
      own &&
      work.pad === 'valid'
    ) {
      work.pad = before.work.around;
      given = before.from;
    }
    let index = push({ from: given, work });
    const activation = node.config.activation;
    if ('norm' in work && typeof activation === 'string' && node.kind !== 'BatchNormalization') {
      if (activation === 'relu' || activation === 'relu6') work.activation = activation;
      else {
        const run = activationOf(activation);
        if (run === null) return null;
        if (run !== 'same') index = push({ from: [index], work: { kind: 'plain', run } });
      }
    }
    at.set(node.name, index);
  }
  return { list, at };
}

/** Makes a layer part of the step before it, where that can be. */
function grow({ work }: Step, node: LayerNode, weights: Readonly<Record<string, Tensor>>): boolean {
  if (!('norm' in work) || work.activation !== 'linear') return false;
  if (node.kind === 'BatchNormalization' && work.norm === null && work.kind !== 'scale') {
    work.norm = normOf(node, weights);
    return work.norm !== null;
  }
  const name = activationName(node);
  if (name !== 'relu' && name !== 'relu6') return false;
  work.activation = name;
  return true;
}

function workOf(node: LayerNode, weights: Readonly<Record<string, Tensor>>): Step['work'] | 'same' | null {
  const { name, kind, config } = node;
  if (kind === 'InputLayer') return { kind: 'input' };
  if (kind === 'ZeroPadding2D') {
    const around = aroundOf(config.padding);
    return around && { kind: 'pad', around };
  }
  const plain = {
    bias: weights[`${name}/bias`] ?? null,
    norm: null,
    activation: 'linear',
    pad: 'valid',
  } as const;
  if (kind === 'Dense') {
    const kernel = weights[`${name}/kernel`];
    return kernel === undefined ? null : { ...plain, kind: 'dense', kernel, strides: [1, 1] };
  }
  if (kind === 'Conv2D' || kind === 'DepthwiseConv2D') {
    const kernel = weights[`${name}/${kind === 'Conv2D' ? 'kernel' : 'depthwise_kernel'}`];
    const strides = pair(config.strides ?? 1);
    const pad = config.padding ?? 'valid';
    const simple =
      pair(config.dilation_rate ?? 1)?.every((one) => one === 1) === true &&
      (config.groups ?? 1) === 1 &&
      (config.data_format ?? 'channels_last') === 'channels_last';
    if (kernel === undefined || strides === null || !simple || (pad !== 'same' && pad !== 'valid'))
      return null;
    return { ...plain, kind: kind === 'Conv2D' ? 'conv' : 'depthwise', kernel, strides, pad };
  }
  if (kind === 'BatchNormalization') {
    const norm = normOf(node, weights);
    return norm && { ...plain, kind: 'scale', kernel: null, strides: [1, 1], norm };
  }
  const run = operationOf(node);
  return run === null || run === 'same' ? run : { kind: 'plain', run };
}

function normOf({ name, config }: LayerNode, weights: Readonly<Record<string, Tensor>>): Norm | null {
  const mean = weights[`${name}/moving_mean`];
  const variance = weights[`${name}/moving_variance`];
  const epsilon = config.epsilon ?? 1e-3;
  const [axis] = [config.axis].flat();
  if (mean === undefined || variance === undefined || typeof epsilon !== 'number') return null;
  if (axis !== undefined && axis !== -1 && axis !== 3) return null;
  const gamma = weights[`${name}/gamma`] ?? null;
  return { gamma, beta: weights[`${name}/beta`] ?? null, mean, variance, epsilon };
}

function aroundOf(padding: unknown): Around | null {
  if (!Array.isArray(padding)) {
    const both = pair(padding);
    return (
      both && [
        [both[0], both[0]],
        [both[1], both[1]],
      ]
    );
  }
  const rows = typeof padding[0] === 'number' ? pair([padding[0], padding[0]]) : pair(padding[0]);
  const columns = typeof padding[1] === 'number' ? pair([padding[1], padding[1]]) : pair(padding[1]);
  return rows && columns && [rows, columns];
}

interface Finished {
  readonly from: readonly number[];
  /** Null hands on the input of the network. */
  readonly run: Operation | null;
}

/** Works out what a step's weights are in the end, and keeps them. */
function finish(tf: Tensorflow, { from, work }: Step, kept: Set<Tensor>): Finished {
  if (work.kind === 'input') return { from, run: null };
  if (work.kind === 'plain') return { from, run: work.run };
  if (work.kind === 'pad') {
    const zeros: [number, number][] = [[0, 0], [...work.around[0]], [...work.around[1]], [0, 0]];
    return { from, run: (tf, [x]) => tf.pad(x, zeros) };
  }
  const { kernel, bias } = folded(tf, work);
  for (const tensor of [kernel, bias]) if (tensor !== null) kept.add(tensor);
  return { from, run: weighted(work, kernel, bias) };
}

function weighted(work: Weighted, kernel: Tensor | null, bias: Tensor | null): Operation {
  const { kind, activation } = work;
  const strides: [number, number] = [...work.strides];
  const pad: 'same' | 'valid' | Padding =
    typeof work.pad === 'string' ? work.pad : [[0, 0], [...work.pad[0]], [...work.pad[1]], [0, 0]];
  const shared = { activation, ...(bias !== null && { bias }) };
  return (tf, [x]) => {
    // The ranks are those of the layers' kinds: TF.js checks them.
    switch (kind) {
      case 'conv':
        return tf.fused.conv2d({ x: x as Tensor4D, filter: kernel as Tensor4D, strides, pad, ...shared });
      case 'depthwise':
        return tf.fused.depthwiseConv2d({
          x: x as Tensor4D,
          filter: kernel as Tensor4D,
          strides,
          pad: pad as 'same', // its types lack the explicit padding that it has as conv2d has
          ...shared,
        });
      case 'dense':
        return tf.fused.matMul({ a: x as Tensor2D, b: kernel as Tensor2D, ...shared });
      case 'scale': {
        const scaled = tf.add(tf.mul(x, kernel!), bias!); // a normalisation has both
        return activation === 'linear' ? scaled : activation === 'relu' ? tf.relu(scaled) : tf.relu6(scaled);
      }
    }
  };
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];

/**
 * Puts a normalisation into the weights before it: `γ(Wx + b − μ)/√(σ² + ε) + β` is `W'x + b'` with `W' = Wγ/√(σ² + ε)` and
 * `b' = (b − μ)γ/√(σ² + ε) + β`. In double precision, rounded once.
 */
function folded(tf: Tensorflow, { kernel, bias, norm }: Weighted): Pick<Weighted, 'kernel' | 'bias'> {
  if (norm === null) return { kernel, bias };
  const values = (tensor: Tensor | null, otherwise: number) => tensor?.dataSync() ?? otherwise;
  const at = (list: ArrayLike<number> | number, i: number) => (typeof list === 'number' ? list : list[i]);
  const [gamma, beta, mean, variance, before] = [
    values(norm.gamma, 1),
    values(norm.beta, 0),
    values(norm.mean, 0),
    values(norm.variance, 1),
    values(bias, 0),
  ];
  const channels = norm.mean.size;
  const scale = Float64Array.from(
    { length: channels },
    (_, i) => at(gamma, i) / Math.sqrt(at(variance, i) + norm.epsilon),
  );
  const shift = Float32Array.from(
    { length: channels },
    (_, i) => (at(before, i) - at(mean, i)) * scale[i] + at(beta, i),
  );
  if (kernel === null) return { kernel: tf.tensor1d(Float32Array.from(scale)), bias: tf.tensor1d(shift) };
  const given = kernel.dataSync();
  // A depthwise kernel is [height, width, channels, multiplier], where channels × multiplier come out.
  const scaled = Float32Array.from(given, (value, i) => value * scale[i % channels]);
  return { kernel: tf.tensor(scaled, kernel.shape), bias: tf.tensor1d(shift) };
}

function execute(
  tf: Tensorflow,
  operations: readonly Finished[],
  outputs: readonly number[],
  input: Tensor,
): readonly Tensor[] {
  const left = operations.map(() => 0);
  for (const index of [...outputs, ...operations.flatMap(({ from }) => from)]) left[index]++;
  const results: (Tensor | null)[] = operations.map(() => null);
  const release = (index: number) => {
    if (--left[index] > 0) return;
    results[index]?.dispose();
    results[index] = null;
  };
  try {
    for (const [i, { from, run }] of operations.entries()) {
      if (left[i] === 0) continue; // padding that became part of a convolution
      const given = from.map((index) => results[index]!); // operations come after what they are given
      results[i] = run === null ? tf.clone(input) : tf.tidy(() => run(tf, given));
      for (const index of from) release(index);
    }
    return outputs.map((index) => tf.clone(results[index]!));
  } finally {
    tf.dispose(results.filter((result) => result !== null));
  }
}
