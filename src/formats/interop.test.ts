import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { RowsInfo } from '../core/plugin';
import type { Dtype, Row } from '../core/row';
import { splits } from '../core/split';
import { formats as all } from './index';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';
import { columnsOf } from './table';

/** Those that `read_formats.py` knows. */
const formats = all.filter(({ id }) => ['npy', 'csv', 'json', 'jsonl'].includes(id));

const python = process.env.IMAGEMILL_PYTHON ?? 'python3';
const missing = spawnSync(python, ['-c', 'import numpy, pandas']).status !== 0;
const reason = missing ? ` (skipped: ${python} has no numpy and pandas; set IMAGEMILL_PYTHON)` : '';

describe.skipIf(missing)(`NumPy and pandas${reason}`, () => {
  it.each(['uint8', 'float16', 'float32'] as const)(
    'read every value back, with %s',
    async (dtype) => {
      const info = makeInfo({ dtype, extraColumns: ['taken_at', 'label', 'Größe, "cm"', 'zip'] });
      const rows = evilRows(dtype);
      const folder = await mkdtemp(join(tmpdir(), 'imagemill-formats-'));
      try {
        await writeAll(folder, info, rows);
        const expected = join(folder, 'expected.json');
        await writeFile(expected, JSON.stringify(expectedOf(info, rows)));
        const script = join(import.meta.dirname, '../../e2e/interop/read_formats.py');
        const { status, stdout, stderr } = spawnSync(python, [script, folder, expected], {
          encoding: 'utf8',
        });
        expect(`${stdout}${stderr}`).toMatch(/^\d{4,} values compared, 0 differ\n$/);
        expect(status).toBe(0);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    60_000,
  );
});

async function writeAll(folder: string, info: RowsInfo, rows: readonly Row[]): Promise<void> {
  for (const format of formats) {
    const files = memoryFiles();
    const knobs = format.knobs.parse(format.id === 'npy' ? {} : { image_array: true });
    const writer = await format.open(files, info, knobs as never, oneShard(rows.length + 2));
    await writer.write(rows.slice(0, 3));
    await writer.write(rows.slice(3));
    await writer.close();
    for (const { path, text } of format.companions?.(info, info, knobs as never) ?? [])
      files.done.set(path, new TextEncoder().encode(text));
    for (const [path, bytes] of files.done) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
  }
}

function expectedOf(info: RowsInfo, rows: readonly Row[]) {
  const columns = columnsOf(info);
  const bytes = Buffer.concat(rows.map((row) => row.tensor!.bytes));
  return {
    dtype: info.dtype,
    kinds: { ...Object.fromEntries(columns.map(({ name, kind }) => [name, kind])), image_array: 'array' },
    rows: rows.map((row) => ({
      ...Object.fromEntries(columns.map(({ name, value }) => [name, value(row)])),
      image_array: Buffer.from(row.tensor!.bytes).toString('base64'),
    })),
    arrays: { images: bytes.toString('base64'), shape: [rows.length, ...info.shape!] },
    labels: rows.map((row) => row.labelId),
    splits: rows.map((row) => splits.indexOf(row.split)),
    class_names: info.classNames,
    python: Object.fromEntries(
      formats.map((format) => {
        const paths =
          format.id === 'npy' ? ['images.npy', 'labels.npy', 'splits.npy'] : [`images.${format.extension}`];
        return [format.id, format.python(paths, info, format.knobs.parse({}) as never)];
      }),
    ),
  };
}

/** Rows whose texts and numbers are as hard as file names and cameras make them. */
function evilRows(dtype: Dtype): readonly Row[] {
  const numbers = random('formats', dtype);
  const half = () => {
    const bits = Math.floor(numbers.between(0, 65_536));
    return (bits & 0x7c00) === 0x7c00 ? bits & ~0x4000 : bits; // finite
  };
  const single = () => Math.fround((numbers.next() - 0.5) * 2 ** Math.floor(numbers.between(-140, 120)));
  const draw = { uint8: () => Math.floor(numbers.between(0, 256)), float16: half, float32: single }[dtype];
  return evilTexts.map((text, i) =>
    makeRow({
      key: `${i}/${text}`,
      label: i % 7 === 3 ? null : text,
      labelId: i % 7 === 3 ? -1 : i % 2,
      split: splits[i % 3],
      copy: i % 4,
      tensor: makeTensor(
        dtype,
        [2, 2, 3],
        [draw(), ...(dtype === 'float32' ? [-0, 1e-45] : [0x8000, 1]), ...Array.from({ length: 9 }, draw)],
      ),
      augmentation:
        i % 2
          ? [
              { step: 'rotate', degrees: numbers.between(-15, 15) },
              { step: 'flip', on: true },
            ]
          : [],
      extra: { taken_at: text, label: '007', 'Größe, "cm"': '1e5', ...(i % 2 ? { zip: '' } : {}) },
      meta: {
        ...makeRow().meta,
        bytes: Math.floor(numbers.between(0, 2 ** 40)),
        exif:
          i % 3 === 0
            ? null
            : {
                date: '2024-02-29T12:34:56',
                make: text,
                model: i % 2 ? null : '0012',
                exposure: numbers.next(),
                fNumber: i % 2 ? null : 2.8,
                iso: 100,
                focalLength: 1 / 3,
                latitude: numbers.between(-90, 90),
                longitude: numbers.between(-180, 180),
                lens: i % 2 ? text : null,
                artist: text,
                copyright: null,
                description: text,
              },
      },
    }),
  );
}

const evilTexts = [
  'plain', 'with, comma', 'with "quotes"', '"', '""', ',', 'two\nlines', 'carriage\rreturn', 'both\r\nends', '\n', '\r',
  ' leading', 'trailing ', '\ttab\t', ' ', 'Ünïcödé', '日本語', '🐈‍⬛ cat', 'e\u0301', '\u00a0nbsp\u00a0', '\ufeffbom', 'NA', 'NaN', 'null',
  'None', 'N/A', 'nan', '-inf', 'Infinity', 'true', 'FALSE', '007', '1e5', '0x1F', '1_000', '2024-01-01', '=1+1', '+1', '-1', '@x', "'",
  '#comment', '\\', '\\N', '\\"', 'a\\,b', ';', '|', '%s', '{}', '[1]', '\u2028', '\u0085', '\u0001', '</script>', 'x'.repeat(5000),
]; // biome-ignore format: a table
