import { assert } from '../base/assert';
import type { RowsInfo } from '../core/plugin';
import type { Row, Tensor } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { pictureBytes } from './image-bytes';
import { type Column, columnsOf } from './table';
import { tensorNumbers } from './tensor-numbers';
import type { TfValues } from './tf-example';
import { type Vectors, vectorsOf } from './vectors';

/** How a TFRecord holds the image: re-encoded, or its tensor as bytes or as a list of floats. */
export type TfImage = 'picture' | 'bytes' | 'floats';

/** One feature of every `tf.train.Example`, as it is written and as a reader must be told. */
export interface FeatureSpec {
  readonly name: string;
  readonly dtype: 'string' | 'int64' | 'float32';
  /** Of the parsed feature: `[]` for one value, null for an axis whose length differs. */
  readonly shape: readonly (number | null)[];
  /** What stands for a missing value, which is left out of the record; absent where none is ever missing. */
  readonly missing?: '' | 'NaN';
  /** One sentence, where the name does not say it. */
  readonly about?: string;
  /** Null when this row has none. */
  value(row: Row): TfValues | null;
}

/**
 * The features of a dataset, sorted by name as deterministic protobuf has them: the names of TensorFlow's own image
 * datasets (`research/slim/datasets/build_imagenet_data.py`), then the table's other columns under their names there.
 */
export function featuresOf(info: RowsInfo, image: TfImage): readonly FeatureSpec[] {
  const known = [...imageFeatures(info, image), ...labelFeatures, ...softFeatures(info)];
  const names = [...known.map(({ name }) => name), 'image']; // which the lines that load it add
  const rest = columnsOf(info, names).filter(
    ({ name }) => !renamed.has(name) && !(info.softLabels && name === 'soft_labels'),
  );
  return [...known, ...rest.map(columnFeature), ...vectorsOf(info).map(vectorFeature)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** Columns of the table that bear TensorFlow's names here. */
const renamed: ReadonlySet<string> = new Set([
  'filename',
  'label',
  'label_id',
  'image_width',
  'image_height',
]);

const encoder = new TextEncoder();

const text = (value: string): TfValues => ({ kind: 'bytes', values: [encoder.encode(value)] });
const whole = (...values: readonly number[]): TfValues => ({ kind: 'int64', values });
const single = (value: number): TfValues => ({
  kind: 'float',
  bytes: new Uint8Array(Float32Array.of(value).buffer),
});

function imageFeatures(info: RowsInfo, image: TfImage): readonly FeatureSpec[] {
  // A grey JPEG or WebP has three equal channels: the browser's encoders know no other.
  const channels = image === 'picture' && info.pictureType !== 'png' ? 3 : info.channels;
  const sides: readonly FeatureSpec[] = [
    { name: 'image/height', dtype: 'int64', shape: [], value: (row) => whole(row.size.height) },
    { name: 'image/width', dtype: 'int64', shape: [], value: (row) => whole(row.size.width) },
    { name: 'image/channels', dtype: 'int64', shape: [], value: () => whole(channels) },
    {
      name: 'image/filename',
      dtype: 'string',
      shape: [],
      about: 'The path within the source.',
      value: (row) => text(row.key),
    },
  ];
  if (image === 'picture') {
    const colourspace = channels === 1 ? 'Grayscale' : 'RGB';
    return [
      ...sides,
      {
        name: 'image/encoded',
        dtype: 'string',
        shape: [],
        value: (row) => ({ kind: 'bytes', values: [pictureBytes(row)] }),
      },
      { name: 'image/format', dtype: 'string', shape: [], value: () => text(info.pictureType) },
      { name: 'image/colorspace', dtype: 'string', shape: [], value: () => text(colourspace) },
    ];
  }
  const axes = `${info.layout === 'channels-last' ? 'height, width, channels' : 'channels, height, width'}`;
  return [
    ...sides,
    {
      name: 'image/shape',
      dtype: 'int64',
      shape: [3],
      about: `Of the tensor: ${axes}.`,
      value: (row) => whole(...tensorOf(row).shape),
    },
    image === 'bytes'
      ? {
          name: 'image/tensor',
          dtype: 'string',
          shape: [],
          about: `Little-endian ${info.dtype} values in row-major order, in the shape of image/shape.`,
          value: (row) => ({ kind: 'bytes', values: [tensorOf(row).bytes] }),
        }
      : {
          name: 'image/tensor',
          dtype: 'float32',
          shape: info.shape ?? [null],
          about: `Values of type ${info.dtype} in row-major order, in the shape of image/shape.`,
          value: (row) => ({ kind: 'float', bytes: asFloats(tensorOf(row)) }),
        },
  ];
}

function tensorOf({ tensor, key }: Row) {
  assert(tensor !== null, `tfrecord got no tensor for ${key}`);
  return tensor;
}

function asFloats(values: Pick<Tensor, 'dtype' | 'bytes'>): Uint8Array {
  if (values.dtype === 'float32') return values.bytes;
  return new Uint8Array(Float32Array.from(tensorNumbers(values)).buffer);
}

const labelFeatures: readonly FeatureSpec[] = [
  {
    name: 'image/class/label',
    dtype: 'int64',
    shape: [],
    about: 'The place among the names, from 0; -1 when there is no label.',
    value: (row) => whole(row.labelId),
  },
  {
    name: 'image/class/text',
    dtype: 'string',
    shape: [],
    missing: '',
    value: (row) => (row.label === null ? null : text(row.label)),
  },
];

/** A list of floats, half-precision ones as the singles that they equal. */
function vectorFeature({ column, length, dtype, bytes }: Vectors): FeatureSpec {
  return {
    name: column,
    dtype: 'float32',
    shape: [length],
    value: (row) => ({ kind: 'float', bytes: asFloats({ dtype, bytes: bytes(row) }) }),
  };
}

function softFeatures({ softLabels, classNames }: RowsInfo): readonly FeatureSpec[] {
  if (!softLabels) return [];
  const classes = classNames.length;
  return [
    {
      name: 'image/class/soft_label',
      dtype: 'float32',
      shape: [classes],
      about:
        'A weight for each of the names, of which a mixed picture has several; all 0 when there is no label.',
      value: (row) => ({ kind: 'float', bytes: denseSoftLabels(row.softLabels, classes) }),
    },
  ];
}

function columnFeature({ name, kind, value }: Column): FeatureSpec {
  const cell = (row: Row): TfValues | null => {
    const found = value(row);
    if (found === null) return null;
    if (typeof found === 'string') return text(found);
    if (typeof found === 'number') return kind === 'integer' ? whole(found) : single(found);
    return text(JSON.stringify(found));
  };
  const shape: readonly number[] = [];
  if (kind === 'integer') return { name, dtype: 'int64', shape, value: cell };
  if (kind === 'number') return { name, dtype: 'float32', shape, missing: 'NaN', value: cell };
  if (kind === 'json') return { name, dtype: 'string', shape, about: 'JSON.', value: cell };
  return { name, dtype: 'string', shape, missing: '', value: cell };
}
