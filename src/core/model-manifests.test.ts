import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { channelScale } from './model-manifest';
import { classNamesOf, knownModels } from './model-manifests';
import { topologies } from './topologies/topologies';

it('knows every manifest of models/', () => {
  const there = readdirSync('models').filter(
    (name) => /^(?!imagenet).*\.json$/.test(name) && name !== 'index.json',
  );
  expect(
    knownModels()
      .map(({ id }) => `${id}.json`)
      .sort(),
  ).toEqual(there.sort());
});

it.each(knownModels().map((manifest) => [manifest.id, manifest] as const))(
  '%s and its drawing agree on layers, input and classes',
  async (_id, manifest) => {
    const { model, weights } = topologies[manifest.topology!]();
    const { layers, output_layers } = model.model_config.config;
    const names = layers.map(({ name }) => name);
    expect(names).toContain(manifest.embedding.nodes[0]);
    for (const { name } of manifest.layers) expect(names).toContain(name);
    expect(layers[0].config.batch_input_shape).toEqual([
      null,
      manifest.input.height,
      manifest.input.width,
      3,
    ]);
    expect(new Set(names).size).toBe(names.length);
    expect(weights[weights.length - 1].weights[0].shape.at(-1)).toBe(manifest.classes?.count);
    expect(names).toContain(output_layers[0][0]);
    expect(await classNamesOf(manifest)).toHaveLength(manifest.classes?.count ?? 0);
  },
);

// Parameters as keras.applications tells them, with those that are not trained.
it.each([
  ['mobilenet-v1-1.0', 4_253_864],
  ['mobilenet-v1-0.75', 2_601_976],
  ['mobilenet-v2', 3_538_984],
  ['resnet50', 25_636_712],
  ['vgg16', 138_357_544],
  ['efficientnet-b0', 5_330_571 - 1], // Keras counts the pictures that its normalisation has seen
] as const)('%s has as many weights as Keras says', (name, parameters) => {
  const { weights } = topologies[name]();
  const count = weights
    .flatMap((layer) => layer.weights)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(count).toBe(parameters);
});

it('scales channels in the order in which they are fed', () => {
  const input = { width: 1, height: 1, fit: 'cover', crop: 1, filter: 'bilinear' } as const;
  // FACTS of Keras' imagenet_utils: caffe is BGR less [103.939, 116.779, 123.68].
  expect(channelScale({ ...input, channels: 'BGR', normalisation: 'caffe' }).mean).toEqual([
    103.939, 116.779, 123.68,
  ]);
  expect(channelScale({ ...input, channels: 'RGB', normalisation: 'tf' })).toEqual({
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
  });
  const { mean, std } = channelScale({ ...input, channels: 'RGB', normalisation: 'torch' });
  expect((255 - mean[0]) / std[0]).toBeCloseTo((1 - 0.485) / 0.229, 10);
  expect((0 - mean[2]) / std[2]).toBeCloseTo(-0.406 / 0.225, 10);
});
