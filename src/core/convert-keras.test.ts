import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { convertKeras } from './convert-keras';
import { RunError } from './failure';
import { readKerasWeights } from './keras-h5';
import { kerasFiles } from './keras-h5.test-data';
import { checkWeightBytes, readModelJson, weightPaths } from './model-json';
import { LayerGraph } from './topologies/layer-graph';

const unpack = (text: string) => new Uint8Array(gunzipSync(Buffer.from(text, 'base64'))).buffer;

/** The network that the files are of; `name` is that of its convolution. */
function drawn(name = 'conv', filters = 2) {
  const g = new LayerGraph();
  const x = g.conv(name, g.normalisation('scale', g.input([2, 2, 3])), filters, { kernel: 1 });
  return g.finish('small', g.dense('predictions', g.flatten('flat', x), 3, 'softmax'));
}

it.each(['weights', 'model'] as const)('puts the %s that Keras wrote in their places', async (kind) => {
  const converted = convertKeras(await readKerasWeights(unpack(kerasFiles[kind])), drawn());
  const model = readModelJson(converted.json);
  const [shard, ...more] = [...converted.shards()];
  expect(more).toEqual([]);
  expect(weightPaths(model)).toEqual([shard.path]);
  checkWeightBytes(model, () => shard.bytes.length);
  expect(model.weightsManifest[0].weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['scale/moving_mean', [3]],
    ['scale/moving_variance', [3]],
    ['conv/kernel', [1, 1, 3, 2]],
    ['conv/bias', [2]],
    ['predictions/kernel', [8, 3]],
    ['predictions/bias', [3]],
  ]);
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
  expect([...new Float32Array(shard.bytes.buffer)]).toEqual(
    [[1, 2, 3], [4, 9, 16], upTo(6), [10, 20], upTo(24), [0.5, 0.25, 0.125]].flat(),
  );
});

it('takes layers in their order where they have other names, as Keras does', async () => {
  const weights = await readKerasWeights(unpack(kerasFiles.weights));
  const { json } = convertKeras(weights, drawn('another'));
  expect(readModelJson(json).weightsManifest[0].weights[2].name).toBe('another/kernel');
});

it('names the layer that does not fit, and what is missing', async () => {
  const weights = await readKerasWeights(unpack(kerasFiles.weights));
  expect(() => convertKeras(weights, drawn('conv', 4))).toThrow(
    /layer conv holds \[1, 1, 3, 2\] \[2\], where conv of this network wants \[1, 1, 3, 4\] \[4\]/,
  );
  const notop = weights.filter(({ layer }) => layer !== 'predictions');
  expect(() => convertKeras(notop, drawn())).toThrow(/no layer predictions: .*notop/);
  expect(() => convertKeras(weights.slice(0, 1), drawn())).toThrow(
    /no layer conv and lacks 1 more: it holds 1 layers .* not the 3/,
  );
});

it('cuts weights into files across the bounds of layers', async () => {
  const kernel = Float32Array.from({ length: 3 * 2_000_000 }, (_, i) => i % 4093);
  const bias = new Float32Array(2_000_000).fill(3);
  const g = new LayerGraph();
  const wide = g.finish('wide', g.dense('d', g.globalAverage('a', g.input([1, 1, 3])), 2_000_000, 'linear'));
  const { json, shards } = convertKeras(
    [
      {
        layer: 'd',
        weights: [
          { name: 'kernel', shape: [3, 2_000_000], read: () => kernel },
          { name: 'bias', shape: [2_000_000], read: () => bias },
        ],
      },
    ],
    wide,
  );
  const files = [...shards()];
  expect(files.map(({ path }) => path)).toEqual(weightPaths(readModelJson(json)));
  expect(files.map(({ bytes }) => bytes.length)).toEqual([16_777_216, 15_222_784]);
  const whole = Buffer.concat(files.map(({ bytes }) => bytes));
  expect(whole.equals(Buffer.concat([Buffer.from(kernel.buffer), Buffer.from(bias.buffer)]))).toBe(true);
});

it('calls anything else, and what is cut off, no weights of Keras', async () => {
  await expect(readKerasWeights(new ArrayBuffer(100))).rejects.toThrow(/no weights that Keras wrote/);
  const good = unpack(kerasFiles.weights);
  let refused = 0;
  for (let end = 8; end < good.byteLength; end += 97) {
    try {
      const { shards } = convertKeras(await readKerasWeights(good.slice(0, end)), drawn());
      expect([...shards()]).toHaveLength(1);
    } catch (error) {
      expect(error).toBeInstanceOf(RunError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(100);
});
