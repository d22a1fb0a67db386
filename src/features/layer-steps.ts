import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerNode } from './layer-nodes';
import type { Tensorflow } from './tensorflow';

/** What a layer without weights does to the outputs of others. */
export type Operation = (tf: Tensorflow, inputs: readonly Tensor[]) => Tensor;

/** What a plain layer does; null for one that is not known, or in a way that is not. `same` for one that does nothing. */
export function operationOf({ kind, config }: LayerNode): Operation | 'same' | null {
  if ((config.data_format ?? 'channels_last') !== 'channels_last') return null;
  switch (kind) {
    case 'Dropout':
    case 'SpatialDropout2D':
      return 'same';
    case 'Activation':
      return typeof config.activation === 'string' ? activationOf(config.activation) : null;
    case 'ReLU':
      return activationOf(reluName(config));
    case 'Softmax':
      return activationOf('softmax');
    case 'Add':
      return (tf, inputs) => inputs.reduce((a, b) => tf.add(a, b));
    case 'Multiply':
      return (tf, inputs) => inputs.reduce((a, b) => tf.mul(a, b));
    case 'Concatenate':
      return config.axis === -1 || config.axis === 3
        ? (tf, inputs) => tf.concat([...inputs], inputs[0].rank - 1)
        : null;
    case 'GlobalAveragePooling2D':
      return (tf, [x]) => tf.mean(x, [1, 2], config.keepdims === true);
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return poolingOf(kind, config);
    case 'Flatten':
      return (tf, [x]) => tf.reshape(x, [x.shape[0], -1]);
    case 'Reshape': {
      const shape = numbers(config.target_shape);
      return shape && ((tf, [x]) => tf.reshape(x, [x.shape[0], ...shape]));
    }
    case 'Rescaling': {
      const scale = typeof config.scale === 'number' ? config.scale : numbers(config.scale);
      const offset = config.offset ?? 0;
      if (scale === null || typeof offset !== 'number') return null;
      return (tf, [x]) => {
        const scaled = tf.mul(x, typeof scale === 'number' ? scale : [...scale]);
        return offset === 0 ? scaled : tf.add(scaled, offset);
      };
    }
    default:
      return null;
  }
}

/** What an activation by Keras' name does; null where it is not known. */
export function activationOf(name: string): Operation | 'same' | null {
  switch (name) {
    case 'linear':
      return 'same';
    case 'relu':
      return (tf, [x]) => tf.relu(x);
    case 'relu6':
      return (tf, [x]) => tf.relu6(x);
    case 'sigmoid':
      return (tf, [x]) => tf.sigmoid(x);
    case 'tanh':
      return (tf, [x]) => tf.tanh(x);
    case 'swish':
    case 'silu':
      return (tf, [x]) => tf.mul(x, tf.sigmoid(x));
    case 'softmax':
      return (tf, [x]) => tf.softmax(x);
    default:
      return null;
  }
}

/** An activation's name in Keras, whichever layer bears it; null for other layers. */
export function activationName({ kind, config }: LayerNode): string | null {
  if (kind === 'Activation' && typeof config.activation === 'string') return config.activation;
  return kind === 'ReLU' ? reluName(config) : null;
}

function reluName({ max_value: most, negative_slope: slope, threshold }: LayerNode['config']): string {
  if ((slope ?? 0) !== 0 || (threshold ?? 0) !== 0) return 'leaky';
  if (most === undefined || most === null) return 'relu';
  return most === 6 ? 'relu6' : 'clipped';
}

function poolingOf(kind: string, config: LayerNode['config']): Operation | null {
  const size = pair(config.pool_size);
  const strides = pair(config.strides ?? config.pool_size);
  const padding = config.padding ?? 'valid';
  if (size === null || strides === null || (padding !== 'valid' && padding !== 'same')) return null;
  return (tf, [x]) => {
    const picture = x as Tensor4D; // Keras pools pictures alone by these layers
    return kind === 'MaxPooling2D'
      ? tf.maxPool(picture, size, strides, padding)
      : tf.avgPool(picture, size, strides, padding);
  };
}

/** Two numbers, or one for both. */
export function pair(value: unknown): [number, number] | null {
  if (typeof value === 'number') return [value, value];
  const list = numbers(value);
  return list?.length === 2 ? [list[0], list[1]] : null;
}

/** A list of numbers. */
export function numbers(value: unknown): readonly number[] | null {
  return Array.isArray(value) && value.every((one): one is number => typeof one === 'number') ? value : null;
}
