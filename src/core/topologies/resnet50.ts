import { type Flow, LayerGraph, type Topology } from './layer-graph';

/**
 * ResNet-50 (He et al., 2016, table 1) at 224 × 224 with 1,000 classes, as Keras' `applications/resnet.py` builds it: version
 * 1, with the stride in each block's first convolution.
 */
export function resnet50(): Topology {
  const g = new LayerGraph();
  let x: Flow = g.pad('conv1_pad', g.input([224, 224, 3]), [3, 3, 3, 3]);
  x = g.conv('conv1_conv', x, 64, { kernel: 7, stride: 2, padding: 'valid' });
  x = g.activation('conv1_relu', g.batchNorm('conv1_bn', x, epsilon), 'relu');
  x = g.maxPool('pool1_pool', g.pad('pool1_pad', x, [1, 1, 1, 1]), 3, 2);
  for (const [i, [filters, blocks]] of stacks.entries())
    for (let block = 1; block <= blocks; block++)
      x = residual(g, x, `conv${i + 2}_block${block}`, {
        filters,
        stride: block === 1 && i > 0 ? 2 : 1,
        shortcut: block === 1,
      });
  x = g.globalAverage('avg_pool', x);
  return g.finish('resnet50', g.dense('predictions', x, 1000, 'softmax'));
}

const epsilon = 1.001e-5;

/** Filters within, and blocks. */
const stacks = [
  [64, 3],
  [128, 4],
  [256, 6],
  [512, 3],
] as const;

function residual(
  g: LayerGraph,
  from: Flow,
  name: string,
  block: { readonly filters: number; readonly stride: number; readonly shortcut: boolean },
): Flow {
  const { filters, stride, shortcut } = block;
  const conv = (part: number, x: Flow, wide: number, kernel: number, step = 1) =>
    g.batchNorm(
      `${name}_${part}_bn`,
      g.conv(`${name}_${part}_conv`, x, wide, { kernel, stride: step }),
      epsilon,
    );
  const beside = shortcut ? conv(0, from, 4 * filters, 1, stride) : from;
  let x = g.activation(`${name}_1_relu`, conv(1, from, filters, 1, stride), 'relu');
  x = g.activation(`${name}_2_relu`, conv(2, x, filters, 3), 'relu');
  x = conv(3, x, 4 * filters, 1);
  return g.activation(`${name}_out`, g.add(`${name}_add`, beside, x), 'relu');
}
