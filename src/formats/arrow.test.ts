import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { arrow } from './arrow';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';

async function write(rows: readonly Row[], info: RowsInfo = makeInfo(), knobs: object = {}) {
  const files = memoryFiles();
  const writer = await arrow.open(files, info, arrow.knobs.parse(knobs), oneShard(rows.length));
  for (const row of rows) await writer.write([row]);
  await writer.close();
  return files.done;
}

const read = async (...given: Parameters<typeof write>) =>
  tableFromIPC([...(await write(...given)).values()][0]);

describe('arrow', () => {
  const rows = [
    makeRow({ augmentation: [{ step: 'rotate', degrees: 9.1 }] }),
    makeRow({ key: '', label: null, labelId: -1, extra: { note: '' } }),
    makeRow({ key: '日本', label: 'dogs', labelId: 1, extra: { note: 'ä' } }),
  ];

  it.each(['file', 'stream'])('types every column, in a %s', async (container) => {
    const table = await read(rows, makeInfo({ extraColumns: ['note'] }), { container });
    expect(table.schema.fields.slice(0, 4).map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'image: FixedSizeList[12]<Uint8>',
      'filename: Utf8',
      'label: Dictionary<Int32, Utf8>',
      'label_id: Int64',
    ]);
    expect(table.schema.fields[0].metadata.get('ARROW:extension:name')).toBe('arrow.fixed_shape_tensor');
    expect(JSON.parse(table.schema.fields[0].metadata.get('ARROW:extension:metadata') ?? '')).toEqual({
      shape: [2, 2, 3],
      dim_names: ['height', 'width', 'channels'],
    });
    const column = (name: string) => [...(table.getChild(name) ?? [])];
    expect(column('filename')).toEqual(['cats/a.jpg', '', '日本']);
    expect(column('label')).toEqual(['cats', null, 'dogs']);
    expect(column('label_id')).toEqual([0n, -1n, 1n]);
    expect(column('note')).toEqual([null, '', 'ä']);
    expect(column('exif_iso')).toEqual([null, null, null]);
    expect(column('augmentation')).toEqual(['[{"step":"rotate","degrees":9.1}]', '[]', '[]']);
    expect([...(table.getChild('image')?.get(2) ?? [])]).toEqual([...Array(12).keys()]);
  });

  it('cuts batches, so that memory is bounded, with one dictionary for all', async () => {
    const many = Array.from({ length: 4097 }, (_, i) => makeRow({ label: 'dogs', labelId: 1, copy: i }));
    const table = await read(many, makeInfo(), { image: 'none' });
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([4096, 1]);
    expect(new Set(table.getChild('label') ?? [])).toEqual(new Set(['dogs']));
    expect(table.getChild('copy')?.get(4096)).toBe(4096n);
  });

  it('writes halves and singles bit for bit', async () => {
    for (const [dtype, type] of [
      ['float16', 'Float16'],
      ['float32', 'Float32'],
    ] as const) {
      const tensor = makeTensor(dtype, [2, 2, 3], [...Array(12).keys()]);
      const table = await read([makeRow({ tensor })], makeInfo({ dtype }));
      expect(`${table.schema.fields[0].type}`).toBe(`FixedSizeList[12]<${type}>`);
      const values = table.getChild('image')?.data[0].children[0].values;
      expect(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).toEqual(tensor.bytes);
    }
  });

  it('writes pictures, or no image', async () => {
    const pictures = await read(rows, makeInfo({ shape: null, size: null }), { image: 'picture' });
    expect(pictures.getChild('image')?.get(1)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
    expect((await read(rows, makeInfo(), { image: 'none' })).getChild('image')).toBeNull();
  });

  it('writes a shard without rows, with its class names', async () => {
    const table = await read([]);
    expect(table.numRows).toBe(0);
    expect([...(table.batches[0].getChild('label')?.data[0].dictionary ?? [])]).toEqual(['cats', 'dogs']);
    expect((await read([], makeInfo({ classNames: [] }))).numRows).toBe(0);
  });

  it('names a stream by its own ending', async () => {
    expect([...(await write([], makeInfo(), { container: 'stream' })).keys()]).toEqual(['images.arrows']);
  });

  it('refuses tensors of different sizes, with the knobs to change', () => {
    const ragged = makeInfo({ shape: null, size: null });
    expect(arrow.refuses(ragged, arrow.knobs.parse({}))).toContain(
      'set arrow.image to picture, or image.fit',
    );
    expect(arrow.refuses(ragged, arrow.knobs.parse({ image: 'picture' }))).toBeNull();
    expect(arrow.refuses(makeInfo(), arrow.knobs.parse({}))).toBeNull();
  });
});
