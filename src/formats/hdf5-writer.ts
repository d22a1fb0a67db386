import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type { RowsInfo, ShardFiles, TargetFile, Writer } from '../core/plugin';
import { dtypeBytes, type Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { chunkRows, deflate, type Hdf5File, openChunks, writeDataset } from './hdf5-chunks';
import {
  attribute,
  type Datatype,
  datatypes,
  groupMessages,
  join,
  numbersAttribute,
  objectHeader,
  superblock,
  superblockBytes,
} from './hdf5-encode';
import { columnRows, openFeatures, openNames } from './hdf5-features';
import { openHeap, type StringElement } from './hdf5-heap';

/** Begins one shard's file. */
export async function openHdf5(
  files: ShardFiles,
  info: RowsInfo,
  deflated: boolean,
  shard: Shard,
): Promise<Writer> {
  const target = await files.createOne(info.name, 'h5');
  const file = appendTo(target);
  // Its signature stands from the start; the rest is patched when the end is known.
  await file.append(
    join(superblock(0, 0).subarray(0, signatureBytes), new Uint8Array(superblockBytes - signatureBytes)),
  );
  const mixed = shard.folder === '' && info.splits.length > 1;
  return openRows(target, file, info, deflated, mixed);
}

/** Counts where the end is. */
function appendTo(target: TargetFile): Hdf5File {
  let end = 0;
  return {
    async append(bytes) {
      const address = end;
      end += bytes.length;
      if (bytes.length > 0) await target.write(bytes);
      return address;
    },
  };
}

function openRows(
  target: TargetFile,
  file: Hdf5File,
  info: RowsInfo,
  deflated: boolean,
  mixed: boolean,
): Writer {
  const { shape, dtype } = info;
  assert(shape !== null, 'hdf5 opened for pictures of different sizes');
  const rowBytes = shape.reduce((product, side) => product * side, dtypeBytes[dtype]);
  const images = openChunks(file, {
    type: datatypes[dtype],
    row: shape,
    rowsPerChunk: chunkRows(rowBytes),
    packing: deflated ? { deflate } : null,
  });
  const classes = info.classNames.length;
  const column = (type: Datatype, row: readonly number[] = [], rowsPerChunk = columnRows) =>
    openChunks(file, { type, row, rowsPerChunk, packing: null });
  const labels = column(datatypes.int64);
  const soft = info.softLabels ? column(datatypes.float32, [classes], chunkRows(4 * classes)) : null;
  const parts = mixed ? column(datatypes.uint8) : null;
  const names = openNames(openHeap(file), column(datatypes.string));
  const features = openFeatures(file, info, deflated);
  return {
    async write(rows) {
      for (const { tensor, key } of rows) {
        assert(tensor?.bytes.length === rowBytes, `hdf5 got a tensor of another size for ${key}`);
        await images.append(tensor.bytes);
      }
      await labels.append(labelBytes(rows));
      for (const { softLabels } of rows) await soft?.append(denseSoftLabels(softLabels, classes));
      await parts?.append(splitBytes(rows));
      for (const { key } of rows) await names.add(key);
      await features.append(rows);
    },
    async close() {
      const { normalisation, classNames } = info;
      const { mean, std } = normalisation;
      const heap = openHeap(file);
      const keep = async (values: readonly string[]) => {
        const elements: StringElement[] = [];
        for (const value of values) elements.push(await heap.add(value));
        return () => join(...elements.map((element) => element()));
      };
      const text = async (name: string, value: string) => {
        const kept = await keep([value]);
        return () => attribute(name, datatypes.string, [], kept());
      };
      const classes = await keep(classNames);
      const splitNames = await keep(splits);
      const described = [
        await text('normalise', normalisation.values),
        await text('channels', normalisation.channels),
        await text('layout', info.layout),
      ];
      const recipe = await text('recipe', info.recipe);
      await heap.flush();
      const labelAttributes =
        classNames.length > mostAttributeNames
          ? []
          : [attribute('class_names', datatypes.string, [classNames.length], classes())];
      const links = [
        {
          name: 'class_names',
          address: await writeDataset(file, datatypes.string, [classNames.length], classes()),
        },
        {
          name: 'features',
          address: await file.append(objectHeader(groupMessages(await features.close()))),
        },
        { name: 'filenames', address: await names.close() },
        {
          name: 'images',
          address: await images.close([
            ...described.map((make) => make()),
            ...(mean === null ? [] : [numbersAttribute('mean', mean)]),
            ...(std === null ? [] : [numbersAttribute('std', std)]),
          ]),
        },
        { name: 'labels', address: await labels.close(labelAttributes) },
      ];
      if (soft !== null) links.push({ name: 'soft_labels', address: await soft.close([]) });
      if (parts !== null) {
        const splitAttribute = attribute('split_names', datatypes.string, [splits.length], splitNames());
        links.push({ name: 'splits', address: await parts.close([splitAttribute]) });
      }
      const root = await file.append(objectHeader([...groupMessages(links), recipe()]));
      const end = await file.append(new Uint8Array(0));
      await target.patch(signatureBytes, superblock(end, root).subarray(signatureBytes));
    },
  };
}

/** What a file begins with; never patched, since a write at the start begins a file anew. */
const signatureBytes = 8;

/** 16 bytes a string, and an attribute's message holds 64 KB; the dataset `class_names` holds any number. */
const mostAttributeNames = 4000;

/** Labels as int64. */
export function labelBytes(rows: readonly Row[]): Uint8Array {
  const labels = BigInt64Array.from(rows, ({ labelId }) => BigInt(labelId));
  return new Uint8Array(labels.buffer);
}

/** Splits by their place in the order of {@link splits}, as uint8. */
export const splitBytes = (rows: readonly Row[]) =>
  Uint8Array.from(rows, ({ split }) => splits.indexOf(split));
