import type { RowsInfo, ShardFiles, Writer } from '../core/plugin';
import { dtypeBytes } from '../core/row';
import { type ArrowColumn, cellColumn, pictureColumn, tensorColumn } from './arrow-columns';
import { openArrowFile } from './arrow-file';
import type { ArrowLibrary } from './arrow-schema';
import { pictureBytes, tensorBytes } from './image-bytes';
import { type Batcher, createBatcher } from './row-batch';
import { columnsOf } from './table';

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
  const { columns, batcher } = arrowTable(library, info, image);
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

/** The table's columns, the image, where there is one, before those of the other tables, and what gathers rows for them. */
export function arrowTable(
  library: ArrowLibrary,
  info: RowsInfo,
  image: ArrowChoice['image'],
): { readonly columns: readonly ArrowColumn[]; readonly batcher: Batcher } {
  const { shape, dtype, classNames } = info;
  const table = columnsOf(info, [imageName]);
  const columns = table.map((column, i) =>
    cellColumn(library, column, i, column.name === 'label' && classNames.length > 0 ? classNames : null),
  );
  if (image === 'picture') {
    columns.unshift(pictureColumn(library, imageName));
    return { columns, batcher: createBatcher(table, pictureBytes, batchLimit) };
  }
  if (image === 'none' || shape === null) return { columns, batcher: createBatcher(table, null, batchLimit) };
  columns.unshift(tensorColumn(library, imageName, shape, info));
  const imageOf = tensorBytes(shape[0] * shape[1] * shape[2] * dtypeBytes[dtype]);
  return { columns, batcher: createBatcher(table, imageOf, batchLimit) };
}

/** Of the column with the image. */
const imageName = 'image';

const endings: Readonly<Record<ArrowChoice['container'], string>> = { file: 'arrow', stream: 'arrows' };

/** More holds more memory in writer and reader, less makes readers jump: about a hundred images of 224 pixels. */
const batchLimit = { rows: 4096, bytes: 16 * 2 ** 20 };
