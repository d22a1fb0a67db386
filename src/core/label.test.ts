import { describe, expect, it } from 'vitest';
import { random } from '../base/random';
import { RecipeError } from './failure';
import { fileRef } from './image';
import { type Labelling, labelImages } from './label';
import type { Recipe } from './recipe';

const folderKnobs: Recipe['labels'] = { from: 'folder', level: -1, pattern: '', column: 'label' };
const split: Recipe['split'] = { by: 'ratio', validation: 0.1, test: 0.1, stratify: true };

const makeImages = (keys: readonly string[]) => keys.map((key) => fileRef(key, new File(['x'], 'x')));

async function label(
  keys: readonly string[],
  knobs: Partial<Recipe['labels']>,
  by: Recipe['split']['by'] = 'ratio',
  tables: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {},
): Promise<Labelling> {
  const files = Object.entries(tables).map(([key, text]) => ({ key, file: new File([text], 'metadata') }));
  return labelImages(
    { images: makeImages(keys), tables: files },
    { labels: { ...folderKnobs, ...knobs }, split: { ...split, by } },
  );
}

describe('labels from folders', () => {
  const keys = ['a/b/c/1.jpg', 'a/x/2.jpg', 'q/3.jpg', '4.jpg'];
  it.each([
    [-1, ['c', 'x', 'q', null]],
    [-2, ['b', 'a', null, null]],
    [1, ['a', 'a', 'q', null]],
    [2, ['b', 'x', null, null]],
    [3, ['c', null, null, null]],
    [20, [null, null, null, null]],
  ])('takes level %i', async (level, expected) => {
    expect((await label(keys, { level })).labels).toEqual(expected);
  });

  it('sorts class names by code points, beyond the basic plane too', async () => {
    const names = ['\uff5e', '😀', 'b', 'B', '10', '9', 'é', '\ufb01', '# %', 'a b'];
    const { classNames } = await label(
      names.map((name) => `${name}/1.jpg`),
      {},
    );
    expect(classNames).toEqual(['# %', '10', '9', 'B', 'a b', 'b', 'é', '\ufb01', '\uff5e', '😀']);
  });

  it('passes over the folder that the split comes from', async () => {
    const nested = ['train/cat/1.jpg', 'cat/val/2.jpg', 'test/3.jpg', 'train/test/4.jpg'];
    expect((await label(nested, {}, 'folder')).labels).toEqual(['cat', 'cat', null, 'test']);
    expect((await label(nested, { level: 1 }, 'folder')).labels).toEqual(['cat', 'cat', null, 'test']);
    expect((await label(nested, {}, 'ratio')).labels).toEqual(['cat', 'val', 'test', 'test']);
  });

  it('says which images have no label', async () => {
    const { notes } = await label(keys, { level: 2 });
    expect(notes).toEqual(['2 of 4 images ("q/3.jpg", "4.jpg") have no folder at level 2: no label.']);
    expect((await label(['a/1.jpg'], {})).notes).toEqual([]);
  });
});

describe('labels from a pattern', () => {
  it('takes the group named label', async () => {
    const { labels, classNames, notes } = await label(['cat_1.jpg', 'dog_2.jpg', 'x.jpg'], {
      from: 'pattern',
      pattern: '^(?<label>[^_/]+)_',
    });
    expect(labels).toEqual(['cat', 'dog', null]);
    expect(classNames).toEqual(['cat', 'dog']);
    expect(notes[0]).toContain('1 of 3 images ("x.jpg") do not match');
  });

  it('takes an empty or unmatched group for no label, and leaves very long paths alone', async () => {
    const keys = ['_1.jpg', 'b_1.jpg', `${'a'.repeat(5000)}_1.jpg`];
    const { labels } = await label(keys, { from: 'pattern', pattern: '^(?<label>a*)' });
    expect(labels).toEqual([null, null, null]);
  });
});

