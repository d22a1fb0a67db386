import { type Flow, LayerGraph, padForStride, type Topology } from './layer-graph';

/**
 * MobileNetV2 (Sandler et al., 2018, table 2) of width 1 at 224 × 224 with 1,000 classes, as Keras'
 * `applications/mobilenet_v2.py` builds it.
 */
export function mobilenetV2(): Topology {
  const g = new LayerGraph();
  let x: Flow = g.conv('Conv1', g.input([224, 224, 3]), 32, { kernel: 3, stride: 2, bias: false });
  x = g.relu6('Conv1_relu', g.batchNorm('bn_Conv1', x));
  let id = 0;
  for (const [filters, repeats, firstStride, expansion] of stages)
    for (let i = 0; i < repeats; i++)
      x = invertedResidual(g, x, id++, { filters, stride: i === 0 ? firstStride : 1, expansion });
  x = g.batchNorm('Conv_1_bn', g.conv('Conv_1', x, 1280, { kernel: 1, bias: false }));
  x = g.globalAverage('global_average_pooling2d', g.relu6('out_relu', x));
  return g.finish('mobilenetv2_1.00_224', g.dense('predictions', x, 1000, 'softmax'));
}

/** Filters, repeats, stride of the first block, expansion. */
const stages = [
  [16, 1, 1, 1],
  [24, 2, 2, 6],
  [32, 3, 2, 6],
  [64, 4, 2, 6],
  [96, 3, 1, 6],
  [160, 3, 2, 6],
  [320, 1, 1, 6],
] as const;

function invertedResidual(
  g: LayerGraph,
  from: Flow,
  id: number,
  block: { readonly filters: number; readonly stride: number; readonly expansion: number },
): Flow {
  const { filters, stride, expansion } = block;
  const name = (part: string) => (id === 0 ? `expanded_conv_${part}` : `block_${id}_${part}`);
  let x = from;
  if (id > 0) {
    x = g.conv(name('expand'), x, from.shape[2] * expansion, { kernel: 1, bias: false });
    x = g.relu6(name('expand_relu'), g.batchNorm(name('expand_BN'), x));
  }
  if (stride === 2) x = g.pad(name('pad'), x, padForStride(x, 3));
  x = g.depthwise(name('depthwise'), x, { kernel: 3, stride, padding: stride === 2 ? 'valid' : 'same' });
  x = g.relu6(name('depthwise_relu'), g.batchNorm(name('depthwise_BN'), x));
  x = g.batchNorm(name('project_BN'), g.conv(name('project'), x, filters, { kernel: 1, bias: false }));
  return stride === 1 && from.shape[2] === filters ? g.add(name('add'), from, x) : x;
}
