import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import type { CommittedFile } from '../core/plugin';
import { sampleRows } from '../core/row-sample';
import { hdf5 } from './hdf5';
import { lookup3 } from './hdf5-encode';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard, storedFiles } from './memory-files';

const info = makeInfo({ shape: [32, 32, 3] });
const rows = Array.from({ length: 90 }, (_, i) =>
  makeRow({
    key: `cats/${i}.jpg`,
    tensor: makeTensor(
      'uint8',
      [32, 32, 3],
      Array.from({ length: 32 * 32 * 3 }, (_, j) => (i * 31 + j) & 255),
    ),
  }),
);

async function write(knobs: object): Promise<Uint8Array> {
  const files = memoryFiles();
  const writer = await hdf5.open(files, info, hdf5.knobs.parse(knobs), oneShard(rows.length));
  await writer.write(rows.slice(0, 50));
  await writer.write(rows.slice(50));
  await writer.close();
  return files.done.get('images.h5')!;
}

function verify(bytes: Uint8Array) {
  const [file]: readonly CommittedFile[] = storedFiles(new Map([['images.h5', bytes]]));
  const sample = sampleRows();
  sample.add(rows);
  return hdf5.verify!([file], sample.written(), info, { compression: 'none' }, oneShard(rows.length));
}

describe('hdf5', () => {
  it('has the checksum of lookup3', () => {
    // The values in lookup3.c's own comment.
    const text = new TextEncoder().encode('Four score and seven years ago');
    expect(lookup3(text).toString(16)).toBe('17770551');
    expect(lookup3(new Uint8Array(0)).toString(16)).toBe('deadbeef');
  });

  it('writes the same bytes again, smaller ones when deflated', async () => {
    const plain = await write({});
    expect(Buffer.compare(await write({}), plain)).toBe(0);
    const packed = await write({ compression: 'deflate' });
    expect(Buffer.compare(await write({ compression: 'deflate' }), packed)).toBe(0);
    expect(packed.length).toBeLessThan(plain.length / 2);
  });

  it('is found at fault, or right, whatever bytes are damaged', async () => {
    for (const knobs of [{}, { compression: 'deflate' }]) {
      const bytes = await write(knobs);
      expect(await verify(bytes)).toBeNull();
      const numbers = random('hdf5 damage', JSON.stringify(knobs));
      for (let round = 0; round < 60; round++) {
        const damaged = bytes.slice();
        // Most of the file is pixels of rows that are not sampled; what holds it together lies at its two ends.
        const at = round % 2 ? numbers.between(0, 48) : numbers.between(bytes.length - 12_000, bytes.length);
        damaged[Math.floor(at)] ^= 1 + Math.floor(numbers.between(0, 255));
        const fault = await verify(damaged);
        if (round % 2) expect(fault).toMatchObject({ path: 'images.h5' });
      }
      for (const length of [0, 10, 47, 48, 1000, bytes.length - 1])
        expect(await verify(bytes.slice(0, length))).toMatchObject({ path: 'images.h5' });
    }
  });

  it('refuses pictures of different sizes, and tells how to load one file, parts, and splits', () => {
    const knobs = hdf5.knobs.parse({});
    expect(hdf5.refuses(makeInfo({ shape: null }), knobs)).toContain('set image.fit to');
    expect(hdf5.refuses(makeInfo(), knobs)).toBeNull();
    expect(hdf5.python(['images.h5'], info, knobs)).toContain('file = h5py.File("images.h5")');
    const split = hdf5.python(['train.h5', 'test-00000-of-00002.h5', 'test-00001-of-00002.h5'], info, knobs);
    expect(split).toContain('train_file = h5py.File("train.h5")');
    expect(split).toContain('test_files = [h5py.File(path) for path in sorted(glob("test-*-of-00002.h5"))]');
    expect(split).toContain('class_names = list(train_file["class_names"]');
  });
});
