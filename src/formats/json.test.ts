import { describe, expect, it } from 'vitest';
import type { Row } from '../core/row';
import { json } from './json';
import { jsonl } from './jsonl';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';

async function write(format: typeof json, rows: readonly Row[], knobs: object = {}): Promise<string> {
  const files = memoryFiles();
  const info = makeInfo({ extraColumns: ['note', 'label'] });
  const writer = await format.open(files, info, format.knobs.parse(knobs), oneShard(rows.length));
  await writer.write(rows.slice(0, 1));
  await writer.write(rows.slice(1));
  await writer.close();
  return new TextDecoder().decode(files.done.get(`images.${format.extension}`));
}

const rows = [
  makeRow({ key: 'a "b", \n\u2028\ud83d\ude00', label: null, labelId: -1, extra: { note: '' } }),
  makeRow({ augmentation: [{ step: 'flip', on: true }], extra: { note: 'n', label: '007' } }),
  makeRow({ copy: 2, meta: { ...makeRow().meta, exif: null } }),
];

describe('json', () => {
  it('is one array, an object a line', async () => {
    const text = await write(json, rows);
    const parsed = JSON.parse(text);
    expect(text.split('\n').length).toBe(6);
    expect(parsed).toHaveLength(3);
    expect(parsed[0]).toMatchObject({ filename: 'a "b", \n\u2028😀', label: null, label_id: -1, note: '' });
    expect(parsed[1]).toMatchObject({ augmentation: [{ step: 'flip', on: true }], extra_label: '007' });
    expect(parsed[2]).toMatchObject({ copy: 2, note: null, exif_iso: null, width: 40, stored_width: 30 });
  });

  it('is an empty array without rows', async () => {
    expect(JSON.parse(await write(json, []))).toEqual([]);
  });
});

describe('jsonl', () => {
  it('is the same objects, one a line', async () => {
    const lines = (await write(jsonl, rows)).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(await write(json, rows)));
  });

  it('is an empty file without rows', async () => {
    expect(await write(jsonl, [])).toBe('');
  });

  it('nests the tensor in its own shape', async () => {
    const tensor = makeTensor('uint8', [2, 1, 3], [1, 2, 3, 4, 5, 255]);
    const [line] = (await write(jsonl, [makeRow({ tensor })], { image_array: true })).split('\n');
    expect(JSON.parse(line).image_array).toEqual([[[1, 2, 3]], [[4, 5, 255]]]);
  });

  it('has null for what is no number', async () => {
    const tensor = makeTensor('float32', [1, 1, 3], [Number.NaN, Number.POSITIVE_INFINITY, 0.5]);
    const [line] = (await write(jsonl, [makeRow({ tensor })], { image_array: true })).split('\n');
    expect(JSON.parse(line).image_array).toEqual([[[null, null, 0.5]]]);
  });
});
