/** What flows between two layers: the tensor's shape without the batch, and the layer that made it. */
export interface Flow {
  readonly layer: string;
  /** `[height, width, channels]` or `[channels]`. */
  readonly shape: readonly number[];
}

/** One weight of a layer, by the name that TF.js gives it. */
export interface LayerWeight {
  /** `kernel`, `bias`, `gamma`, …: the part of its name behind the layer's. */
  readonly role: string;
  readonly shape: readonly number[];
}

/** A network without its weights. */
export interface Topology {
  /** `modelTopology` of a TF.js layers model: Keras' functional format. */
  readonly model: KerasModel;
  /** Layers that have weights, in the network's order, each with its weights in Keras' order. */
  readonly weights: readonly { readonly layer: string; readonly weights: readonly LayerWeight[] }[];
}

/** Keras' JSON of a functional model. */
export interface KerasModel {
  readonly keras_version: string;
  readonly backend: 'tensorflow';
  readonly model_config: {
    readonly class_name: 'Functional';
    readonly config: {
      readonly name: string;
      readonly layers: readonly KerasLayer[];
      readonly input_layers: readonly (readonly [string, number, number])[];
      readonly output_layers: readonly (readonly [string, number, number])[];
    };
  };
}

/** One layer in Keras' JSON; `inbound_nodes` says whose outputs it is given. */
export interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly (readonly (readonly [string, number, number, object])[])[];
}

/** Zeros around a picture: above, below, left, right. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];

interface ConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: 'same' | 'valid';
  /** Keras' default is true. */
  readonly bias?: boolean;
  readonly activation?: string;
}

/**
 * Draws a network layer by layer, as Keras' functional interface does, and works out every weight's shape on the way. Layers
 * bear the names that they have in Keras Applications, so that weights which Keras wrote find their places.
 */
export class LayerGraph {
  readonly #layers: KerasLayer[] = [];
  readonly #weights: { layer: string; weights: readonly LayerWeight[] }[] = [];

  /** The picture that the network is fed: `[height, width, 3]`. */
  input(shape: readonly [number, number, number]): Flow {
    return this.#add('InputLayer', 'input_1', [], shape, { batch_input_shape: [null, ...shape] });
  }

