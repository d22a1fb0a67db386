import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { RunError } from '../core/failure';
import type { CommittedFile, Fault } from '../core/plugin';
import type { Row } from '../core/row';
import { sampleRows } from '../core/row-sample';
import { splits } from '../core/split';
import { formats } from './index';
import {
  makeFeatures,
  makeInfo,
  makeRow,
  makeTensor,
  memoryFiles,
  oneShard,
  storedFiles,
  testFeatures,
} from './memory-files';
import { verifyLines } from './read-back';

const info = makeInfo({ softLabels: true, features: testFeatures });

/** Rows that differ in everything that a format may hold. */
const rows = Array.from({ length: 11 }, (_, i) =>
  makeRow({
    key: `cats/"${i}",\n.jpg`,
    name: `cats/${i}`,
    split: splits[i % 3],
    label: i % 4 === 3 ? null : info.classNames[i % 2],
    labelId: i % 4 === 3 ? -1 : i % 2,
    softLabels:
      i % 4 === 3
        ? []
        : [
            { label: 'cats', labelId: 0, weight: i / 16 },
            { label: 'dogs', labelId: 1, weight: 1 - i / 16 },
          ],
    tensor: makeTensor(
      'uint8',
      [2, 2, 3],
      Array.from({ length: 12 }, (_, j) => i * 12 + j),
    ),
    picture: { type: 'jpeg', bytes: new Uint8Array([0xff, 0xd8, 0xff, i]) },
    features: makeFeatures(i),
  }),
);

function written(rows: readonly Row[]) {
  const sample = sampleRows();
  for (const row of rows) sample.add([row]);
  return sample.written();
}

/** Every choice of every knob, one at a time. */
const variants = formats
  .filter(({ verify }) => verify !== undefined)
  .flatMap((format) => {
    const { properties = {} } = z.toJSONSchema(format.knobs, { io: 'input' });
    const choices = Object.entries(properties).flatMap(([name, property]) =>
      typeof property === 'object' ? (property.enum ?? []).map((value) => ({ [name]: value })) : [],
    );
    return [{}, ...choices].map((given) => ({ format, given, id: `${format.id} ${JSON.stringify(given)}` }));
  });

describe.each(variants)('$id read back', ({ format, given }) => {
  const knobs = format.knobs.parse(given) as never;
  const write = async (rows: readonly Row[]): Promise<readonly CommittedFile[]> => {
    const files = memoryFiles();
    const shard = oneShard(rows.length);
    const writer = await format.open(files, info, knobs, shard);
    await writer.write(rows.slice(0, 4));
    await writer.write(rows.slice(4));
    await writer.close();
    return storedFiles(files.done);
  };
  const verify = (files: readonly CommittedFile[], expected: readonly Row[]): Promise<Fault | null> =>
    format.verify!(files, written(expected), info, knobs, oneShard(expected.length));

  it('is what was written, with no rows and one as well', async () => {
    for (const some of [rows, rows.slice(0, 1), []]) expect(await verify(await write(some), some)).toBeNull();
  });

  it('is at fault with a row too few, too many, or two exchanged', async () => {
    const exchanged = [...rows.slice(0, -2), rows[10], rows[9]];
    for (const wrong of [rows.slice(0, -1), [...rows, rows[0]].slice(0, 12), exchanged]) {
      const unique = wrong.map((row, i) => ({ ...row, name: `cats/${i}` }));
      const fault = await verify(await write(format.extension === null ? unique : wrong), rows);
      expect(fault).toMatchObject({ path: expect.any(String), problem: expect.any(String) });
    }
  });

  it('lets out what reading throws as it is, at whichever read', async () => {
    const files = await write(rows);
    const lost = new RunError('permission', 'The folder may no longer be read.');
    /** Checks with a target that goes away before its read `last`; tells how many reads there were. */
    const readsUntil = async (last: number) => {
      let reads = 0;
      const failing = files.map((file) => ({
        ...file,
        read: async (start: number, end: number) => {
          if (reads++ >= last) throw lost;
          return file.read(start, end);
        },
      }));
      const outcome = await verify(failing, rows).catch((error: unknown) => error);
      expect(outcome).toBe(reads > last ? lost : null);
      return reads;
    };
    const all = await readsUntil(Number.POSITIVE_INFINITY);
    expect(all).toBeGreaterThan(0);
    for (let last = 0; last < all; last++) await readsUntil(last);
  });
});

