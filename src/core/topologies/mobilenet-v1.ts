import { LayerGraph, padForStride, type Topology } from './layer-graph';

/**
 * MobileNetV1 (Howard et al., 2017, table 1) at 224 × 224 with 1,000 classes, as Keras' `applications/mobilenet.py` builds it.
 * @param alpha Width of every layer as a share of the paper's.
 */
export function mobilenetV1(alpha: number): Topology {
  const g = new LayerGraph();
  let x = g.input([224, 224, 3]);
  x = g.pad('conv1_pad', x, padForStride(x, 3));
  x = g.conv('conv1', x, Math.trunc(32 * alpha), { kernel: 3, stride: 2, padding: 'valid', bias: false });
  x = g.relu6('conv1_relu', g.batchNorm('conv1_bn', x));
  for (const [i, [filters, stride]] of blocks.entries()) {
    const id = i + 1;
    if (stride === 2) x = g.pad(`conv_pad_${id}`, x, padForStride(x, 3));
    x = g.depthwise(`conv_dw_${id}`, x, { kernel: 3, stride, padding: stride === 2 ? 'valid' : 'same' });
    x = g.relu6(`conv_dw_${id}_relu`, g.batchNorm(`conv_dw_${id}_bn`, x));
    x = g.conv(`conv_pw_${id}`, x, Math.trunc(filters * alpha), { kernel: 1, bias: false });
    x = g.relu6(`conv_pw_${id}_relu`, g.batchNorm(`conv_pw_${id}_bn`, x));
  }
  x = g.globalAverage('global_average_pooling2d', x);
  x = g.reshape('reshape_1', x, [1, 1, x.shape[0]]);
  x = g.reshape('reshape_2', g.conv('conv_preds', x, 1000, { kernel: 1 }), [1000]);
  return g.finish('mobilenet', g.activation('predictions', x, 'softmax'));
}

/** Filters of each pointwise convolution, and the stride of the depthwise one before it. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;
