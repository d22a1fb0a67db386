import type { Tensor } from '@tensorflow/tfjs-core';
import { RunError } from '../core/failure';
import type { ModelManifest } from '../core/model-manifest';
import { noNode } from './graph-network';
import type { Network } from './load-model';
import type { ReadModel } from './read-model';
import type { Tensorflow } from './tensorflow';

/** Opens a layers model: what Keras or TF.js itself saves. */
export async function loadLayers(
  tf: Tensorflow,
  manifest: ModelManifest,
  { model, weights }: ReadModel,
): Promise<Network> {
  const layers = await import('@tensorflow/tfjs-layers');
  refuseUnknownClasses(tf, manifest, model.modelTopology);
  const whole = await layers.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights) as never, // checked by readModelJson
      weightData: [...weights],
    }),
  );
  const embedding = whole.layers.find(({ name }) => manifest.embedding.nodes.includes(name));
  if (embedding === undefined) {
    const names = whole.layers.map(({ name }) => name);
    whole.dispose();
    throw noNode(manifest, names);
  }
  const cut = layers.model({
    inputs: whole.inputs,
    outputs: [embedding.output, ...(manifest.classes === null ? [] : [whole.outputs[0]])].flat(),
  });
  return {
    async run(pictures) {
      const given = cut.predict(pictures);
      const [first, second = null] = Array.isArray(given) ? given : [given];
      return [first, second] satisfies [Tensor, Tensor | null];
    },
    dispose: () => void whole.dispose(),
  };
}

/** Names every kind of layer that TensorFlow.js does not know, where it would name the first. */
function refuseUnknownClasses(
  tf: Tensorflow,
  { label }: ModelManifest,
  topology: Readonly<Record<string, unknown>>,
): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const unknown = [...classNames(topology)].filter((name) => !(name in known));
  if (unknown.length > 0)
    throw new RunError(
      'features',
      `The model ${label} has layers of the kind ${unknown.join(', ')}, which TensorFlow.js does not know. Choose another model, or convert it to a graph model.`,
    );
}

function classNames(topology: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) visit(one);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if ('class_name' in value && typeof value.class_name === 'string' && 'inbound_nodes' in value)
      found.add(value.class_name);
    for (const one of Object.values(value)) visit(one);
  };
  visit(topology);
  return found;
}
