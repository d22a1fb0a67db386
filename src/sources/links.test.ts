import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { ImageRef } from '../core/image';
import { links } from './links';

interface Listing {
  readonly refs: readonly ImageRef[];
  readonly notes: readonly string[];
}

async function list(
  content: BlobPart | readonly { readonly name: string; readonly text: BlobPart }[],
  name = 'pasted.txt',
  knobs: object = {},
): Promise<Listing> {
  const given = Array.isArray(content) ? content : [{ name, text: content as BlobPart }];
  const lists = given.map((each) => ({ name: each.name, file: new Blob([each.text]) }));
  const refs: ImageRef[] = [];
  const notes: string[] = [];
  const parsed = links.knobs.parse(knobs);
  for await (const listed of links.list(parsed, { lists }, new AbortController().signal)) {
    if (listed.kind === 'image') refs.push(listed.ref);
    else if (listed.kind === 'note') notes.push(listed.text);
  }
  return { refs, notes };
}

const rows = ({ refs }: Listing) =>
  refs.map(({ key, origin, label, columns }) => [key, origin.kind === 'link' && origin.url, label, columns]);

const a = 'https://pets.s3.amazonaws.com/cat/a%20b.jpg?X-Amz-Signature=0a1b&X-Amz-Credential=AKIA%2F1';
const b = 'https://pets.s3.amazonaws.com/dog/b.png';

describe('a list', () => {
  const expected = [
    ['cat/a b.jpg', a, 'cat', { shot: '1' }],
    ['dog/b.png', b, null, { shot: '' }],
  ];
  it.each<[string, string, BlobPart]>([
    ['CSV', 'a.csv', `url,label,shot\r\n"${a}",cat,1\r\n${b},,\r\n`],
    ['CSV by its content', 'pasted.txt', `shot,url,label\n1,${a},cat\n\n,${b},`],
    ['semicolons', 'a.csv', `url;label;shot\n${a};cat;1\n${b};;`],
    ['tabs', 'a.tsv', `\ufeffURL\tLabel\tshot\n${a}\tcat\t1\n${b}\t\t\n`],
    ['JSON lines', 'a.jsonl', `{"url":"${a}","label":"cat","shot":1}\n\n{"url":"${b}","label":null,"shot":""}`],
    ['JSON', 'a.json', JSON.stringify([{ url: a, label: 'cat', shot: 1 }, { url: b, label: null, shot: '' }])],
    ['Parquet', 'a.parquet', parquetWriteBuffer({ columnData: [
      { name: 'url', data: [a, b], type: 'STRING' },
      { name: 'label', data: ['cat', null], type: 'STRING' },
      { name: 'shot', data: ['1', ''], type: 'STRING' },
    ] })],
  ])('as %s', async (_, name, content) => {
    expect(rows(await list(content, name))).toEqual(expected);
  }); // biome-ignore format: a table

  it('as plain text, with labels behind the links or without', async () => {
    const listing = await list(`# mine\n\n  ${a}\tcat\r\n${b}\n`);
    expect(rows(listing)).toEqual([
      ['cat/a b.jpg', a, 'cat', undefined],
      ['dog/b.png', b, null, undefined],
    ]);
  });

  it('as plain text without labels, which then come from folders', async () => {
    expect(rows(await list(`${a}\n${b}`)).map(([, , label]) => label)).toEqual([undefined, undefined]);
  });

  it('as strings of JSON', async () => {
    expect(rows(await list(JSON.stringify([a, b]), 'a.json')).map(([key]) => key)).toEqual([
      'cat/a b.jpg',
      'dog/b.png',
    ]);
    expect(rows(await list(`"${a}"\n"${b}"`, 'a.jsonl')).map(([key]) => key)).toEqual([
      'cat/a b.jpg',
      'dog/b.png',
    ]);
  });

  it('whose cells go over pieces and lines', async () => {
    const long = `"${'x""y\n'.repeat(40_000)}"`;
    const listing = await list(`note,url\n${`${long},${b}\n`.repeat(5)}`, 'a.csv');
    expect(listing.refs).toHaveLength(5);
    expect(listing.refs[4].columns?.note).toBe('x"y\n'.repeat(40_000));
  });
});

