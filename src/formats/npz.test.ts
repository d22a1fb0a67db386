import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../base/crc32';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { makeInfo, makeRow, memoryFiles, oneShard, storedFiles } from './memory-files';
import { npz } from './npz';

async function write(
  rows: readonly Row[],
  {
    info = makeInfo(),
    knobs = {},
    expected = rows.length,
    folder = '',
  }: {
    readonly info?: RowsInfo;
    readonly knobs?: object;
    readonly expected?: number;
    readonly folder?: string;
  } = {},
): Promise<Buffer> {
  const files = memoryFiles();
  const shard = { ...oneShard(expected), folder };
  const writer = await npz.open(files, info, npz.knobs.parse(knobs), shard);
  for (const row of rows) await writer.write([row]);
  await writer.close();
  return Buffer.from(files.done.get('images.npz') ?? []);
}

/** The members by the archive's directory, each checked against its own header. */
function unzip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const members = new Map<string, Buffer>();
  const end = zip.length - 22;
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i++) {
    const [packed, bytes, local] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 24),
      zip.readUInt32LE(at + 42),
    ];
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const extra = local + 30 + nameBytes;
    expect([zip.readBigUInt64LE(extra + 4), zip.readBigUInt64LE(extra + 12)]).toEqual([
      BigInt(bytes),
      BigInt(packed),
    ]);
    const content = zip.subarray(extra + 20, extra + 20 + packed);
    const whole = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(content) : content;
    expect(whole.length).toBe(bytes);
    expect(crc32(whole)).toBe(zip.readUInt32LE(at + 16));
    expect(zip.readUInt32LE(local + 14)).toBe(zip.readUInt32LE(at + 16));
    members.set(name, whole);
    at += 46 + nameBytes + zip.readUInt16LE(at + 30);
  }
  expect(at).toBe(end);
  return members;
}

const latin = (bytes: Buffer | undefined) => bytes?.toString('latin1') ?? '';

describe('npz', () => {
  const rows = [
    makeRow({ key: 'ä🐈.jpg' }),
    makeRow({ key: 'b', label: null, labelId: -1, split: 'test' }),
    makeRow({ key: 'c', labelId: 1, split: 'validation' }),
  ];

  it.each(['none', 'deflate'])('writes the arrays with compression %s', async (compression) => {
    const members = unzip(await write(rows, { knobs: { compression } }));
    expect([...members.keys()]).toEqual([
      'images.npy',
      'labels.npy',
      'splits.npy',
      'filenames.npy',
      'class_names.npy',
    ]);
    expect(latin(members.get('images.npy'))).toContain(
      "'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2, 3)",
    );
    expect([...(members.get('images.npy')?.subarray(128) ?? [])]).toEqual(
      [...Array(36).keys()].map((i) => i % 12),
    );
    expect(members.get('labels.npy')?.readBigInt64LE(128 + 8)).toBe(-1n);
    expect([...(members.get('splits.npy')?.subarray(128) ?? [])]).toEqual([0, 2, 1]);
    const names = members.get('filenames.npy');
    expect(latin(names)).toContain("'<U6'");
    expect(
      names
        ?.subarray(128, 128 + 24)
        .equals(Buffer.from(Uint32Array.from([...'ä🐈.jpg'], (c) => c.codePointAt(0) ?? 0).buffer)),
    ).toBe(true);
    expect(latin(members.get('class_names.npy'))).toContain("'<U4'");
  });

  it.each(['none', 'deflate'])(
    'corrects count and checksum when images failed, with compression %s',
    async (compression) => {
      const whole = await write(rows, { knobs: { compression } });
      expect((await write(rows, { knobs: { compression }, expected: 1000 })).equals(whole)).toBe(true);
    },
  );

  it('writes a shard without rows, and without classes', async () => {
    const members = unzip(await write([], { info: makeInfo({ classNames: [] }), expected: 4 }));
    expect(latin(members.get('images.npy'))).toContain("'shape': (0, 2, 2, 3)");
    expect(latin(members.get('filenames.npy'))).toMatch(/'<U1'.*'shape': \(0,\)/);
    expect(latin(members.get('class_names.npy'))).toContain("'shape': (0,)");
  });

  it('leaves splits out where one file holds one split', async () => {
    expect([...unzip(await write(rows, { folder: 'train/' })).keys()]).not.toContain('splits.npy');
    expect([...unzip(await write(rows, { info: makeInfo({ splits: ['train'] }) })).keys()]).not.toContain(
      'splits.npy',
    );
  });

  it('refuses pictures of different sizes, with the knob to change', () => {
    expect(npz.refuses(makeInfo({ shape: null, size: null }), { compression: 'none' })).toBe(
      'npz cannot hold pictures of different sizes; set image.fit to cover, contain or stretch',
    );
    expect(npz.refuses(makeInfo(), { compression: 'none' })).toBeNull();
  });

  it('tells how to load one file and numbered files', () => {
    const code = (...paths: readonly string[]) => npz.python(paths, makeInfo(), { compression: 'none' });
    expect(code('images.npz')).toContain(
      'dataset = np.load("images.npz")\nimages, labels = dataset["images"], dataset["labels"]',
    );
    expect(code('test/images-00000-of-00002.npz', 'test/images-00001-of-00002.npz')).toContain(
      'parts = [np.load(path) for path in sorted(glob("test/images-*-of-00002.npz"))]',
    );
  });

  it.each(['none', 'deflate'])(
    'reads its class names back in a few requests, packed by %s',
    async (compression) => {
      const classNames = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
      const info = makeInfo({ classNames });
      const zip = await write([makeRow()], { info, knobs: { compression } });
      let reads = 0;
      const verify = (told: RowsInfo) => {
        const [file] = storedFiles(new Map([['images.npz', new Uint8Array(zip)]]));
        const read: typeof file.read = async (start, end) => {
          reads++;
          return file.read(start, end);
        };
        const written = { count: 1, sample: [{ at: 0, row: makeRow() }] };
        return npz.verify!([{ ...file, read }], written, told, npz.knobs.parse({ compression }), oneShard(1));
      };
      expect(await verify(info)).toBeNull();
      expect(reads).toBeLessThan(30);
      for (const at of [0, 500, 999]) {
        const others = classNames.with(at, 'other');
        expect((await verify(makeInfo({ classNames: others })))?.problem).toBe(
          'holds other bytes for its class names',
        );
      }
    },
  );
});
