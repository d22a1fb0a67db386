import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import type { Row } from '../core/row';
import { encodeExample, type TfFeature } from './tf-example';
import { featuresOf, type TfImage } from './tfrecord-features';
import { openTfRecords } from './tfrecord-file';

/** Opens one shard's records. */
export async function openExamples(
  files: ShardFiles,
  info: RowsInfo,
  image: TfImage,
  gzip: boolean,
): Promise<Writer> {
  const file = await openTfRecords(await files.createOne(info.name, 'tfrecord'), gzip);
  const exampleOf = exampleEncoder(info, image);
  return {
    async write(rows) {
      for (const row of rows) await file.append(exampleOf(row));
    },
    close: () => file.close(),
  };
}

/** Gives each row's `tf.train.Example`. */
export function exampleEncoder(info: RowsInfo, image: TfImage): (row: Row) => Uint8Array {
  const encoder = new TextEncoder();
  const specs = featuresOf(info, image).map((spec) => ({ spec, name: encoder.encode(spec.name) }));
  return (row) =>
    encodeExample(
      specs.flatMap(({ spec, name }): TfFeature[] => {
        const values = spec.value(row);
        return values === null ? [] : [[name, values]];
      }),
    );
}
