import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { pictureBytes, tensorBytes } from './image-bytes';
import { parquetColumns } from './parquet-columns';
import { openParquet } from './parquet-file';
import { loadCompression, loadParquet } from './parquet-library';
import { createBatcher } from './row-batch';
import { vectorsOf } from './vectors';

/** What of the format's knobs decides its files. */
export interface ParquetChoice {
  readonly image: 'picture' | 'list' | 'tensor' | 'none';
  readonly compression: 'snappy' | 'zstd' | 'none';
}

/** Opens one shard's table; what compresses it is loaded when it is chosen. */
export async function openParquetShard(
  files: ShardFiles,
  info: RowsInfo,
  { image, compression }: ParquetChoice,
): Promise<Writer> {
  const library = await loadParquet();
  const packing = await loadCompression(compression, library);
  const columns = parquetColumns(info);
  const shape = image === 'list' || image === 'tensor' ? info.shape : null;
  const imageOf =
    shape !== null
      ? tensorBytes(shape[0] * shape[1] * shape[2] * dtypeBytes[info.dtype])
      : image === 'picture'
        ? pictureBytes
        : null;
  const paths: string[] = [];
  const batcher = createBatcher(columns, imageOf, vectorsOf(info), rowGroupLimit);
  const out = await openParquet(
    library,
    await files.createOne(info.name, 'parquet'),
    columns,
    info,
    image,
    packing,
  );
  const flush = () => out.append(batcher.take(), paths.splice(0));
  return {
    async write(rows) {
      for (const row of rows) {
        batcher.add(row);
        paths.push(row.key);
        if (batcher.full()) await flush();
      }
    },
    async close() {
      await flush();
      await out.close();
    },
  };
}

/**
 * More holds more memory in writer and reader (Hugging Face asks for at most 100 MB), less makes readers that want one
 * column jump about the file.
 */
const rowGroupLimit = { rows: 1000, bytes: 32 * 2 ** 20 };
