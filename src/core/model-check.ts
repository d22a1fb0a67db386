import { RunError } from './failure';
import { isGraphModel, type ModelJson } from './model-json';
import { type ModelManifest, modelInput } from './model-manifest';

/**
 * Holds a `model.json` to a manifest as far as that goes without running it: the node of the embedding, the count of classes.
 * @throws RunError `features` naming what differs.
 */
export function checkManifest({ label, embedding, classes }: ModelManifest, model: ModelJson): void {
  const names = nodeNames(model);
  if (!embedding.nodes.some((node) => names.includes(node)))
    throw new RunError(
      'features',
      `These files are not of ${label}: they have no ${embedding.nodes.join(' or ')}, which would give its embedding. Their last layers are ${names.slice(-4).join(', ')}.`,
    );
  if (classes === null || isGraphModel(model)) return;
  const widths = model.weightsManifest.flatMap(({ weights }) => weights.map(({ shape }) => shape.at(-1)));
  if (!widths.includes(classes.count + (classes.background ? 1 : 0)))
    throw new RunError(
      'features',
      `These files are not of ${label}: no layer of theirs tells its ${classes.count} classes.`,
    );
}

/** Names of a model's layers or nodes, in their order; empty where `model.json` is laid out otherwise. */
export function nodeNames({ modelTopology }: ModelJson): readonly string[] {
  const { node, model_config, config } = modelTopology as {
    readonly node?: unknown;
    readonly model_config?: { readonly config?: unknown };
    readonly config?: unknown;
  }; // any JSON object: each field is looked at before it is used
  const within = model_config?.config ?? config;
  const layers = (within as { readonly layers?: unknown } | undefined)?.layers ?? within;
  const list = Array.isArray(node) ? node : Array.isArray(layers) ? layers : [];
  return list.flatMap((one: unknown) => nameOf(one) ?? []);
}

/** A layer's name stands in its configuration, and beside it where it has connections. */
function nameOf(one: unknown): string | null {
  if (typeof one !== 'object' || one === null) return null;
  if ('name' in one && typeof one.name === 'string') return one.name;
  return 'config' in one ? nameOf(one.config) : null;
}

/** A manifest whose preprocessing is what the files themselves ask for. */
export function withInput(manifest: ModelManifest, declared: object | null): ModelManifest {
  return declared === null
    ? manifest
    : { ...manifest, input: modelInput.parse({ ...manifest.input, ...declared }) };
}
