import { RunError } from './failure';
import type { KerasLayerWeights, KerasWeight, KerasWeights } from './keras-h5';
import type { LayerWeight, Topology } from './topologies/layer-graph';

/** A TF.js layers model on its way into files. */
export interface ConvertedModel {
  /** Text of `model.json`. */
  readonly json: string;
  /** The files of weights, one at a time: VGG16's are 553 MB. */
  shards(): Iterable<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }>;
}

/**
 * Puts weights that Keras wrote into our drawing of the network. Layers are found by name; where the file has other names but
 * as many layers, by their order, as Keras itself does.
 * @throws RunError `features` naming the layer and the shapes that do not fit.
 */
export function convertKeras(file: KerasWeights, topology: Topology): ConvertedModel {
  const entries = assign(file, topology).flatMap(({ layer, weights, found }) =>
    weights.map(({ role, shape }, i) => ({ name: `${layer}/${role}`, shape, weight: found[i] })),
  );
  const total = entries.reduce((sum, { shape }) => sum + bytesOf(shape), 0);
  const shards = Math.ceil(total / shardBytes);
  const paths = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.bin`);
  const weights = entries.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  return {
    json: JSON.stringify({
      format: 'layers-model',
      generatedBy: 'Keras',
      convertedBy: 'Imagemill',
      modelTopology: topology.model,
      weightsManifest: [{ paths, weights }],
    }),
    *shards() {
      let shard = new Uint8Array(Math.min(shardBytes, total));
      let filled = 0;
      let written = 0;
      for (const { weight } of entries) {
        let rest = new Uint8Array(weight.read().buffer);
        while (rest.length > 0) {
          const part = rest.subarray(0, shard.length - filled);
          shard.set(part, filled);
          filled += part.length;
          rest = rest.subarray(part.length);
          if (filled < shard.length) continue;
          yield { path: paths[written++], bytes: shard };
          shard = new Uint8Array(Math.max(0, Math.min(shardBytes, total - written * shardBytes)));
          filled = 0;
        }
      }
    },
  };
}

/** A file of weights: larger ones begin anew at a greater loss when a download breaks off, smaller ones are more requests. */
const shardBytes = 16 * 2 ** 20;

const bytesOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 4);

interface Assigned {
  readonly layer: string;
  readonly weights: readonly LayerWeight[];
  readonly found: readonly KerasWeight[];
}

function assign(file: KerasWeights, topology: Topology): readonly Assigned[] {
  const byName = new Map(file.map((found) => [found.layer, found]));
  const missing = topology.weights.filter(({ layer }) => !byName.has(layer));
  const inOrder = missing.length > 0 && file.length === topology.weights.length;
  if (missing.length > 0 && !inOrder) {
    const [first] = missing;
    throw new RunError(
      'features',
      `The file has no layer ${first.layer}${missing.length > 1 ? ` and lacks ${missing.length - 1} more` : ''}: ${
        missing.every(({ layer }) => /^(predictions|fc\d|conv_preds)$/.test(layer))
          ? 'it holds the network without its classifier (“notop”). Take the file with it.'
          : `it holds ${file.length} layers with weights, not the ${topology.weights.length} of this network. Check that it is of the model that --as names.`
      }`,
    );
  }
  return topology.weights.map(({ layer, weights }, i) => {
    const source = inOrder ? file[i] : byName.get(layer)!; // none is missing
    return { layer, weights, found: fitted(source, layer, weights) };
  });
}

/** The count of pictures that Keras' `Normalization` has seen is no part of the network. */
const isCount = ({ name }: KerasWeight) => /(^|\/)count(:\d+)?$/.test(name);

function fitted(
  { layer: named, weights: given }: KerasLayerWeights,
  layer: string,
  wanted: readonly LayerWeight[],
): readonly KerasWeight[] {
  const found = given.filter((weight) => !isCount(weight));
  const shapes = (list: readonly { readonly shape: readonly number[] }[]) =>
    list.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  const fits =
    found.length === wanted.length && wanted.every(({ shape }, i) => sameShape(shape, found[i].shape));
  if (!fits)
    throw new RunError(
      'features',
      `The file’s layer ${named} holds ${shapes(found) || 'nothing'}, where ${layer} of this network wants ${shapes(wanted)}. Check that it is of the model that --as names.`,
    );
  return found;
}

/** Keras has written the statistics of `Normalization` with and without axes of length 1 before them. */
function sameShape(wanted: readonly number[], given: readonly number[]): boolean {
  const extra = given.length - wanted.length;
  return (
    extra >= 0 &&
    given.slice(0, extra).every((length) => length === 1) &&
    wanted.every((length, i) => length === given[extra + i])
  );
}