describe('a table without a header', () => {
  it.each([
    ['a link and a label', 'a.csv', `${a},cat\n${b},dog\n`, [['cat', undefined], ['dog', undefined]]],
    ['by its content alone', 'pasted.txt', `${a},cat\n${b},dog\n`, [['cat', undefined], ['dog', undefined]]],
    ['quoted', 'pasted.txt', `"${a}",cat\n"${b}",dog\n`, [['cat', undefined], ['dog', undefined]]],
    ['a label and a link', 'a.csv', `cat;${a}\ndog;${b}\n`, [['cat', undefined], ['dog', undefined]]],
    ['a link alone', 'a.csv', `${a}\n${b}\n`, [[undefined, undefined], [undefined, undefined]]],
    ['more', 'a.csv', `7,${a},cat\n8,${b},dog\n`, [[undefined, { 'column 1': '7', 'column 3': 'cat' }], [undefined, { 'column 1': '8', 'column 3': 'dog' }]]],
  ] as const)('keeps its first row: %s', async (_, name, content, words) => {
    const { refs, notes } = await list(content, name);
    expect(refs.map(({ origin }) => origin.kind === 'link' && origin.url)).toEqual([a, b]);
    expect(refs.map(({ label, columns }) => [label, columns])).toEqual(words);
    expect(notes.join()).not.toMatch(/0a1b|AKIA/);
  }); // biome-ignore format: a table

  it('is not seen in links that hold commas', async () => {
    const urls = ['https://h/w_1,h_2/1.jpg', 'https://h/1.jpg?sizes=1,2', 'https://h/a,b'];
    for (const url of urls) {
      const { refs } = await list(`${url}\n${url}`);
      expect(refs[0].origin).toMatchObject({ url });
    }
  });

  it('names no secrets where its columns are told', async () => {
    const told = list(`${a},cat`, 'a.csv', { label_column: `${a}x` }).catch(String);
    expect(await told).toMatch(/has no column .*; its columns are "url", "label"/);
    expect(await told).not.toMatch(/0a1b|AKIA/);
    const { refs } = await list(`url,${a.replace('https', 'see https')}\n${b},1\n`, 'a.csv');
    expect(JSON.stringify(refs[0].columns)).not.toMatch(/0a1b|AKIA/);
  });
});

describe('columns', () => {
  const table = `a,link,kind,url\n1,${a},cat,${b}\n`;
  it('are chosen by name, and told', async () => {
    const listing = await list(table, 'a.csv', { url_column: 'link', label_column: 'kind' });
    expect(rows(listing)).toEqual([['cat/a b.jpg', a, 'cat', { a: '1', url: b }]]);
    expect(listing.notes).toEqual(['a.csv: 1 links; links from "link", labels from "kind".']);
  });
  it('are found by their values where their names say nothing', async () => {
    expect(rows(await list(`x,y\n1,${b}\n`, 'a.csv'))).toEqual([['dog/b.png', b, undefined, { x: '1' }]]);
  });
  it.each([
    ['a.csv', 'x,y\n1,2\n', {}, 'The list "a.csv" cannot be used: it has no column of links; its columns are "x", "y". Name it with url_column.'],
    ['a.csv', table, { label_column: 'b' }, 'it has no column "b"; its columns are "a", "link", "kind", "url".'],
    ['a.txt', 'hello\nworld\n', {}, 'Links begin with https://'],
    ['a.txt', '\n', {}, 'it is empty'],
    ['a.json', '{', {}, 'Links begin with https://'],
  ])('of %s %j are refused', async (name, content, knobs, message) => {
    await expect(list(content, name, knobs)).rejects.toThrow(message);
  }); // biome-ignore format: a table
  it('carry no secrets into the output', async () => {
    const listing = await list(`url,other\n${b},${a}\n`, 'a.csv', { url_column: 'url' });
    expect(JSON.stringify(listing.refs[0].columns)).not.toMatch(/0a1b|AKIA/);
  });
  it('of hashes are read as hex and base64', async () => {
    const md5 = '0123456789abcdef0123456789abcdef';
    const base64 = Buffer.from(md5, 'hex').toString('base64');
    const listing = await list(`url,md5\n${b},${md5.toUpperCase()}\n${b},${base64}\n${b},x\n`, 'a.csv');
    expect(listing.refs.map(({ origin }) => origin.kind === 'link' && origin.md5)).toEqual([
      md5,
      md5,
      undefined,
    ]);
  });
});

