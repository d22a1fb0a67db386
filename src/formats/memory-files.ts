import type { CommittedFile, RowsInfo, ShardFiles } from '../core/plugin';
import { nothingPrivate } from '../core/privacy';
import type { Dtype, Row, Tensor } from '../core/row';

/** A shard's files in memory, for tests: `done` has what was written under each name. */
export function memoryFiles(): ShardFiles & { readonly done: Map<string, Uint8Array> } {
  const done = new Map<string, Uint8Array>();
  const create: ShardFiles['create'] = async (stem, extension) => {
    const path = `${stem}.${extension}`;
    done.set(path, new Uint8Array(0));
    return {
      path,
      async write(bytes) {
        const before = done.get(path)!;
        const after = new Uint8Array(before.length + bytes.length);
        after.set(before);
        after.set(bytes, before.length);
        done.set(path, after);
      },
      async patch(at, bytes) {
        if (at < 1 || at + bytes.length > done.get(path)!.length) throw new Error(`${path} patched at ${at}`);
        done.get(path)!.set(bytes, at);
      },
    };
  };
  return {
    done,
    create,
    createOne: create,
    async putAll(files) {
      for (const { path, bytes } of files) {
        if (done.has(path)) throw new Error(`${path} written twice`);
        done.set(path, bytes.slice());
      }
    },
  };
}

/** The files of {@link memoryFiles} as they are read back. */
export const storedFiles = (done: ReadonlyMap<string, Uint8Array>): readonly CommittedFile[] =>
  [...done].map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    sha256: '',
    read: async (start, end) => bytes.slice(start, end),
  }));

/** The rows of one whole dataset, as formats are told of them in tests. */
export function makeInfo(more: Partial<RowsInfo> = {}): RowsInfo {
  return {
    name: 'images',
    formats: [],
    bySplit: false,
    splits: ['train', 'validation', 'test'],
    size: { width: 2, height: 2 },
    shape: [2, 2, 3],
    channels: 3,
    layout: 'channels-last',
    dtype: 'uint8',
    pictureType: 'jpeg',
    classNames: ['cats', 'dogs'],
    softLabels: false,
    extraColumns: [],
    features: [],
    exif: true,
    gps: true,
    personal: true,
    normalisation: { values: 'none', channels: 'RGB', mean: [0, 0, 0], std: [1, 1, 1] },
    recipe: '{"seed":0}',
    ...more,
  };
}

/** What extractors yield in tests: vectors of both types, a text and a number. */
export const testFeatures: RowsInfo['features'] = [
  { kind: 'vector', name: 'singles', length: 20, dtype: 'float32' },
  { kind: 'vector', name: 'halves', length: 3, dtype: 'float16' },
  { kind: 'text', name: 'auto_label' },
  { kind: 'number', name: 'auto_label_score' },
];

/** A row's values for {@link testFeatures}, which differ with `i`; every fifth row has neither text nor number. */
export function makeFeatures(i: number): Row['features'] {
  const singles = Float32Array.from(
    { length: 20 },
    (_, j) => Math.fround(Math.sin(i * 20 + j)) * 10 ** (j - 12),
  );
  singles[3] = 0;
  const halves = Uint16Array.of(0x3c00 + i, 0x0001, 0xb555);
  return [
    new Uint8Array(singles.buffer),
    new Uint8Array(halves.buffer),
    i % 5 === 4 ? null : `a "class", no. ${i}`,
    i % 5 === 4 ? null : i / 8,
  ];
}

/** A row for tests. */
export function makeRow(more: Partial<Row> = {}): Row {
  return {
    key: 'cats/a.jpg',
    name: 'cats/a',
    split: 'train',
    label: 'cats',
    labelId: 0,
    frame: 0,
    copy: 0,
    size: { width: 2, height: 2 },
    tensor: makeTensor('uint8', [2, 2, 3], [...Array(12).keys()]),
    picture: { type: 'jpeg', bytes: new Uint8Array([0xff, 0xd8, 0xff]) },
    augmentation: [],
    features: [],
    mixed: [],
    softLabels: [{ label: 'cats', labelId: 0, weight: 1 }],
    extra: {},
    meta: {
      format: 'jpeg',
      mode: 'RGB',
      bytes: 1234,
      sha256: 'ab'.repeat(32),
      stored: { width: 30, height: 40 },
      oriented: { width: 40, height: 30 },
      orientation: 6,
      frames: 1,
      damaged: null,
      exif: null,
      privacy: nothingPrivate,
      exifBlock: null,
    },
    ...more,
  };
}

/** A tensor of numbers that its type holds exactly; `float16` takes the values' bits. */
export function makeTensor(
  dtype: Dtype,
  shape: readonly [number, number, number],
  numbers: readonly number[],
): Tensor {
  const array =
    dtype === 'uint8'
      ? Uint8Array.from(numbers)
      : dtype === 'float16'
        ? Uint16Array.from(numbers)
        : Float32Array.from(numbers);
  return { dtype, shape, bytes: new Uint8Array(array.buffer) };
}

/** One shard of these rows, together in one set of plain files. */
export const oneShard = (rows: number) => ({
  index: 0,
  folder: '',
  part: 0,
  of: 1,
  start: 0,
  end: rows,
  rows,
});
