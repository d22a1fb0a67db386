import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard, storedFiles } from './memory-files';
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

  describe.each([{ image: 'picture' }, { image: 'list' }, { image: 'tensor' }, { image: 'none' }])(
    'of %j read back',
    (knobs) => {
      const info = makeInfo({ extraColumns: ['note'] });
      const noted = rows.map((row, i) => ({ ...row, extra: i === 1 ? {} : { note: `n${i}` } }));
      const problemOf = async (
        file: ArrayBuffer,
        wanted: readonly Row[],
        told: RowsInfo = info,
        reads: number[] = [],
      ) => {
        const [stored] = storedFiles(new Map([['images.parquet', new Uint8Array(file)]]));
        const read: typeof stored.read = async (start, end) => {
          reads.push(end - start);
          return stored.read(start, end);
        };
        const written = { count: wanted.length, sample: wanted.map((row, at) => ({ at, row })) };
        const choice = parquet.knobs.parse(knobs);
        const shard = oneShard(wanted.length);
        return (await parquet.verify!([{ ...stored, read }], written, told, choice, shard))?.problem ?? null;
      };

      it('is at fault with another value in any column of a row', async () => {
        const file = await write(noted, info, knobs);
        expect(await problemOf(file, noted)).toBeNull();
        const last = noted[2];
        const others: Readonly<Record<string, Row>> = {
          filename: { ...last, key: 'd.jpg' },
          label_text: { ...last, label: 'cats' },
          label: { ...last, labelId: 0 },
          width: { ...last, meta: { ...last.meta, oriented: { width: 1, height: 30 } } },
          damaged: { ...last, meta: { ...last.meta, damaged: 'cut off' } },
          augmentation: { ...last, augmentation: [{ step: 'flip', axis: 'x' }] },
          copy: { ...last, copy: 1 },
          note: { ...last, extra: { note: 'n3' } } as Row,
        };
        for (const [name, other] of Object.entries(others))
          expect(await problemOf(file, [...noted.slice(0, 2), other]), name).toContain(`another ${name} in`);
      });

      it('is at fault with other columns, types or features than were meant', async () => {
        const file = await write(noted, info, knobs);
        for (const told of [
          makeInfo({ extraColumns: ['nota'] }),
          makeInfo({ extraColumns: ['note'], gps: false }),
        ])
          expect(await problemOf(file, noted, told)).toContain('has other columns');
        expect(await problemOf(file, noted, { ...info, classNames: ['cats', 'dogz'] })).toBe(
          'tells other features of its columns',
        );
        if (knobs.image === 'list' || knobs.image === 'tensor')
          expect(await problemOf(file, noted, { ...info, dtype: 'float32' })).toContain('of other types');
      });

      it('is read in few requests', async () => {
        const many = Array.from({ length: 40 }, (_, i) => makeRow({ key: `${i}.jpg`, extra: { note: 'a' } }));
        const reads: number[] = [];
        expect(await problemOf(await write(many, info, knobs), many, info, reads)).toBeNull();
        expect(reads.length).toBeLessThan(10);
      });
    },
  );
});
