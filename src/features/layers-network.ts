import type { Tensor } from '@tensorflow/tfjs-core';
import { RunError } from '../core/failure';
import { nodeNames } from '../core/model-check';
import type { ModelJson } from '../core/model-json';
import type { ModelManifest } from '../core/model-manifest';
import { compileLayers } from './layer-program';
import { type Network, noNode } from './network';
import type { ReadModel } from './read-model';
import type { Tensorflow } from './tensorflow';

/**
 * Opens a layers model: what Keras or TF.js itself saves. It is compiled where its layers are of the usual kinds; any other is
 * run by TF.js layer by layer.
 */
export async function loadLayers(tf: Tensorflow, manifest: ModelManifest, read: ReadModel): Promise<Network> {
  return compiled(tf, manifest, read) ?? (await interpreted(tf, manifest, read));
}

function compiled(tf: Tensorflow, manifest: ModelManifest, { model, weights }: ReadModel): Network | null {
  const names = nodeNames(model);
  const embedding = manifest.embedding.nodes.find((node) => names.includes(node));
  const scores = manifest.classes === null ? null : outputName(model.modelTopology);
  if (embedding === undefined || (manifest.classes !== null && scores === null)) return null;
  const tensors = tf.io.decodeWeights([...weights], specsOf(model));
  const program = compileLayers(tf, model.modelTopology, tensors, [
    embedding,
    ...(scores === null ? [] : [scores]),
  ]);
  if (program === null) {
    tf.dispose(tensors);
    return null;
  }
  return {
    async run(pictures) {
      const [first, second = null] = program.run(pictures);
      return [first, second];
    },
    dispose: program.dispose,
  };
}

/** Checked by `readModelJson`, in more general types than TF.js has. */
const specsOf = ({ weightsManifest }: ModelJson) =>
  weightsManifest.flatMap((group) => group.weights) as never;

/** The layer whose output is the model's only one. */
function outputName({ model_config: config }: Readonly<Record<string, unknown>>): string | null {
  const outputs = (config as { config?: { output_layers?: unknown } } | undefined)?.config?.output_layers;
  const name: unknown = Array.isArray(outputs) && outputs.length === 1 ? outputs[0]?.[0] : null;
  return typeof name === 'string' ? name : null;
}

async function interpreted(
  tf: Tensorflow,
  manifest: ModelManifest,
  { model, weights }: ReadModel,
): Promise<Network> {
  const layers = await import('@tensorflow/tfjs-layers');
  refuseUnknownClasses(tf, manifest, model.modelTopology);
  const whole = await layers.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      weightSpecs: specsOf(model),
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