describe('labels from tables', () => {
  const from = { from: 'table' } as const;

  it('reads metadata.csv with quotes, commas, newlines, a byte order mark and CRLF', async () => {
    const csv =
      '\ufefffile_name,label,caption\r\n1.jpg,cat,"a ""cat"", asleep"\r\n"odd, name.jpg",dog,"two\r\nlines"\r\n\r\nö😀.jpg,,x\r\n';
    const got = await label(['1.jpg', 'odd, name.jpg', 'ö😀.jpg'], from, 'ratio', { 'metadata.csv': csv });
    expect(got.labels).toEqual(['cat', 'dog', null]);
    expect(got.extraColumns).toEqual(['caption']);
    expect(got.extras.map(({ caption }) => caption)).toEqual(['a "cat", asleep', 'two\r\nlines', 'x']);
    expect(got.notes).toEqual([]);
  });

  it('reads metadata.jsonl, values of any kind', async () => {
    const lines = [
      { file_name: '1.jpg', label: 3, box: [1, 2], ok: true },
      { file_name: '2.jpg', label: null, more: 'é' },
    ];
    const jsonl = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\n`;
    const got = await label(['1.jpg', '2.jpg'], from, 'ratio', { 'metadata.jsonl': jsonl });
    expect(got.labels).toEqual(['3', null]);
    expect(got.extras).toEqual([
      { box: '[1,2]', ok: 'true', more: '' },
      { box: '', ok: '', more: 'é' },
    ]);
  });

  it('reads names relative to the table’s own folder; the nearest table counts', async () => {
    const got = await label(['1.jpg', 'a/1.jpg', 'a/b/2.jpg', 'c/3.jpg'], from, 'ratio', {
      'metadata.csv': 'file_name,label\n1.jpg,root\na/1.jpg,far\n./c\\3.jpg,windows\n',
      'a/metadata.csv': 'file_name,label\n1.jpg,near\nb/2.jpg,deep\n../a/b/../1.jpg,again\n',
    });
    expect(got.labels).toEqual(['root', 'near', 'deep', 'windows']);
    expect(got.notes).toEqual([
      '1 of 3 rows ("../a/b/../1.jpg") of a/metadata.csv name an image again; its first row counts.',
    ]);
  });

  it('finds names whose accents are composed otherwise', async () => {
    const got = await label(['e\u0301.jpg'], from, 'ratio', {
      'metadata.csv': 'file_name,label\n\u00e9.jpg,x\n',
    });
    expect(got.labels).toEqual(['x']);
  });

  it.each([
    ['semicolons', 'file_name;label\n1.jpg;a,b\n'],
    ['tabs', 'file_name\tlabel\n1.jpg\ta,b\n'],
    ['commas', '"file_name","label"\n1.jpg,"a,b"'],
  ])('reads %s', async (_, csv) => {
    expect((await label(['1.jpg'], from, 'ratio', { 'metadata.csv': csv })).labels).toEqual(['a,b']);
  });

  it('reads UTF-16 with its mark, as spreadsheets export it', async () => {
    const text = '\ufefffile_name\tlabel\n1.jpg\tñ\n';
    const bytes = new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
    expect((await label(['1.jpg'], from, 'ratio', { 'metadata.csv': bytes })).labels).toEqual(['ñ']);
  });

  it('tells of rows without an image, images without a row, broken rows', async () => {
    const got = await label(['1.jpg', '2.jpg'], from, 'ratio', {
      'metadata.csv': 'file_name,label\n1.jpg,a,too much\nnone.jpg,b\n1.jpg,c\n',
      'metadata.jsonl': '{"file_name":"1.jpg"}\nnot json\n[1]\n',
    });
    expect(got.labels).toEqual(['a', null]);
    expect(got.notes).toEqual([
      'In metadata.csv, 1 row with more or fewer cells than the header’s 2.',
      '1 of 3 rows ("none.jpg") of metadata.csv name images that are not there.',
      '1 of 3 rows ("1.jpg") of metadata.csv name an image again; its first row counts.',
      'Passed over in metadata.jsonl: 2 lines that are no JSON objects, first line 2.',
      '1 of 2 images ("2.jpg") have no row in a table.',
    ]);
  });

  it('survives columns named like an object’s own machinery', async () => {
    const csv = 'file_name,label,__proto__,constructor,toString\n1.jpg,__proto__,p,c,t\n';
    const got = await label(['1.jpg'], from, 'ratio', { 'metadata.csv': csv });
    expect(got.classNames).toEqual(['__proto__']);
    expect(Object.entries(got.extras[0])).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
  });

  it('carries columns without labels when the column is left empty, but no data frame’s index', async () => {
    const got = await label(['1.jpg'], { ...from, column: '' }, 'ratio', {
      'metadata.csv': ',file_name,text\n0,1.jpg,hi\n',
    });
    expect(got.labels).toEqual([null]);
    expect(got.extras).toEqual([{ text: 'hi' }]);
  });

  const refusals: readonly [
    string,
    Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
    string,
    string,
  ][] = [
    ['no table', {}, 'labels.from', 'no metadata.csv or metadata.jsonl'],
    [
      'no file_name',
      { 'a/metadata.csv': 'image,label\n1.jpg,x' },
      'labels.from',
      'its columns are "image", "label"',
    ],
    ['an empty table', { 'metadata.csv': '' }, 'labels.from', 'its columns are none'],
    ['an empty jsonl', { 'metadata.jsonl': '\n' }, 'labels.from', 'no column file_name'],
    [
      'no such column',
      { 'metadata.csv': 'file_name,class\n' },
      'labels.column',
      'has the columns "file_name", "class"',
    ],
    [
      'bytes that are not UTF-8',
      { 'metadata.csv': Uint8Array.of(0x66, 0xff, 0xfe) },
      'labels.from',
      'not UTF-8',
    ],
  ];
  it.each(refusals)('refuses %s with the path and what was seen', async (_, tables, path, words) => {
    const error = await label(['1.jpg'], from, 'ratio', tables).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RecipeError);
    if (!(error instanceof RecipeError)) return;
    expect(error.problems[0].path).toBe(path);
    expect(error.problems[0].message).toContain(words);
    const [table] = Object.keys(tables);
    if (table) expect(error.problems[0].message).toContain(table);
  });

  it('reads a table of many chunks whole, quotes across their borders', async () => {
    const count = 20_000;
    const rows = Array.from(
      { length: count },
      (_, i) => `${i}.jpg,c${i % 7},"line ${i}\n""quoted"", ${'é'.repeat(i % 11)}"`,
    );
    const keys = Array.from({ length: count }, (_, i) => `${i}.jpg`);
    const got = await label(keys, from, 'ratio', {
      'metadata.csv': `file_name,label,text\n${rows.join('\n')}\n`,
    });
    expect(got.notes).toEqual([]);
    for (let i = 0; i < count; i += 37) {
      expect(got.labels[i]).toBe(`c${i % 7}`);
      expect(got.extras[i].text).toBe(`line ${i}\n"quoted", ${'é'.repeat(i % 11)}`);
    }
  });
});

it('reads damaged tables or refuses them as a recipe’s problem, never otherwise', async () => {
  const whole = {
    'metadata.csv': 'file_name,label,text\r\n1.jpg,a,"x ""y"", z"\r\n"2.jpg",b,\r\n',
    'metadata.jsonl':
      '{"file_name":"1.jpg","label":"a","text":[1,{"y":null}]}\n{"file_name":"2.jpg","label":7}\n',
  };
  const numbers = random('damaged tables');
  const below = (end: number) => Math.floor(numbers.between(0, end));
  let read = 0;
  for (let round = 0; round < 400; round++) {
    for (const [key, text] of Object.entries(whole)) {
      const bytes = new TextEncoder().encode(text);
      for (let hit = 0; hit < 1 + round / 100; hit++)
        bytes[below(bytes.length)] = below(round % 8 === 0 ? 256 : 128); // over 127 is seldom UTF-8
      const cut = bytes.slice(0, round % 3 === 0 ? below(bytes.length) : bytes.length);
      const got = await label(['1.jpg', '2.jpg'], { from: 'table' }, 'ratio', { [key]: cut }).catch(
        (error: unknown) => error,
      );
      if (got instanceof RecipeError) continue;
      expect(got, `round ${round} of ${key}: ${new TextDecoder().decode(cut)}`).toHaveProperty(
        'labels.length',
        2,
      );
      read++;
    }
  }
  expect(read).toBeGreaterThan(100);
});

it('gives no labels when none are wanted', async () => {
  const got = await label(['a/1.jpg'], { from: 'none' });
  expect(got).toEqual({ labels: [null], classNames: [], extras: [{}], extraColumns: [], notes: [] });
});

it('takes labels and columns that the list of a source gives, before the folder', async () => {
  const images = [
    { ...fileRef('a/1.jpg', new File([], '1.jpg')), label: 'cat', columns: { shot: 'x', split: 'y' } },
    { ...fileRef('a/2.jpg', new File([], '2.jpg')), label: null, columns: { shot: 'z' } },
    fileRef('a/3.jpg', new File([], '3.jpg')),
  ];
  const got = await labelImages({ images, tables: [] }, { labels: folderKnobs, split });
  expect(got).toEqual({
    labels: ['cat', null, 'a'],
    classNames: ['a', 'cat'],
    extras: [
      { shot: 'x', split: 'y' },
      { shot: 'z', split: '' },
      { shot: '', split: '' },
    ],
    extraColumns: ['shot', 'split'],
    notes: ['1 of 3 images ("a/2.jpg") have none in the list: no label.'],
  });
  const none = await labelImages({ images, tables: [] }, { labels: { ...folderKnobs, from: 'none' }, split });
  expect([none.labels, none.extraColumns]).toEqual([
    [null, null, null],
    ['shot', 'split'],
  ]);
});
