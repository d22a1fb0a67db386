import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';
import { parquet } from './parquet';

async function write(
  rows: readonly Row[],
  info: RowsInfo = makeInfo(),
  knobs: object = {},
): Promise<ArrayBuffer> {
  const files = memoryFiles();
  const writer = await parquet.open(files, info, parquet.knobs.parse(knobs), oneShard(rows.length));
  for (const row of rows) await writer.write([row]);
  await writer.close();
  return Uint8Array.from(files.done.get('images.parquet') ?? []).buffer;
}

const read = async (...given: Parameters<typeof write>) =>
  parquetReadObjects({ file: await write(...given), utf8: false });

describe('parquet', () => {
  const rows = [
    makeRow({ augmentation: [{ step: 'rotate', degrees: 9.1 }] }),
    makeRow({ key: '日本.jpg', label: null, labelId: -1, extra: { note: '' } }),
    makeRow({ key: 'c', label: 'dogs', labelId: 1, picture: { type: 'jpeg', bytes: new Uint8Array(0) } }),
  ];

  it('writes pictures as Hugging Face has them, and the typed columns', async () => {
    const table = await read(rows, makeInfo({ extraColumns: ['note', 'image', 'label_text'] }));
    expect(table.map(({ image }) => image)).toEqual([
      { bytes: new Uint8Array([0xff, 0xd8, 0xff]), path: 'cats/a.jpg' },
      { bytes: new Uint8Array([0xff, 0xd8, 0xff]), path: '日本.jpg' },
      { bytes: new Uint8Array(0), path: 'c' },
    ]);
    expect(table.map(({ label }) => label)).toEqual([0n, -1n, 1n]);
    expect(table.map((row) => row.label_text ?? null)).toEqual(['cats', null, 'dogs']);
    expect(table.map((row) => row.note ?? null)).toEqual([null, '', null]);
    expect(table[0].augmentation).toBe('[{"step":"rotate","degrees":9.1}]');
    expect(Object.keys(table[0])).toEqual(expect.arrayContaining(['extra_image', 'extra_label_text']));
  });

  it('states the features for the datasets library', async () => {
    const { key_value_metadata: pairs } = parquetMetadata(await write(rows));
    const { features } = JSON.parse(pairs?.find(({ key }) => key === 'huggingface')?.value ?? '').info;
    expect(features.image).toEqual({ _type: 'Image' });
    expect(features.label).toEqual({ names: ['cats', 'dogs'], _type: 'ClassLabel' });
    expect(features.exif_iso).toEqual({ dtype: 'float64', _type: 'Value' });
    expect(features.label_id).toBeUndefined();
  });

  it.each(['none', 'snappy'])(
    'writes tensors as lists in their own pages, with compression %s',
    async (compression) => {
      for (const shape of [
        [2, 2, 3],
        [5, 7, 1],
        [1, 1, 1],
        [3, 3, 3],
      ] as const) {
        const values = shape[0] * shape[1] * shape[2];
        const made = [0, 1, 2].map((i) => Array.from({ length: values }, (_, k) => (k * 7 + i * 100) % 256));
        const given = made.map((numbers) => makeRow({ tensor: makeTensor('uint8', shape, numbers) }));
        const table = await read(given, makeInfo({ shape }), { image: 'list', compression });
        expect(table.map(({ image }) => [...image])).toEqual(made);
      }
      const tensor = makeTensor('float32', [2, 2, 3], [...Array(12).keys()]);
      const [row] = await read([makeRow({ tensor })], makeInfo({ dtype: 'float32' }), {
        image: 'tensor',
        compression,
      });
      expect([...row.image]).toEqual([...Array(12).keys()]);
    },
  );

  it('compresses tensors only where it is worth it', async () => {
    const shape = [64, 64, 3] as const;
    const info = makeInfo({ shape, size: { width: 64, height: 64 } });
    let state = 1;
    const noise = Array.from({ length: 64 * 64 * 3 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
    for (const [numbers, codec] of [
      [noise, 'UNCOMPRESSED'],
      [noise.map(() => 9), 'SNAPPY'],
    ] as const) {
      const given = [makeRow({ tensor: makeTensor('uint8', shape, numbers) })];
      const file = await write(given, info, { image: 'list' });
      expect(parquetMetadata(file).row_groups[0].columns[0].meta_data?.codec).toBe(codec);
      const [row] = await parquetReadObjects({ file });
      expect([...row.image]).toEqual(numbers);
    }
  });

  it('cuts row groups by bytes, so that memory is bounded', async () => {
    const picture = { type: 'jpeg', bytes: new Uint8Array(10 * 2 ** 20) } as const;
    const file = await write(Array.from({ length: 7 }, () => makeRow({ picture })));
    expect(parquetMetadata(file).row_groups.map(({ num_rows: count }) => count)).toEqual([3n, 3n, 1n]);
  });

  it('writes a shard without rows', async () => {
    for (const image of ['picture', 'list', 'tensor', 'none'])
      expect(await read([], makeInfo(), { image })).toEqual([]);
  });

  it('refuses tensors of different sizes, with the knobs to change', () => {
    const ragged = makeInfo({ shape: null, size: null });
    const refused = (image: string) => parquet.refuses(ragged, parquet.knobs.parse({ image }));
    expect(refused('list')).toContain('set parquet.image to picture, or image.fit');
    expect(refused('tensor')).not.toBeNull();
    expect(refused('picture')).toBeNull();
    expect(refused('none')).toBeNull();
  });
});