it.each([
  { id: 'npz', given: { compression: 'deflate' } },
  { id: 'tfrecord', given: { compression: 'gzip' } },
])('ends what it unpacks of $id, also when a fault is found early', async ({ id, given }) => {
  const format = formats.find((format) => format.id === id)!;
  const knobs = format.knobs.parse(given) as never;
  const files = memoryFiles();
  const writer = await format.open(files, info, knobs, oneShard(rows.length));
  await writer.write(rows);
  await writer.close();
  const cancelled = vi.spyOn(ReadableStreamDefaultReader.prototype, 'cancel');
  const other = written([rows[1], ...rows.slice(1)]);
  expect(
    await format.verify!(storedFiles(files.done), other, info, knobs, oneShard(rows.length)),
  ).not.toBeNull();
  expect(cancelled).toHaveBeenCalled();
  cancelled.mockRestore();
});

it('lets out a bug of our own as it is', async () => {
  for (const { format, given } of variants) {
    const knobs = format.knobs.parse(given) as never;
    if (!format.needs(knobs).tensor || format.extension === null) continue;
    const files = memoryFiles();
    const writer = await format.open(files, info, knobs, oneShard(1));
    await writer.write(rows.slice(0, 1));
    await writer.close();
    const without = written([{ ...rows[0], tensor: null }]);
    const verify = async () => format.verify!(storedFiles(files.done), without, info, knobs, oneShard(1));
    await expect(verify()).rejects.toThrow('Bug in Imagemill');
  }
});

it.each(variants.filter(({ format }) => format.id !== 'images'))(
  '$id is at fault with another vector, text or number from an extractor',
  async ({ format, given }) => {
    const knobs = format.knobs.parse(given) as never;
    // NumPy's arrays hold vectors alone; of a binary table's other columns the names and labels are looked at.
    const columns = ['npy', 'npz', 'parquet', 'arrow'].includes(format.id) ? [0, 1] : [0, 1, 2, 3];
    for (const column of columns) {
      const other = rows.map((row, i) =>
        i === rows.length - 1
          ? { ...row, features: row.features.with(column, makeFeatures(99)[column]) }
          : row,
      );
      const files = memoryFiles();
      const writer = await format.open(files, info, knobs, oneShard(rows.length));
      await writer.write(other);
      await writer.close();
      const fault = await format.verify!(storedFiles(files.done), written(rows), info, knobs, oneShard(11));
      expect([column, fault]).toEqual([column, expect.objectContaining({ path: expect.any(String) })]);
    }
  },
);

describe('lines read back', () => {
  const file = (text: string, bytes?: number): CommittedFile => {
    const content = new TextEncoder().encode(text);
    const [file] = storedFiles(new Map([['a.csv', content]]));
    if (bytes === undefined) return file;
    // As if it lay at the end of a file of so many bytes, and at its start.
    return {
      ...file,
      bytes,
      read: async (start, end) =>
        end <= content.length
          ? content.slice(start, end)
          : content.slice(start - bytes, end - bytes || undefined),
    };
  };
  const known = (entries: Record<number, string>) =>
    new Map(Object.entries(entries).map(([line, text]) => [Number(line), text]));

  it('count breaks between quotes only when they end a line', async () => {
    const text = 'a\n"b\nc"\nd\n';
    expect(
      await verifyLines(file(text), { count: 3, quoted: true, known: known({ 1: '"b\nc"' }) }),
    ).toBeNull();
    expect(await verifyLines(file(text), { count: 4, quoted: false, known: known({ 2: 'c"' }) })).toBeNull();
    expect(await verifyLines(file(text), { count: 3, quoted: true, known: known({ 1: '"b\nx"' }) })).toEqual({
      path: 'a.csv',
      problem: 'holds another text in line 2',
    });
  });

  it('of a file too large to read again are compared at its ends', async () => {
    const huge = file('head\nfirst\nlast\n', 2 ** 40);
    const expected = (first: string, last: string) => ({
      count: 1e9,
      quoted: true,
      known: known({ 0: 'head', 1: first, [1e9 - 1]: last }),
    });
    expect(await verifyLines(huge, expected('first', 'last'))).toBeNull();
    expect((await verifyLines(huge, expected('worst', 'last')))?.problem).toContain('first lines');
    expect((await verifyLines(huge, expected('first', 'lost')))?.problem).toContain('last lines');
  });
});
