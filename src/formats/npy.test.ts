import { describe, expect, it } from 'vitest';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard } from './memory-files';
import { npy } from './npy';
import { npyHeader } from './npy-header';

const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('npyHeader', () => {
  // numpy.lib.format.write_array_header_1_0 of numpy 2.4.6, as base64.
  const pinned = [
    [
      '|u1',
      [3, 2, 2, 3],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIsIDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
    [
      '<i8',
      [5],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDUsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
    [
      '<f2',
      [10000, 224, 224, 3],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEwMDAwLCAyMjQsIDIyNCwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
    [
      '<f4',
      [2, 3],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
    [
      '<f4',
      [123456789012, 3, 224, 224],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEyMzQ1Njc4OTAxMiwgMywgMjI0LCAyMjQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
    [
      '|u1',
      [0, 1, 1, 1],
      'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDEsIDEsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
    ],
  ] as const;

  it.each(pinned)('gives the bytes of numpy for %s %j', (descr, shape, base64) => {
    expect(Buffer.from(npyHeader(descr, shape)).toString('base64')).toBe(base64);
  });

  it('has one length for every count', () => {
    const lengths = [0, 1, 9, 10, 99_999, 10 ** 12].map(
      (count) => npyHeader('<f4', [count, 224, 224, 3]).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('npy', () => {
  it('writes tensors, labels and splits', async () => {
    const files = memoryFiles();
    const writer = await npy.open(files, makeInfo(), {}, oneShard(3));
    await writer.write([makeRow(), makeRow({ label: null, labelId: -1, split: 'test' })]);
    await writer.write([makeRow({ labelId: 1, split: 'validation' })]);
    await writer.close();
    expect([...files.done.keys()]).toEqual(['images.npy', 'labels.npy', 'splits.npy']);
    const images = files.done.get('images.npy')!;
    expect(latin(images.subarray(0, 128))).toContain(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2, 3), }",
    );
    expect([...images.subarray(128)]).toEqual([...Array(36).keys()].map((i) => i % 12));
    const labels = files.done.get('labels.npy')!;
    expect(latin(labels.subarray(0, 128))).toContain(
      "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
    );
    expect([...new BigInt64Array(labels.slice(128).buffer)]).toEqual([0n, -1n, 1n]);
    expect([...files.done.get('splits.npy')!.subarray(128)]).toEqual([0, 2, 1]);
  });

  it.each([
    ['float16', '<f2', 2],
    ['float32', '<f4', 4],
  ] as const)('writes %s', async (dtype, descr, size) => {
    const files = memoryFiles();
    const tensor = makeTensor(dtype, [2, 2, 3], [...Array(12).keys()]);
    const writer = await npy.open(files, makeInfo({ dtype }), {}, oneShard(1));
    await writer.write([makeRow({ tensor })]);
    await writer.close();
    const images = files.done.get('images.npy')!;
    expect(latin(images.subarray(0, 128))).toContain(`'descr': '${descr}'`);
    expect(images.length).toBe(128 + 12 * size);
    expect(images.subarray(128)).toEqual(tensor.bytes);
  });

  it('corrects the count when images failed, in headers of the same length', async () => {
    const whole = memoryFiles();
    const short = memoryFiles();
    for (const [files, expected] of [
      [whole, 2],
      [short, 100],
    ] as const) {
      const writer = await npy.open(files, makeInfo(), {}, oneShard(expected));
      await writer.write([makeRow(), makeRow()]);
      await writer.close();
    }
    expect(short.done).toEqual(whole.done);
  });

  it('writes a shard without rows', async () => {
    const files = memoryFiles();
    const writer = await npy.open(files, makeInfo(), {}, oneShard(5));
    await writer.close();
    expect(latin(files.done.get('images.npy')!)).toContain('(0, 2, 2, 3)');
    expect(files.done.get('images.npy')?.length).toBe(128);
  });

  it('leaves splits out where one set of files holds one split', async () => {
    for (const [info, folder] of [
      [makeInfo({ splits: ['train'] }), ''],
      [makeInfo(), 'train/'],
    ] as const) {
      const files = memoryFiles();
      const writer = await npy.open(files, info, {}, { ...oneShard(1), folder });
      await writer.write([makeRow()]);
      await writer.close();
      expect([...files.done.keys()]).toEqual(['images.npy', 'labels.npy']);
    }
  });

  it('refuses pictures of different sizes, with the knob to change', () => {
    expect(npy.refuses(makeInfo({ shape: null, size: null }), {})).toBe(
      'npy cannot hold pictures of different sizes; set image.fit to cover, contain or stretch',
    );
    expect(npy.refuses(makeInfo({ name: 'Labels' }), {})).toContain('choose another output.name');
    expect(npy.refuses(makeInfo(), {})).toBeNull();
  });

  it('names the classes in a companion', () => {
    const [file] = npy.companions!({ classNames: ['Äpfel', 'b"c'] }, makeInfo(), {});
    expect(file.path).toBe('class_names.json');
    expect(JSON.parse(file.text)).toEqual(['Äpfel', 'b"c']);
  });

  it('tells how to load one file, numbered files and folders by split', () => {
    expect(npy.python(['images.npy', 'labels.npy'], makeInfo(), {})).toContain(
      'images = np.load("images.npy", mmap_mode="r")\nlabels = np.load("labels.npy")',
    );
    const parts = ['images-00000-of-00002.npy', 'labels-00000-of-00002.npy', 'images-00001-of-00002.npy'];
    expect(npy.python(parts, makeInfo(), {})).toContain('sorted(glob("images-*-of-00002.npy"))');
    expect(npy.python(['train/images.npy', 'test/images.npy'], makeInfo(), {})).toContain(
      'test_images = np.load("test/images.npy", mmap_mode="r")',
    );
  });
});
