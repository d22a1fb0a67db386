import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { cellColumn, pictureColumn, tensorColumn, vectorColumn } from './arrow-columns';
import { openArrowFile } from './arrow-file';
import { pictureBytes, tensorBytes } from './image-bytes';
import { createBatcher } from './row-batch';
import { columnsOf } from './table';
import { vectorsOf } from './vectors';

/** What of the format's knobs decides its files. */
export interface ArrowChoice {
  readonly container: 'file' | 'stream';
  readonly image: 'tensor' | 'picture' | 'none';
}

/** Opens one shard's table; the library, half a megabyte, is loaded when something is written. */
export async function openArrow(
  files: ShardFiles,
  info: RowsInfo,
  { container, image }: ArrowChoice,
): Promise<Writer> {
  const library = await import('apache-arrow');
  const { shape, dtype } = info;
  const table = columnsOf(info, [imageName]);
  const columns = table.map((column, i) =>
    cellColumn(
      library,
      column,
      i,
      column.name === 'label' && info.classNames.length > 0 ? info.classNames : null,
    ),
  );
  const vectors = vectorsOf(info);
  columns.push(...vectors.map((each, i) => vectorColumn(library, each, i)));
  const tensor = image === 'tensor' && shape !== null ? shape : null;
  if (tensor !== null) columns.unshift(tensorColumn(library, imageName, tensor, info));
  else if (image === 'picture') columns.unshift(pictureColumn(library, imageName));
  const imageOf =
    tensor !== null
      ? tensorBytes(tensor[0] * tensor[1] * tensor[2] * dtypeBytes[dtype])
      : image === 'picture'
        ? pictureBytes
        : null;
  const batcher = createBatcher(table, imageOf, vectors, batchLimit);
  const file = await files.createOne(info.name, endings[container]);
  const out = openArrowFile(library, file, columns, container);
  return {
    async write(rows) {
      for (const row of rows) {
        batcher.add(row);
        if (batcher.full()) await out.append(batcher.take());
      }
    },
    async close() {
      await out.append(batcher.take()); // an empty one too: it brings the class names
      await out.close();
    },
  };
}

/** Of the column with the image. */
export const imageName = 'image';

const endings: Readonly<Record<ArrowChoice['container'], string>> = { file: 'arrow', stream: 'arrows' };

/** More holds more memory in writer and reader, less makes readers jump: about a hundred images of 224 pixels. */
const batchLimit = { rows: 4096, bytes: 16 * 2 ** 20 };
