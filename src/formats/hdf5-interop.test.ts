import { spawnSync } from 'node:child_process';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RowsInfo, ShardFiles } from '../core/plugin';
import type { Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { hdf5 } from './hdf5';
import { makeInfo, makeRow, makeTensor, oneShard } from './memory-files';

const python = process.env.IMAGEMILL_PYTHON ?? 'python3';
const missing = spawnSync(python, ['-c', 'import h5py']).status !== 0;
const reason = missing ? ` (skipped: ${python} has no h5py; set IMAGEMILL_PYTHON)` : '';

/** Bytes that leave holes in the files below. */
const nothing = new Uint8Array(224 * 224 * 3);

/** Files in a folder; pieces of {@link nothing} are not written, so that a large file takes no space. */
function sparseFiles(folder: string): ShardFiles & { close(): Promise<void> } {
  const handles: FileHandle[] = [];
  const create: ShardFiles['create'] = async (stem, extension) => {
    const handle = await open(join(folder, `${stem}.${extension}`), 'w');
    handles.push(handle);
    let end = 0;
    return {
      path: `${stem}.${extension}`,
      async write(bytes) {
        if (bytes.buffer !== nothing.buffer) await handle.write(bytes, 0, bytes.length, end);
        end += bytes.length;
      },
      async patch(at, bytes) {
        await handle.write(bytes, 0, bytes.length, at);
      },
    };
  };
  return {
    create,
    createOne: create,
    async putAll() {},
    async close() {
      for (const handle of handles) await handle.close();
    },
  };
}

async function write(folder: string, info: RowsInfo, knobs: object, rows: readonly Row[]) {
  const files = sparseFiles(folder);
  const writer = await hdf5.open(files, info, hdf5.knobs.parse(knobs), oneShard(rows.length));
  for (let i = 0; i < rows.length; i += 64) await writer.write(rows.slice(i, i + 64));
  await writer.close();
  await files.close();
}

function expectedOf(info: RowsInfo, rows: readonly Row[], deflate: boolean, told: readonly number[]) {
  const pick = <T>(value: (row: Row) => T) => Object.fromEntries(told.map((i) => [i, value(rows[i])]));
  const { normalisation } = info;
  return {
    path: `${info.name}.h5`,
    dtype: info.dtype,
    shape: [rows.length, ...info.shape!],
    rows: pick((row) => Buffer.from(row.tensor!.bytes).toString('base64')),
    labels: pick((row) => row.labelId),
    filenames: pick((row) => row.key),
    splits: info.splits.length > 1 ? pick((row) => splits.indexOf(row.split)) : null,
    soft_labels: info.softLabels
      ? pick((row) => Buffer.from(denseSoftLabels(row.softLabels, info.classNames.length)).toString('base64'))
      : null,
    class_names: info.classNames,
    python: rows.length > 0 ? hdf5.python([`${info.name}.h5`], info, { compression: 'none' }) : null,
    attributes: {
      '': { recipe: info.recipe },
      images: {
        normalise: normalisation.values,
        channels: normalisation.channels,
        layout: info.layout,
        ...(normalisation.mean && { mean: normalisation.mean }),
        ...(normalisation.std && { std: normalisation.std }),
      },
      labels: info.classNames.length > 4000 ? {} : { class_names: info.classNames },
      ...(info.splits.length > 1 && { splits: { split_names: [...splits] } }),
    },
    deflate,
  };
}

const names = [
  'plain.jpg',
  'with "quotes", commas.jpg',
  'two\nlines.jpg',
  'Größe/日本語 🐈‍⬛.jpg',
  `${'x'.repeat(5000)}.jpg`,
  '\u0001.jpg',
];

function makeRows(info: RowsInfo, count: number): Row[] {
  const length = info.shape!.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, i) =>
    makeRow({
      key: `${i}/${names[i % names.length]}`,
      labelId: (i % (info.classNames.length + 1)) - 1,
      split: splits[i % 3],
      tensor: makeTensor(
        info.dtype,
        info.shape!,
        Array.from({ length }, (_, j) =>
          info.dtype === 'float32' ? Math.fround((i + 0.1) * j) : (i * 7 + j) & 255,
        ),
      ),
    }),
  );
}

describe.skipIf(missing)(`h5py and hdf5-tools${reason}`, () => {
  it('read every dataset, attribute and address back, beyond 4 GiB too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'imagemill-hdf5-'));
    try {
      const expected: unknown[] = [];
      const add = async (more: Partial<RowsInfo>, knobs: object, count: number) => {
        const info = makeInfo(more);
        const rows = makeRows(info, count);
        await write(folder, info, knobs, rows);
        expected.push(expectedOf(info, rows, 'compression' in knobs, [...rows.keys()]));
      };
      const deflate = { compression: 'deflate' };
      await add({ name: 'empty' }, {}, 0);
      await add({ name: 'one', splits: ['train'], classNames: ['ein "Hund", Ä'] }, {}, 1);
      await add({ name: 'many', classNames: Array.from({ length: 5000 }, (_, i) => `class ${i}`) }, {}, 9000);
      await add(
        { name: 'half', dtype: 'float16', shape: [3, 40, 50], layout: 'channels-first' },
        deflate,
        90,
      );
      await add(
        {
          name: 'single',
          dtype: 'float32',
          shape: [100, 131, 3],
          normalisation: { values: 'per-image', channels: 'RGB', mean: null, std: null },
        },
        deflate,
        7,
      );
      await add({ name: 'zero classes', classNames: [] }, {}, 5);
      await add({ name: 'soft', softLabels: true }, {}, 700);

      const info = makeInfo({ name: 'huge', shape: [224, 224, 3] });
      const tensor = { dtype: 'uint8', shape: info.shape!, bytes: nothing } as const;
      const rows = Array.from({ length: 30_000 }, (_, i) =>
        makeRow({ key: `${i}.jpg`, labelId: i % 2, tensor }),
      );
      const told = [0, 1, 63, 64, 4095, 4096, 28_500, 29_998, 29_999];
      for (const i of told)
        rows[i] = makeRow({
          ...rows[i],
          tensor: { ...tensor, bytes: new Uint8Array(nothing.length).fill((i % 251) + 1) },
        });
      await write(folder, info, {}, rows);
      expected.push(expectedOf(info, rows, false, [...told, 2, 15_000]));

      await writeFile(join(folder, 'expected.json'), JSON.stringify(expected));
      const script = join(import.meta.dirname, '../../e2e/interop/read_hdf5.py');
      const { status, stdout, stderr } = spawnSync(python, [script, folder, join(folder, 'expected.json')], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      expect(`${stdout}${stderr}`).toMatch(/^\d{4,} values compared.*, 0 differ\n$/);
      expect(status).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});