describe('keys', () => {
  const keysOf = async (...urls: string[]) => (await list(urls.join('\n'))).refs.map(({ key }) => key);
  it('are paths, made safe and unique', async () => {
    expect(
      await keysOf(
        'https://h/x/1.jpg?a=1', 'https://h/x/1.jpg?a=2', 'https://h/x/1%20(2).jpg', 'https://h/x/1.jpg',
        'https://u:p@h/../../etc/passwd', 'https://h/%2e%2e/%2Fa%5cb.jpg', 'https://h/100%.jpg', 'https://h/', 'https://h?x=1',
      ),
    ).toEqual(['x/1.jpg', 'x/1 (2).jpg', 'x/1 (2) (2).jpg', 'x/1 (3).jpg', 'etc/passwd', 'a_b.jpg', '100%.jpg', '_', '_ (2)']);
  }); // biome-ignore format: short addresses
  it('hold nothing of a name and password', async () => {
    expect(await keysOf('https://u:p@ss@h/1.jpg', 'https://b/1.jpg')).toEqual(['h/1.jpg', 'b/1.jpg']);
  });
  it('hold the host where there are several', async () => {
    expect(await keysOf('https://a/1.jpg', 'http://B:8080/1.jpg')).toEqual(['a/1.jpg', 'b_8080/1.jpg']);
  });
  it('of data: links and of what is no link', async () => {
    expect(await keysOf('data:image/png;base64,AAAA', 'https://a/1.jpg', 'nonsense')).toEqual([
      'data.png',
      '1.jpg',
      'line 3',
    ]);
  });
});

it('reads each byte of a Parquet list once', async () => {
  const count = 100_000;
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'url', data: Array.from({ length: count }, (_, i) => `https://h/${i}.jpg`), type: 'STRING' },
      { name: 'box', data: Array.from({ length: count }, (_, i) => ({ x: i })), type: 'JSON' },
    ],
    rowGroupSize: [60_000, 40_000],
  });
  const bytesRead: number[] = [];
  class Counted extends Blob {
    override slice(start?: number, end?: number) {
      const part = super.slice(start, end);
      bytesRead.push(part.size);
      return part;
    }
  }
  const lists = [{ name: 'a.parquet', file: new Counted([file]) }];
  const refs: ImageRef[] = [];
  for await (const listed of links.list(links.knobs.parse({}), { lists }, new AbortController().signal))
    if (listed.kind === 'image') refs.push(listed.ref);
  expect(refs).toHaveLength(count);
  expect(refs[99_999]).toMatchObject({ key: '99999.jpg', columns: { box: '{"x":99999}' } });
  expect(refs[60_000].columns).toEqual({ box: '{"x":60000}' });
  expect(bytesRead.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(file.byteLength * 1.5 + 2 ** 20);
});

it('reads a hundred thousand links in slices that leave the thread free', async () => {
  const text = Array.from(
    { length: 100_000 },
    (_, i) => `https://h/${i % 50}/${i}.jpg?X-Amz-Signature=${i}`,
  ).join('\n');
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { refs } = await list(text);
  clearInterval(timer);
  expect(refs).toHaveLength(100_000);
  expect(turns).toBeGreaterThan(5);
});
