import { assert } from '../base/assert';
import type { Shard } from '../core/plan';
import type {
  CommittedFile,
  Fault,
  RowsInfo,
  ShardFiles,
  TargetFile,
  Writer,
  WrittenRows,
} from '../core/plugin';
import type { Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { type NpyDescr, npyDescrs, npyHeader, prefixLength } from './npy-header';
import { verifyArray } from './npy-verify';
import { type Vectors, vectorStems } from './vectors';

/** Opens one shard's arrays. */
export async function openNpy(files: ShardFiles, info: RowsInfo, shard: Shard): Promise<Writer> {
  const { shape, dtype } = info;
  assert(shape !== null, 'npy opened for pictures of different sizes');
  const expected = shape[0] * shape[1] * shape[2] * npyDescrs[dtype].bytes;
  const images = await openArray(files, info.name, npyDescrs[dtype].descr, shape, shard.rows);
  const labels = await openArray(files, 'labels', '<i8', [], shard.rows);
  const classes = info.classNames.length;
  const soft = info.softLabels ? await openArray(files, 'soft_labels', '<f4', [classes], shard.rows) : null;
  const mixed = shard.folder === '' && info.splits.length > 1;
  const parts = mixed ? await openArray(files, 'splits', '|u1', [], shard.rows) : null;
  const vectors: { readonly each: Vectors; readonly array: OpenArray }[] = [];
  for (const { stem, each } of vectorStems(info)) {
    const { descr } = npyDescrs[each.dtype];
    vectors.push({ each, array: await openArray(files, stem, descr, [each.length], shard.rows) });
  }
  return {
    async write(rows) {
      for (const { tensor, key } of rows) {
        assert(tensor?.bytes.length === expected, `npy got a tensor of another size for ${key}`);
        await images.append(tensor.bytes);
      }
      await labels.append(labelBytes(rows));
      for (const { softLabels } of rows) await soft?.append(denseSoftLabels(softLabels, classes));
      await parts?.append(splitBytes(rows));
      for (const { each, array } of vectors) for (const row of rows) await array.append(each.bytes(row));
    },
    async close() {
      for (const array of [images, labels, soft, parts, ...vectors.map(({ array }) => array)])
        await array?.close();
    },
  };
}

/** Reads one shard's arrays back. */
export async function verifyNpy(
  files: readonly CommittedFile[],
  written: WrittenRows,
  info: RowsInfo,
): Promise<Fault | null> {
  const { shape, dtype } = info;
  assert(shape !== null, 'npy verified for pictures of different sizes');
  const vectors = vectorStems(info);
  const arrays = files.slice(0, files.length - vectors.length);
  const [images, labels, ...others] = arrays;
  const soft = info.softLabels ? others.shift() : undefined;
  const [parts] = others;
  const classes = info.classNames.length;
  const rows = written.sample;
  for (const [i, { each }] of vectors.entries()) {
    const file = files[arrays.length + i];
    const { descr } = npyDescrs[each.dtype];
    const fault = await verifyArray(file, descr, [each.length], written.count, rows, each.bytes);
    if (fault !== null) return fault;
  }
  return (
    (await verifyArray(
      images,
      npyDescrs[dtype].descr,
      shape,
      written.count,
      rows,
      ({ tensor }) => tensor?.bytes,
    )) ??
    (await verifyArray(labels, '<i8', [], written.count, rows, (row) => labelBytes([row]))) ??
    (soft === undefined
      ? null
      : await verifyArray(soft, '<f4', [classes], written.count, rows, ({ softLabels }) =>
          denseSoftLabels(softLabels, classes),
        )) ??
    (parts === undefined
      ? null
      : await verifyArray(parts, '|u1', [], written.count, rows, (row) => splitBytes([row])))
  );
}

interface OpenArray {
  append(bytes: Uint8Array): Promise<void>;
  /** Corrects the count in the header when images failed. */
  close(): Promise<void>;
}

/** Begins an array of `count` items of the given shape; what is appended decides how many they are in the end. */
async function openArray(
  files: ShardFiles,
  stem: string,
  descr: NpyDescr,
  item: readonly number[],
  count: number,
): Promise<OpenArray> {
  const file: TargetFile = await files.create(stem, 'npy');
  const itemBytes = item.reduce((product, side) => product * side, Number(descr.slice(2)));
  let written = 0;
  await file.write(npyHeader(descr, [count, ...item]));
  return {
    async append(bytes) {
      written += bytes.length;
      await file.write(bytes);
    },
    async close() {
      const got = written / itemBytes;
      assert(Number.isInteger(got), `${stem}.npy holds ${got} items`);
      if (got === count) return;
      await file.patch(prefixLength, npyHeader(descr, [got, ...item]).subarray(prefixLength));
    },
  };
}

function labelBytes(rows: readonly Row[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(rows.length * 8));
  rows.forEach((row, i) => {
    view.setBigInt64(i * 8, BigInt(row.labelId), true);
  });
  return new Uint8Array(view.buffer);
}

const splitBytes = (rows: readonly Row[]) => Uint8Array.from(rows, (row) => splits.indexOf(row.split));
