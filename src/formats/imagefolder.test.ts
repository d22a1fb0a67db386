import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { imagefolder } from './imagefolder';
import { makeInfo, makeRow, memoryFiles, oneShard, storedFiles } from './memory-files';

const knobs = imagefolder.knobs.parse({});
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('imagefolder', () => {
  it('has a folder and a table for each split, together and by split', async () => {
    const rows = [
      makeRow({ name: 'cats/a, "b"' }),
      makeRow({ name: 'cats/a, "b"', copy: 1 }),
      makeRow({ name: '_unlabelled/c', label: null, labelId: -1, split: 'test' }),
    ];
    const files = memoryFiles();
    const writer = await imagefolder.open(files, makeInfo(), knobs, oneShard(3));
    await writer.write(rows);
    await writer.close();
    expect([...files.done.keys()].sort()).toEqual([
      'test/_unlabelled/c.jpg',
      'test/metadata.csv',
      'train/cats/a, "b"-copy1.jpg',
      'train/cats/a, "b".jpg',
      'train/metadata.csv',
    ]);
    const [header, first] = Papa.parse<string[]>(text(files.done.get('train/metadata.csv'))).data;
    expect(header.slice(0, 3)).toEqual(['file_name', 'label', 'filename']);
    expect(header.join()).not.toContain('exif');
    expect(first.slice(0, 3)).toEqual(['cats/a, "b".jpg', 'cats', 'cats/a.jpg']);

    const split = memoryFiles();
    const train = await imagefolder.open(split, makeInfo(), knobs, { ...oneShard(1), folder: 'train/' });
    await train.write(rows.slice(0, 1));
    await train.close();
    expect([...split.done.keys()].sort()).toEqual(['cats/a, "b".jpg', 'metadata.csv']); // below the shard's folder
  });

  it.each(['csv', 'jsonl'] as const)(
    'puts the parts of a split’s table together, as %s',
    async (metadata) => {
      const parts = new Map<string, Uint8Array>();
      for (const part of [0, 1]) {
        const files = memoryFiles();
        const writer = await imagefolder.open(
          files,
          makeInfo(),
          { metadata },
          { ...oneShard(1), part, of: 2 },
        );
        await writer.write([makeRow({ name: `cats/${part}` })]);
        await writer.close();
        parts.set(
          `train/metadata-0000${part}-of-00002.${metadata}`,
          files.done.get(`train/metadata.${metadata}`)!,
        );
      }
      const whole = memoryFiles();
      await imagefolder.assemble!(
        storedFiles(parts),
        async (path) => whole.create(path.slice(0, path.lastIndexOf('.')), metadata),
        makeInfo(),
        { metadata },
      );
      const lines = text(whole.done.get(`train/metadata.${metadata}`))
        .trim()
        .split('\n');
      expect(lines.length).toBe(metadata === 'csv' ? 3 : 2);
      expect(lines.at(-2)).toContain('cats/0.jpg');
      expect(lines.at(-1)).toContain('cats/1.jpg');
    },
  );

  it.each([
    [['cats', 'a/b'], 'csv', 'labels.pattern'],
    [['a\\b'], 'jsonl', 'labels.pattern'],
    [['cats', 'None'], 'csv', 'imagefolder.metadata to jsonl'],
    [['007', '8'], 'csv', '"007"'],
    [['1', 'cats'], 'csv', '"1"'],
    [['True', 'False'], 'csv', '"True"'],
    [['0', '1', '10'], 'csv', null],
    [['cats', 'None', '007'], 'jsonl', null],
    [['cats', 'New York', 'été'], 'csv', null],
  ] as const)('of the classes %j as %s says %s', (classNames, metadata, told) => {
    const refused = imagefolder.refuses(makeInfo({ classNames }), { metadata });
    if (told === null) expect(refused).toBeNull();
    else expect(refused).toContain(told);
  });

  it('says when the pictures of another format would lie among its own', () => {
    const refuses = (more: Parameters<typeof makeInfo>[0]) =>
      imagefolder.refuses(makeInfo({ ...more }), { metadata: 'csv' });
    expect(refuses({ bySplit: true, formats: ['images', 'imagefolder'] })).toContain('output.layout');
    expect(refuses({ bySplit: true, formats: ['npy', 'imagefolder'] })).toBeNull();
    expect(refuses({ bySplit: false, formats: ['images', 'imagefolder'] })).toBeNull();
  });
});
