import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { random } from '../base/random';
import { type Flow, LayerGraph, type Topology } from '../core/topologies/layer-graph';
import { compileLayers } from './layer-program';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Weights of a spread, by TF.js' names; variances are positive. */
function weightsOf({ weights }: Topology): Record<string, tf.Tensor> {
  const draw = random(3, 'weights');
  return Object.fromEntries(
    weights.flatMap(({ layer, weights }) =>
      weights.map(({ role, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const low = role === 'moving_variance' ? 0.3 : -1;
        const values = Float32Array.from({ length: size }, () => draw.between(low, 1));
        return [`${layer}/${role}`, tf.tensor(values, [...shape])];
      }),
    ),
  );
}

/** Every kind of step, fused and not. */
function drawn(): Topology {
  const g = new LayerGraph();
  let x: Flow = g.normalisation('norm', g.rescale('scale', g.input([9, 11, 3]), [0.5, 0.25, 2]));
  x = g.conv('c1', g.pad('p1', x, [0, 2, 1, 1]), 4, { kernel: 3, stride: 2, padding: 'valid' });
  x = g.relu6('r1', g.batchNorm('b1', x));
  const side = g.activation('side', x, 'swish');
  x = g.depthwise('d2', g.pad('p2', x, [1, 1, 1, 1]), { kernel: 3, stride: 1, padding: 'valid' });
  x = g.activation('r2', g.batchNorm('b2', x, 1e-5), 'relu');
  x = g.conv('c3', g.maxPool('m', x, 2, 1), 4, { kernel: 1, bias: false, activation: 'sigmoid' });
  const narrow = g.conv('c4', side, 4, { kernel: 1, activation: 'relu' });
  x = g.add('sum', x, g.maxPool('m2', g.pad('p5', narrow, [0, 0, 0, 0]), 2, 1));
  const squeezed = g.reshape('re', g.globalAverage('gap', x), [1, 1, 4]);
  x = g.multiply('mul', x, g.conv('c6', squeezed, 4, { kernel: 1, activation: 'sigmoid' }));
  x = g.batchNorm('b7', x); // after no convolution
  return g.finish('drawn', g.dense('out', g.flatten('flat', x), 5, 'softmax'));
}

it('gives what TF.js gives, and leaks no tensor', async () => {
  const topology = drawn();
  const wanted = ['b7', 'sum', 'b1', 'out'];
  const weights = weightsOf(topology);
  const reference = await layers.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: topology.model,
      weightSpecs: Object.entries(weights).map(([name, { shape }]) => ({
        name,
        shape,
        dtype: 'float32' as const,
      })),
      weightData: Object.values(weights).map((tensor) => tensor.dataSync().slice().buffer as ArrayBuffer),
    }),
  );
  const several = layers.model({
    inputs: reference.inputs,
    outputs: wanted.map((name) => reference.getLayer(name).output as layers.SymbolicTensor),
  });
  const program = compileLayers(tf, { ...topology.model }, weights, wanted);
  if (program === null) throw new Error('not compiled');
  const draw = random(4, 'input');
  const input = tf.tensor4d(
    Float32Array.from({ length: 2 * 9 * 11 * 3 }, () => draw.between(-2, 2)),
    [2, 9, 11, 3],
  );
  const theirs = several.predict(input) as tf.Tensor[];
  const before = tf.memory().numTensors;
  const ours = program.run(input);
  for (const [i, tensor] of ours.entries()) {
    expect(tensor.shape).toEqual(theirs[i].shape);
    const far = tf.tidy(() => tf.max(tf.abs(tf.sub(tensor, theirs[i]))).dataSync()[0]);
    expect(far, wanted[i]).toBeLessThan(1e-5);
  }
  tf.dispose([...ours]);
  for (let i = 0; i < 20; i++) tf.dispose([...program.run(input)]);
  expect(tf.memory().numTensors).toBe(before);
  program.dispose();
  tf.dispose([input, ...theirs]);
  reference.dispose();
  expect(tf.memory().numTensors).toBe(0);
});

it('leaves to TF.js what it does not know, with the weights', () => {
  const g = new LayerGraph();
  const topology = g.finish(
    'odd',
    g.activation('odd', g.conv('c', g.input([4, 4, 3]), 2, { kernel: 1 }), 'selu'),
  );
  const weights = weightsOf(topology);
  expect(compileLayers(tf, { ...topology.model }, weights, ['odd'])).toBeNull();
  expect(Object.values(weights).every((tensor) => !tensor.isDisposed)).toBe(true);
  tf.dispose(weights);
});
