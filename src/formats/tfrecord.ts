import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Format, RowsInfo } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { type PathSet, pathSets, pythonParts, pythonString } from './python';
import { type FeatureSpec, featuresOf } from './tfrecord-features';

const knobs = z.strictObject({
  image: knob(z.enum(['picture', 'bytes', 'floats']), 'picture', {
    label: 'Image',
    help: 'picture: re-encoded, as image/encoded; bytes or floats: the tensor, as image/tensor.',
  }),
  compression: knob(z.enum(['none', 'gzip']), 'none', {
    label: 'Compression',
    help: 'gzip: the reader must be told compression_type="GZIP".',
  }),
});

type TfRecordKnobs = z.output<typeof knobs>;

/**
 * TensorFlow's records: a `tf.train.Example` a row under the names that its image datasets have, and
 * `dataset_info.json`, which states each feature's type and the class names.
 */
export const tfrecord: Format<TfRecordKnobs> = {
  id: 'tfrecord',
  label: 'TFRecord',
  extension: 'tfrecord',
  knobs,
  needs: ({ image }) => ({ tensor: image !== 'picture', picture: image === 'picture' }),
  refuses(info, { image }) {
    if (image === 'picture' || info.shape === null) return null;
    const [a, b, c] = info.shape;
    const bytes = a * b * c * (image === 'floats' ? 4 : dtypeBytes[info.dtype]);
    if (bytes < largestExample) return null;
    return `one row's tensor takes ${bytes} bytes, and a tf.train.Example holds less than 2 GiB; set tfrecord.image to picture, or a smaller image.width and image.height`;
  },
  async open(files, info, { image, compression }) {
    const { openExamples } = await import('./tfrecord-writer');
    return openExamples(files, info, image, compression === 'gzip');
  },
  async verify([file], written, info, { image, compression }) {
    const { verifyExamples } = await import('./tfrecord-verify');
    return verifyExamples(file, written, info, image, compression === 'gzip');
  },
  companions: (plan, info, knobs) => [
    {
      path: 'dataset_info.json',
      text: `${JSON.stringify(datasetInfo(plan.classNames, info, knobs), null, 2)}\n`,
    },
  ],
  python: pythonLines,
};

/** protobuf messages end at 2^31 bytes; the rest is room for the other features. */
const largestExample = 2 ** 31 - 2 ** 20;

/** In the words of TFDS' `dataset_info.json` and `features.json` where they have one. */
function datasetInfo(classNames: readonly string[], info: RowsInfo, { image, compression }: TfRecordKnobs) {
  return {
    name: info.name,
    fileFormat: 'tfrecord',
    compression: compression === 'gzip' ? 'GZIP' : null,
    splits: info.splits,
    features: Object.fromEntries(
      featuresOf(info, image).map(({ name, dtype, shape, missing, about }) => [
        name,
        {
          dtype,
          shape,
          ...(missing === undefined ? {} : { missing }),
          ...(name === 'image/class/label' ? { numClasses: classNames.length, names: classNames } : {}),
          ...(name === 'image/encoded' ? { encodingFormat: info.pictureType } : {}),
          ...(about === undefined ? {} : { description: about }),
        },
      ]),
    ),
  };
}

function pythonLines(
  paths: readonly string[],
  info: RowsInfo,
  { image, compression }: TfRecordKnobs,
): string {
  const sets = pathSets(paths, info.name);
  const options = compression === 'gzip' ? ', compression_type="GZIP"' : '';
  const files = (set: PathSet) => (set.paths.length > 1 ? pythonParts(set) : pythonString(set.paths[0]));
  return [
    ...(sets.some((set) => set.paths.length > 1) ? ['from glob import glob'] : []),
    'import tensorflow as tf',
    '',
    'features = {',
    ...featuresOf(info, image).map((spec) => `    ${pythonString(spec.name)}: ${pythonFeature(spec)},`),
    '}',
    '',
    'def parse(record):',
    '    row = tf.io.parse_single_example(record, features)',
    `    row["image"] = ${pythonImage(info, image)}`,
    '    return row  # with row["image"] and row["image/class/label"]',
    '',
    ...sets.map(
      (set) =>
        `${set.folder === '' ? 'dataset' : set.folder.replace(/\W+/g, '_').replace(/_$/, '')} = tf.data.TFRecordDataset(${files(set)}${options}).map(parse)`,
    ),
  ].join('\n');
}

function pythonFeature({ dtype, shape, missing }: FeatureSpec): string {
  if (shape.includes(null)) return `tf.io.FixedLenSequenceFeature([], tf.${dtype}, allow_missing=True)`;
  const fallback = missing === undefined ? '' : missing === '' ? ', ""' : ', float("nan")';
  return `tf.io.FixedLenFeature([${shape.join(', ')}], tf.${dtype}${fallback})`;
}

function pythonImage({ dtype, pictureType, shape }: RowsInfo, image: TfRecordKnobs['image']): string {
  if (image === 'picture') {
    // decode_jpeg reads PNG too; decode_webp gives every frame, of which ours have one.
    if (pictureType === 'webp') return 'tf.io.decode_webp(row["image/encoded"], channels=3)[0]';
    return 'tf.io.decode_jpeg(row["image/encoded"], channels=3)';
  }
  if (image === 'bytes')
    return `tf.reshape(tf.io.decode_raw(row["image/tensor"], tf.${dtype}), row["image/shape"])`;
  const values =
    shape === null ? 'tf.reshape(row["image/tensor"], row["image/shape"])' : 'row["image/tensor"]';
  return dtype === 'float32' ? values : `tf.cast(${values}, tf.${dtype})`;
}
