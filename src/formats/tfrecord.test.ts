import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { makeInfo, makeRow, memoryFiles, oneShard } from './memory-files';
import { tfrecord } from './tfrecord';
import { openTfRecords } from './tfrecord-file';

async function write(rows: readonly Row[], info: RowsInfo = makeInfo(), knobs: object = {}) {
  const files = memoryFiles();
  const writer = await tfrecord.open(files, info, tfrecord.knobs.parse(knobs), oneShard(rows.length));
  for (const row of rows) await writer.write([row]);
  await writer.close();
  return Buffer.from(files.done.get('images.tfrecord') ?? []);
}

async function framed(gzip: boolean, ...records: readonly string[]): Promise<Buffer> {
  const files = memoryFiles();
  const out = await openTfRecords(await files.create('x', 'tfrecord'), gzip);
  for (const record of records) await out.append(new TextEncoder().encode(record));
  await out.close();
  return Buffer.from(files.done.get('x.tfrecord') ?? []);
}

/** The records of a file, found by their lengths alone. */
function split(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    records.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return records;
}

describe('openTfRecords', () => {
  const hello = '0500000000000000eab2043e68656c6c6fbb1f1c19';

  it('frames records with masked checksums', async () => {
    expect((await framed(false, '')).toString('hex')).toBe('000000000000000029039807d8ea82a2');
    expect((await framed(false, 'hello')).toString('hex')).toBe(hello);
    expect((await framed(false)).length).toBe(0);
  });

  it('packs the whole file in one gzip member without a clock', async () => {
    const packed = await framed(true, 'hello', 'hello');
    expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
    expect(gunzipSync(packed).toString('hex')).toBe(hello + hello);
    expect(gunzipSync(await framed(true)).length).toBe(0);
  });
});

describe('tfrecord', () => {
  it('writes a record a row, and none for none', async () => {
    expect(split(await write([makeRow(), makeRow({ copy: 1 })]))).toHaveLength(2);
    expect((await write([])).length).toBe(0);
  });

  it('leaves out what is missing', async () => {
    const [full] = split(await write([makeRow()]));
    const [bare] = split(await write([makeRow({ label: null, labelId: -1 })]));
    expect(full.includes('image/class/text')).toBe(true);
    expect(bare.includes('image/class/text')).toBe(false);
    expect(bare.includes(Buffer.from('image/class/label\x12\x0e\x1a\x0c\x0a\x0a\xff', 'latin1'))).toBe(true);
    expect(full.includes('exif_iso')).toBe(false);
  });

  it('writes the tensor as bytes or floats', async () => {
    const [bytes] = split(await write([makeRow()], makeInfo(), { image: 'bytes' }));
    expect(bytes.includes(Buffer.from([...Array(12).keys()]))).toBe(true);
    expect(bytes.includes('image/encoded')).toBe(false);
    const [floats] = split(await write([makeRow()], makeInfo(), { image: 'floats' }));
    expect(floats.includes(Buffer.from(Float32Array.from(Array(12).keys()).buffer))).toBe(true);
  });

  it('states each feature and the class names beside the records', () => {
    const info = makeInfo({ pictureType: 'png', channels: 1, extraColumns: ['image/width', 'image'] });
    const knobs = tfrecord.knobs.parse({ compression: 'gzip' });
    const [{ path, text }] = tfrecord.companions?.({ classNames: ['a\tb', 'Ä'] }, info, knobs) ?? [];
    expect(path).toBe('dataset_info.json');
    const told = JSON.parse(text);
    expect(told).toMatchObject({ name: 'images', fileFormat: 'tfrecord', compression: 'GZIP' });
    expect(told.features['image/class/label']).toMatchObject({
      dtype: 'int64',
      shape: [],
      names: ['a\tb', 'Ä'],
    });
    expect(told.features['image/encoded']).toMatchObject({ dtype: 'string', encodingFormat: 'png' });
    expect(told.features.exif_iso).toMatchObject({ dtype: 'float32', missing: 'NaN' });
    expect(Object.keys(told.features)).toContain('extra_image/width');
    expect(Object.keys(told.features)).toContain('extra_image');
  });

  it('refuses a tensor that no example can hold', () => {
    const info = makeInfo({ shape: [16_384, 16_384, 3], size: { width: 16_384, height: 16_384 } });
    expect(tfrecord.refuses(info, tfrecord.knobs.parse({ image: 'floats' }))).toContain(
      'set tfrecord.image to picture',
    );
    expect(tfrecord.refuses(info, tfrecord.knobs.parse({}))).toBeNull();
    expect(
      tfrecord.refuses(makeInfo({ shape: null, size: null }), tfrecord.knobs.parse({ image: 'bytes' })),
    ).toBeNull();
  });

  it('tells how to load it', () => {
    const code = (paths: readonly string[], info: Partial<RowsInfo>, knobs: object) =>
      tfrecord.python(paths, makeInfo(info), tfrecord.knobs.parse(knobs));
    expect(code(['images.tfrecord'], {}, {})).toContain(
      'dataset = tf.data.TFRecordDataset("images.tfrecord").map(parse)',
    );
    expect(
      code(
        ['train/images-00000-of-00002.tfrecord', 'train/images-00001-of-00002.tfrecord'],
        {},
        { compression: 'gzip' },
      ),
    ).toContain(
      'train = tf.data.TFRecordDataset(sorted(glob("train/images-*-of-00002.tfrecord")), compression_type="GZIP")',
    );
    expect(code(['images.tfrecord'], { pictureType: 'webp' }, {})).toContain('channels=3)[0]\n');
    expect(code(['images.tfrecord'], { shape: null, dtype: 'float16' }, { image: 'floats' })).toContain(
      'tf.cast(tf.reshape(row["image/tensor"], row["image/shape"]), tf.float16)',
    );
  });
});
