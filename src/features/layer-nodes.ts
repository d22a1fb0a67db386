/** A layer of a functional Keras model, with whose outputs it is given. */
export interface LayerNode {
  readonly name: string;
  /** Keras' class: `Conv2D`. */
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
}

/**
 * Reads a layers model's `modelTopology` as a graph of single layers, and gives those that the `wanted` layers need, each after
 * what it is given; null for what is more than that: nested models, layers that are used twice, several inputs.
 */
export function layerNodes(
  topology: Readonly<Record<string, unknown>>,
  wanted: readonly string[],
): readonly LayerNode[] | null {
  const { model_config: given } = topology;
  const model: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  if (!isRecord(model) || !['Model', 'Functional'].includes(String(model.class_name))) return null;
  const { layers, input_layers: inputs } = isRecord(model.config) ? model.config : {};
  if (!Array.isArray(layers) || !Array.isArray(inputs) || inputs.length !== 1) return null;
  const nodes = new Map<string, LayerNode>();
  for (const layer of layers) {
    const node = readNode(layer);
    if (node === null) return null;
    nodes.set(node.name, node);
  }
  return sorted(nodes, wanted);
}

function readNode(layer: unknown): LayerNode | null {
  if (!isRecord(layer) || !isRecord(layer.config) || !Array.isArray(layer.inbound_nodes)) return null;
  const { class_name: kind, config, inbound_nodes: uses } = layer;
  const name = layer.name ?? config.name;
  if (typeof kind !== 'string' || typeof name !== 'string' || uses.length > 1) return null;
  const links: readonly unknown[] = uses[0] ?? [];
  const from: string[] = [];
  for (const link of links) {
    if (!Array.isArray(link) || typeof link[0] !== 'string' || link[1] !== 0 || link[2] !== 0) return null;
    from.push(link[0]);
  }
  return { name, kind, config, from };
}

/** Depth first, without recursion: a file may be deeper than the stack. */
function sorted(
  nodes: ReadonlyMap<string, LayerNode>,
  wanted: readonly string[],
): readonly LayerNode[] | null {
  const order: LayerNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = [...wanted].reverse();
  while (stack.length > 0) {
    const name = stack[stack.length - 1];
    const node = nodes.get(name);
    if (node === undefined) return null;
    const missing = node.from.filter((one) => state.get(one) !== 'done');
    if (state.get(name) === 'done' || missing.length === 0) {
      stack.pop();
      if (state.get(name) !== 'done') order.push(node);
      state.set(name, 'done');
    } else {
      if (state.get(name) === 'open') return null; // a circle
      state.set(name, 'open');
      stack.push(...missing);
    }
  }
  return order;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
