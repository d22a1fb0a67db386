import { type Flow, LayerGraph, padForStride, type Topology } from './layer-graph';

/**
 * EfficientNet-B0 (Tan and Le, 2019, table 1) at 224 × 224 with 1,000 classes, as Keras' `applications/efficientnet.py` builds
 * it for its ImageNet weights: fed 0 to 255, it scales by itself.
 */
export function efficientnetB0(): Topology {
  const g = new LayerGraph();
  let x: Flow = g.normalisation('normalization', g.rescale('rescaling', g.input([224, 224, 3]), 1 / 255));
  // The weights hold standard deviations where variances are meant; Keras divides by the other root.
  const deviations = [0.229, 0.224, 0.225];
  x = g.rescale(
    'rescaling_1',
    x,
    deviations.map((deviation) => 1 / Math.sqrt(deviation)),
  );
  x = g.pad('stem_conv_pad', x, padForStride(x, 3));
  x = g.conv('stem_conv', x, 32, { kernel: 3, stride: 2, padding: 'valid', bias: false });
  x = g.activation('stem_activation', g.batchNorm('stem_bn', x), 'swish');
  for (const [i, [kernel, repeats, filters, expansion, stride]] of stages.entries())
    for (let j = 0; j < repeats; j++)
      x = invertedResidual(g, x, `block${i + 1}${'abcd'[j]}_`, {
        kernel,
        filters,
        expansion,
        stride: j === 0 ? stride : 1,
      });
  x = g.batchNorm('top_bn', g.conv('top_conv', x, 1280, { kernel: 1, bias: false }));
  x = g.globalAverage('avg_pool', g.activation('top_activation', x, 'swish'));
  return g.finish('efficientnetb0', g.dense('predictions', x, 1000, 'softmax'));
}

/** Kernel, repeats, filters, expansion, stride of the first. */
const stages = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;

interface Block {
  readonly kernel: number;
  readonly filters: number;
  readonly expansion: number;
  readonly stride: number;
}

function invertedResidual(g: LayerGraph, from: Flow, name: string, block: Block): Flow {
  const { kernel, filters, expansion, stride } = block;
  const [, , given] = from.shape;
  let x = from;
  if (expansion > 1) {
    x = g.conv(`${name}expand_conv`, x, given * expansion, { kernel: 1, bias: false });
    x = g.activation(`${name}expand_activation`, g.batchNorm(`${name}expand_bn`, x), 'swish');
  }
  if (stride === 2) x = g.pad(`${name}dwconv_pad`, x, padForStride(x, kernel));
  x = g.depthwise(`${name}dwconv`, x, { kernel, stride, padding: stride === 2 ? 'valid' : 'same' });
  x = g.activation(`${name}activation`, g.batchNorm(`${name}bn`, x), 'swish');
  x = g.multiply(`${name}se_excite`, x, excitation(g, x, name, Math.max(1, Math.trunc(given / 4))));
  x = g.batchNorm(`${name}project_bn`, g.conv(`${name}project_conv`, x, filters, { kernel: 1, bias: false }));
  return stride === 1 && given === filters ? g.add(`${name}add`, x, from) : x;
}

/** Weighs the channels (Hu et al., 2018). */
function excitation(g: LayerGraph, from: Flow, name: string, squeezed: number): Flow {
  const channels = from.shape[2];
  let x = g.globalAverage(`${name}se_squeeze`, from);
  x = g.reshape(`${name}se_reshape`, x, [1, 1, channels]);
  x = g.conv(`${name}se_reduce`, x, squeezed, { kernel: 1, activation: 'swish' });
  return g.conv(`${name}se_expand`, x, channels, { kernel: 1, activation: 'sigmoid' });
}
