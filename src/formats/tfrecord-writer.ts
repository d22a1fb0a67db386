import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
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
  const encoder = new TextEncoder();
  const specs = featuresOf(info, image).map((spec) => ({ spec, name: encoder.encode(spec.name) }));
  return {
    async write(rows) {
      for (const row of rows) {
        const features = specs.flatMap(({ spec, name }): TfFeature[] => {
          const values = spec.value(row);
          return values === null ? [] : [[name, values]];
        });
        await file.append(encodeExample(features));
      }
    },
    close: () => file.close(),
  };
}