  /** A two-dimensional convolution. */
  conv(
    name: string,
    from: Flow,
    filters: number,
    { kernel, stride = 1, padding = 'same', bias = true, activation = 'linear' }: ConvOptions,
  ): Flow {
    const [height, width, channels] = from.shape;
    const shape = [
      convolved(height, kernel, stride, padding),
      convolved(width, kernel, stride, padding),
      filters,
    ];
    const config = { filters, kernel_size: [kernel, kernel], strides: [stride, stride], padding };
    this.#weigh(name, [
      { role: 'kernel', shape: [kernel, kernel, channels, filters] },
      ...(bias ? [{ role: 'bias', shape: [filters] }] : []),
    ]);
    return this.#add('Conv2D', name, [from], shape, {
      ...config,
      ...onPictures,
      use_bias: bias,
      activation,
    });
  }

  /** A convolution of each channel by itself, without bias. */
  depthwise(name: string, from: Flow, { kernel, stride = 1, padding = 'same' }: ConvOptions): Flow {
    const [height, width, channels] = from.shape;
    const shape = [
      convolved(height, kernel, stride, padding),
      convolved(width, kernel, stride, padding),
      channels,
    ];
    const config = { kernel_size: [kernel, kernel], strides: [stride, stride], padding, depth_multiplier: 1 };
    this.#weigh(name, [{ role: 'depthwise_kernel', shape: [kernel, kernel, channels, 1] }]);
    return this.#add('DepthwiseConv2D', name, [from], shape, { ...config, ...onPictures, use_bias: false });
  }

  /** Batch normalisation over the channels. */
  batchNorm(name: string, from: Flow, epsilon = 1e-3): Flow {
    const shape = from.shape.slice(-1);
    this.#weigh(
      name,
      ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((role) => ({ role, shape })),
    );
    return this.#add('BatchNormalization', name, [from], from.shape, {
      axis: [from.shape.length],
      epsilon,
      center: true,
      scale: true,
    });
  }

  /**
   * Keras' `Normalization`, which TF.js has not: `(x − mean) / √variance` of each channel, a batch normalisation without
   * gamma, beta and epsilon.
   */
  normalisation(name: string, from: Flow): Flow {
    const shape = from.shape.slice(-1);
    this.#weigh(
      name,
      ['moving_mean', 'moving_variance'].map((role) => ({ role, shape })),
    );
    return this.#add('BatchNormalization', name, [from], from.shape, {
      axis: [from.shape.length],
      epsilon: 0,
      center: false,
      scale: false,
    });
  }

  /** Multiplies by a number, or by one for each channel. */
  rescale(name: string, from: Flow, scale: number | readonly number[]): Flow {
    return this.#add('Rescaling', name, [from], from.shape, { scale, offset: 0 });
  }

  /** `relu`, `swish`, `softmax`, …. */
  activation(name: string, from: Flow, activation: string): Flow {
    return this.#add('Activation', name, [from], from.shape, { activation });
  }

  /** Cuts off below 0 and above 6. */
  relu6(name: string, from: Flow): Flow {
    return this.#add('ReLU', name, [from], from.shape, { max_value: 6 });
  }

  pad(name: string, from: Flow, [top, bottom, left, right]: Padding): Flow {
    const [height, width, channels] = from.shape;
    return this.#add('ZeroPadding2D', name, [from], [height + top + bottom, width + left + right, channels], {
      padding: [
        [top, bottom],
        [left, right],
      ],
      data_format: 'channels_last',
    });
  }

  maxPool(name: string, from: Flow, size: number, stride: number): Flow {
    const [height, width, channels] = from.shape;
    const shape = [
      convolved(height, size, stride, 'valid'),
      convolved(width, size, stride, 'valid'),
      channels,
    ];
    return this.#add('MaxPooling2D', name, [from], shape, {
      pool_size: [size, size],
      strides: [stride, stride],
      padding: 'valid',
      data_format: 'channels_last',
    });
  }

  globalAverage(name: string, from: Flow): Flow {
    return this.#add('GlobalAveragePooling2D', name, [from], from.shape.slice(-1), {
      data_format: 'channels_last',
    });
  }

  flatten(name: string, from: Flow): Flow {
    return this.#add('Flatten', name, [from], [from.shape.reduce((a, b) => a * b, 1)], {});
  }

  reshape(name: string, from: Flow, shape: readonly number[]): Flow {
    return this.#add('Reshape', name, [from], shape, { target_shape: shape });
  }

  dense(name: string, from: Flow, units: number, activation: string): Flow {
    this.#weigh(name, [
      { role: 'kernel', shape: [from.shape[0], units] },
      { role: 'bias', shape: [units] },
    ]);
    return this.#add('Dense', name, [from], [units], { units, activation, use_bias: true });
  }

  add(name: string, a: Flow, b: Flow): Flow {
    return this.#add('Add', name, [a, b], a.shape, {});
  }

  /** Multiplies `a` by `b`, whose height and width may be 1. */
  multiply(name: string, a: Flow, b: Flow): Flow {
    return this.#add('Multiply', name, [a, b], a.shape, {});
  }

  /** What was drawn, from the only input to `output`. */
  finish(name: string, output: Flow): Topology {
    return {
      model: {
        keras_version: '2.15.0',
        backend: 'tensorflow',
        model_config: {
          class_name: 'Functional',
          config: {
            name,
            layers: this.#layers,
            input_layers: [[this.#layers[0].name, 0, 0]],
            output_layers: [[output.layer, 0, 0]],
          },
        },
      },
      weights: this.#weights,
    };
  }

  #add(
    className: string,
    name: string,
    from: readonly Flow[],
    shape: readonly number[],
    config: Readonly<Record<string, unknown>>,
  ): Flow {
    this.#layers.push({
      class_name: className,
      name,
      config: { name, trainable: false, dtype: 'float32', ...config },
      inbound_nodes: from.length === 0 ? [] : [from.map(({ layer }) => [layer, 0, 0, {}] as const)],
    });
    return { layer: name, shape };
  }

  #weigh(layer: string, weights: readonly LayerWeight[]): void {
    this.#weights.push({ layer, weights });
  }
}

const onPictures = { data_format: 'channels_last', dilation_rate: [1, 1] };

function convolved(size: number, kernel: number, stride: number, padding: 'same' | 'valid'): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

/**
 * The padding by which Keras' networks go before a convolution of stride 2 (`correct_pad` of its `imagenet_utils.py`): as
 * TensorFlow's `same`, with the odd zero below and to the right.
 */
export function padForStride({ shape: [height, width] }: Flow, kernel: number): Padding {
  const half = kernel >> 1;
  return [half - 1 + (height % 2), half, half - 1 + (width % 2), half];
}
