import { type Flow, LayerGraph, type Topology } from './layer-graph';

/**
 * VGG-16 (Simonyan and Zisserman, 2015, configuration D) at 224 × 224 with 1,000 classes, as Keras' `applications/vgg16.py`
 * builds it.
 */
export function vgg16(): Topology {
  const g = new LayerGraph();
  let x: Flow = g.input([224, 224, 3]);
  for (const [i, [filters, convolutions]] of blocks.entries()) {
    for (let j = 1; j <= convolutions; j++)
      x = g.conv(`block${i + 1}_conv${j}`, x, filters, { kernel: 3, activation: 'relu' });
    x = g.maxPool(`block${i + 1}_pool`, x, 2, 2);
  }
  x = g.dense('fc1', g.flatten('flatten', x), 4096, 'relu');
  x = g.dense('fc2', x, 4096, 'relu');
  return g.finish('vgg16', g.dense('predictions', x, 1000, 'softmax'));
}

/** Filters and convolutions. */
const blocks = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;
