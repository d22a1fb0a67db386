import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { AnyKnobs, Format, RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { evilRows } from './evil-rows.test-data';
import { formats } from './index';
import { makeFeatures, makeInfo, memoryFiles, oneShard, testFeatures } from './memory-files';
import { columnsOf } from './table';
import { vectorsOf } from './vectors';

const python = process.env.IMAGEMILL_PYTHON ?? 'python3';
const missing = spawnSync(python, ['-c', 'import datasets, duckdb, polars, tensorflow']).status !== 0;
const reason = missing ? ` (skipped: ${python} lacks some of them; set IMAGEMILL_PYTHON)` : '';

/** Every format that needs more than text, with the knobs that change its bytes. */
const variants: readonly (readonly [string, object])[] = [
  ['npz', {}],
  ['npz', { compression: 'deflate' }],
  ['arrow', {}],
  ['arrow', { container: 'stream' }],
  ['arrow', { image: 'picture' }],
  ['arrow', { image: 'none' }],
  ['parquet', {}],
  ['parquet', { image: 'list' }],
  ['parquet', { image: 'tensor', compression: 'zstd' }],
  ['parquet', { image: 'none', compression: 'none' }],
  ['tfrecord', {}],
  ['tfrecord', { image: 'bytes', compression: 'gzip' }],
  ['tfrecord', { image: 'floats' }],
];

describe.skipIf(missing && process.env.IMAGEMILL_PYTHON === undefined)(
  `pyarrow, datasets, DuckDB, polars and TensorFlow${reason}`,
  () => {
    it.each(['uint8', 'float16', 'float32'] as const)(
      'read every value back, with %s',
      async (dtype) => {
        const extraColumns = ['taken_at', 'label', 'image', 'Größe, "cm"', 'zip', 'features_singles'];
        const info = makeInfo({
          dtype,
          softLabels: dtype === 'float32',
          extraColumns,
          features: testFeatures,
        });
        const rows = await withPictures(
          evilRows(dtype).map((row, i) => ({ ...named(row, info), features: makeFeatures(i) })),
        );
        const folder = await mkdtemp(join(tmpdir(), 'imagemill-formats-'));
        try {
          const jobs = [];
          for (const [id, knobs] of variants) jobs.push(await writeOne(folder, id, knobs, info, rows));
          const expected = join(folder, 'expected.json');
          await writeFile(expected, JSON.stringify({ ...expectedOf(info, rows), jobs }));
          const script = join(import.meta.dirname, '../../e2e/interop/check_formats.py');
          const { status, stdout, stderr } = spawnSync(python, [script, folder, expected], {
            encoding: 'utf8',
            env: { ...process.env, HF_HOME: join(folder, 'hf'), TF_CPP_MIN_LOG_LEVEL: '3' },
          });
          expect(stdout, stderr).toMatch(/^\d{5,} values compared, 0 differ\n$/);
          expect(status).toBe(0);
        } finally {
          await rm(folder, { recursive: true });
        }
      },
      120_000,
    );
  },
);

/** The label that its id stands for: a dictionary and a ClassLabel know no other. */
function named(row: Row, { classNames }: RowsInfo): Row {
  return { ...row, label: row.labelId < 0 ? null : classNames[row.labelId] };
}

async function withPictures(rows: readonly Row[]): Promise<readonly Row[]> {
  const made = rows.map(async (row, i) => {
    const background = { r: (i * 37) % 256, g: (i * 91) % 256, b: (i * 53) % 256 };
    const bytes = await sharp({ create: { width: 2, height: 2, channels: 3, background } })
      .jpeg()
      .toBuffer();
    return { ...row, picture: { type: 'jpeg', bytes: new Uint8Array(bytes) } } as const;
  });
  return Promise.all(made);
}

async function writeOne(root: string, id: string, given: object, info: RowsInfo, rows: readonly Row[]) {
  const format = formats.find((candidate) => candidate.id === id) as AnyKnobs<Format<never>>;
  const knobs = format.knobs.parse(given) as never;
  const files = memoryFiles();
  const writer = await format.open(files, info, knobs, oneShard(rows.length + 2));
  for (let i = 0; i < rows.length; i += 7) await writer.write(rows.slice(i, i + 7));
  await writer.close();
  const paths = [...files.done.keys()];
  for (const { path, text } of format.companions?.(info, info, knobs) ?? [])
    files.done.set(path, new TextEncoder().encode(text));
  const folder = [id, ...Object.values(given)].join('-');
  for (const [path, bytes] of files.done) {
    await mkdir(dirname(join(root, folder, path)), { recursive: true });
    await writeFile(join(root, folder, path), bytes);
  }
  return { format: id, folder, paths, knobs: given, code: format.python(paths, info, knobs) };
}

function expectedOf(info: RowsInfo, rows: readonly Row[]) {
  const columns = columnsOf(info, ['image', 'label_text']);
  return {
    dtype: info.dtype,
    shape: [rows.length, ...(info.shape ?? [])],
    class_names: info.classNames,
    kinds: Object.fromEntries(columns.map(({ name, kind }) => [name, kind])),
    rows: rows.map((row) => Object.fromEntries(columns.map(({ name, value }) => [name, value(row)]))),
    images: Buffer.concat(rows.map((row) => row.tensor?.bytes ?? new Uint8Array(0))).toString('base64'),
    pictures: rows.map((row) => Buffer.from(row.picture?.bytes ?? []).toString('base64')),
    vectors: vectorsOf(info).map(({ name, dtype, length, bytes }) => ({
      name,
      dtype,
      length,
      values: Buffer.concat(rows.map(bytes)).toString('base64'),
    })),
  };
}
