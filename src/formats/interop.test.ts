import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { denseSoftLabels } from '../core/soft-labels';
import { splits } from '../core/split';
import { evilRows } from './evil-rows.test-data';
import { formats as registered } from './index';
import { makeInfo, memoryFiles, oneShard } from './memory-files';
import { columnsOf } from './table';

/** The formats that anything can read; the others are in interop-formats.test.ts. */
const formats = registered.filter(({ id }) => ['npy', 'csv', 'json', 'jsonl'].includes(id));

const python = process.env.IMAGEMILL_PYTHON ?? 'python3';
const missing = spawnSync(python, ['-c', 'import numpy, pandas']).status !== 0;
const reason = missing ? ` (skipped: ${python} has no numpy and pandas; set IMAGEMILL_PYTHON)` : '';

describe.skipIf(missing)(`NumPy and pandas${reason}`, () => {
  it.each(['uint8', 'float16', 'float32'] as const)(
    'read every value back, with %s',
    async (dtype) => {
      const info = makeInfo({
        dtype,
        softLabels: dtype === 'float32',
        extraColumns: ['taken_at', 'label', 'Größe, "cm"', 'zip'],
      });
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
    soft_labels: info.softLabels
      ? Buffer.concat(rows.map((row) => denseSoftLabels(row.softLabels, info.classNames.length))).toString(
          'base64',
        )
      : null,
    splits: rows.map((row) => splits.indexOf(row.split)),
    class_names: info.classNames,
    python: Object.fromEntries(
      formats.map((format) => {
        const paths =
          format.id === 'npy'
            ? ['images.npy', 'labels.npy', ...(info.softLabels ? ['soft_labels.npy'] : []), 'splits.npy']
            : [`images.${format.extension}`];
        return [format.id, format.python(paths, info, format.knobs.parse({}) as never)];
      }),
    ),
  };
}
