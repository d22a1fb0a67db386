import type { Tensor } from '@tensorflow/tfjs-core';
import { RunError } from '../core/failure';
import type { ModelManifest } from '../core/model-manifest';
import { type Network, noNode } from './network';
import type { ReadModel } from './read-model';
import type { Tensorflow } from './tensorflow';

/** Opens a graph model: what TensorFlow's converter makes of a SavedModel. */
export async function loadGraph(
  tf: Tensorflow,
  manifest: ModelManifest,
  { model, weights }: ReadModel,
): Promise<Network> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter');
  const graph = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      format: 'graph-model',
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights) as never, // checked by readModelJson
      weightData: [...weights],
    }),
  );
  try {
    const nodes = nodeNames(model.modelTopology);
    const embedding = manifest.embedding.nodes.find((node) => nodes.has(node));
    if (embedding === undefined) throw noNode(manifest, [...nodes]);
    if (graph.inputs.length !== 1)
      throw new RunError(
        'features',
        `The model ${manifest.label} has ${graph.inputs.length} inputs; a picture is one.`,
      );
    const [input] = graph.inputs;
    const wanted = manifest.classes === null ? [embedding] : [embedding, graph.outputs[0].name];
    return {
      async run(pictures) {
        // With control flow only the other way works.
        const given = await graph.executeAsync({ [input.name]: pictures }, wanted);
        const [first, second = null] = Array.isArray(given) ? given : [given];
        return [first, second] satisfies [Tensor, Tensor | null];
      },
      dispose: () => graph.dispose(),
    };
  } catch (error) {
    graph.dispose();
    throw error;
  }
}

function nodeNames({ node }: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const nodes: unknown = node;
  if (!Array.isArray(nodes)) return new Set();
  return new Set(nodes.flatMap((one: unknown) => (hasName(one) ? [one.name] : [])));
}

const hasName = (one: unknown): one is { readonly name: string } =>
  typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string';
