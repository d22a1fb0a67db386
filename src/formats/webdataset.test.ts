import { describe, expect, it } from 'vitest';
import type { RowsInfo } from '../core/plugin';
import type { Row } from '../core/row';
import { makeInfo, makeRow, memoryFiles, oneShard } from './memory-files';
import { tarHeader } from './tar';
import { webdataset } from './webdataset';

async function write(rows: readonly Row[], knobs: object = {}, info: RowsInfo = makeInfo(), index = 0) {
  const files = memoryFiles();
  const shard = { ...oneShard(rows.length), index };
  const writer = await webdataset.open(files, info, webdataset.knobs.parse(knobs), shard);
  await writer.write(rows);
  await writer.close();
  return members(files.done.get('images.tar')!);
}

/** Names and contents, by the headers' own sizes. */
function members(tar: Uint8Array): Map<string, string> {
  const text = (from: number, to: number) => new TextDecoder().decode(tar.subarray(from, to));
  const found = new Map<string, string>();
  expect(tar.length % 512).toBe(0);
  expect(tar.subarray(-1024).every((byte) => byte === 0)).toBe(true);
  for (let at = 0; tar[at] !== 0; ) {
    const name = text(at, at + 100).replace(/\0.*$/s, '');
    const bytes = Number.parseInt(text(at + 124, at + 135), 8);
    expect(text(at + 257, at + 265)).toBe('ustar\u000000');
    found.set(name, text(at + 512, at + 512 + bytes));
    at += 512 + Math.ceil(bytes / 512) * 512;
  }
  return found;
}

describe('webdataset', () => {
  it('writes a picture, a class and the columns under keys without dots', async () => {
    const rows = [makeRow({ key: 'a.b/c.d.jpg' }), makeRow({ label: null, labelId: -1, copy: 1 })];
    const found = await write(rows, {}, makeInfo(), 3);
    expect([...found.keys()]).toEqual([
      '000030000000.jpg', '000030000000.cls', '000030000000.json',
      '000030000001.jpg', '000030000001.cls', '000030000001.json',
    ]); // biome-ignore format: a sample a line
    expect(found.get('000030000000.cls')).toBe('0');
    expect(found.get('000030000001.cls')).toBe('-1');
    expect(JSON.parse(found.get('000030000000.json')!)).toMatchObject({
      filename: 'a.b/c.d.jpg',
      label: 'cats',
    });
    expect(JSON.parse(found.get('000030000001.json')!)).toMatchObject({ label: '', copy: 1 });
  });

  it('keeps the types of fields alike from sample to sample', async () => {
    const exif = { ...noExif, exposure: 2, iso: 100 };
    const found = await write([
      makeRow({ meta: { ...makeRow().meta, exif }, augmentation: [{ step: 'rotate', degrees: 3 }] }),
      makeRow(),
    ]);
    const first = found.get('000000000000.json')!;
    expect(first).toContain('"exif_exposure":2.0,"exif_iso":100.0');
    expect(first).not.toContain('null');
    expect(JSON.parse(first).augmentation).toBe('[{"step":"rotate","degrees":3}]');
    expect(Object.keys(JSON.parse(found.get('000000000001.json')!))).not.toContain('exif_exposure');
  });

  it('writes tensors where asked, and no class where there are none', async () => {
    const found = await write(
      [makeRow({ label: null, labelId: -1 })],
      { pixels: 'npy' },
      makeInfo({ classNames: [] }),
    );
    expect([...found.keys()]).toEqual(['000000000000.npy', '000000000000.json']);
    expect(webdataset.needs({ pixels: 'npy' })).toEqual({ tensor: true, picture: false });
  });

  it('has headers whose checksum is the sum of their bytes, and takes no name that needs an extension', () => {
    const header = tarHeader('a.jpg', 1234);
    const sum = Number.parseInt(new TextDecoder().decode(header.subarray(148, 154)), 8);
    header.fill(32, 148, 156);
    expect(header.reduce((total, byte) => total + byte, 0)).toBe(sum);
    expect(() => tarHeader('ä.jpg', 1)).toThrow();
    expect(() => tarHeader('x'.repeat(101), 1)).toThrow();
  });
});

const noExif = {
  date: null,
  make: null,
  model: null,
  exposure: null,
  fNumber: null,
  iso: null,
  focalLength: null,
  latitude: null,
  lens: null,
  artist: null,
  copyright: null,
  description: null,
  longitude: null,
};
