import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CommittedFile, Fault } from '../core/plugin';
import type { Row } from '../core/row';
import { sampleRows } from '../core/row-sample';
import { splits } from '../core/split';
import { formats } from './index';
import { makeInfo, makeRow, makeTensor, memoryFiles, oneShard, storedFiles } from './memory-files';
import { verifyLines } from './read-back';

const info = makeInfo({ softLabels: true });

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
});

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
