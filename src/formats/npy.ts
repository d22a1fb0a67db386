import { z } from 'zod';
import { assert } from '../base/assert';
import type { Format, RowsInfo, ShardFiles, TargetFile, Writer } from '../core/plugin';
import type { Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { classNamesFile } from './class-names';
import { type NpyDescr, npyDescrs, npyHeader, prefixLength } from './npy-header';
import { verifyArray } from './npy-verify';
import { pathSets, pythonParts, pythonString } from './python';
import { type Vectors, vectorsOf } from './vectors';

const knobs = z.strictObject({});

/**
 * NumPy arrays: the tensors of a shard as one array, beside them `labels` (int64, -1 for none); where pictures are
 * mixed, `soft_labels` (float32, a weight for each class); and, where one set of files holds several splits, `splits`
 * (uint8: 0 train, 1 validation, 2 test). Vectors are `features`, a row each as scikit-learn wants them beside `labels`;
 * those of several extractors each `features_NAME`. Rows go straight through: a shard may be larger than memory.
 */
export const npy: Format<z.output<typeof knobs>> = {
  id: 'npy',
  label: 'NumPy arrays',
  extension: 'npy',
  knobs,
  needs: () => ({ tensor: true, picture: false }),
  refuses(info) {
    if (info.shape === null)
      return 'npy cannot hold pictures of different sizes; set image.fit to cover, contain or stretch';
    const stems = vectorStems(info).map(({ stem }) => stem);
    if (['labels', 'soft_labels', 'splits', ...stems].includes(info.name.toLowerCase()))
      return `${info.name}.npy is the name of the array beside the images; choose another output.name`;
    return null;
  },
  async open(files, info, _knobs, shard): Promise<Writer> {
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
  },
  async verify(files, written, info) {
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
  },
  companions: classNamesFile,
  python: pythonLines,
};

/** What each array of vectors is called. */
function vectorStems(info: RowsInfo): readonly { readonly stem: string; readonly each: Vectors }[] {
  const vectors = vectorsOf(info);
  return vectors.map((each) => ({ stem: vectors.length === 1 ? 'features' : each.column, each }));
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

function pythonLines(paths: readonly string[], info: RowsInfo): string {
  const vectors = vectorStems(info).map(({ stem }) => stem);
  const sets = [info.name, 'labels', 'soft_labels', 'splits', ...vectors].flatMap((stem) =>
    pathSets(paths, stem).map((set) => ({ stem, ...set })),
  );
  const numbered = sets.some((set) => set.paths.length > 1);
  const lines = sets.map(({ stem, variable, paths, ...set }) => {
    const mapped = stem === info.name ? ', mmap_mode="r"' : '';
    if (paths.length === 1) return `${variable} = np.load(${pythonString(paths[0])}${mapped})`;
    const loaded = `[np.load(path${mapped}) for path in ${pythonParts({ variable, paths, ...set })}]`;
    return mapped === ''
      ? `${variable} = np.concatenate(${loaded})`
      : `${variable} = ${loaded}  # one array a part`;
  });
  return [
    'import json',
    ...(numbered ? ['from glob import glob'] : []),
    'import numpy as np',
    '',
    ...lines,
    'class_names = json.load(open("class_names.json", encoding="utf-8"))',
  ].join('\n');
}
