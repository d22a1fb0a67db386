import { describe, expect, it } from 'vitest';
import { longestTask } from '../base/test-longest-task';
import type { Listed } from '../core/image';
import type { MemberSpan } from '../core/member';
import { listArchive } from './archive';
import { blobSource } from './byte-source';
import { drawTar, drawZip, type TarPart } from './test-archives';

async function list(
  bytes: Uint8Array<ArrayBuffer>,
  key = 'pets.tar',
  prefix = 'pets/',
): Promise<readonly Listed[]> {
  const of = new Blob([bytes]);
  const listed: Listed[] = [];
  const originOf = (span: MemberSpan) => ({ kind: 'member', of, ...span }) as const;
  const archive = { key, prefix, originOf, far: false, bytes: blobSource(of), modified: 7, fault: null };
  for await (const each of listArchive(archive, new AbortController().signal)) listed.push(each);
  return listed;
}

const told = (listed: readonly Listed[]): readonly string[] =>
  listed.map((each) => {
    if (each.kind === 'note') return `note ${each.text}`;
    if (each.kind !== 'image') return `${each.kind === 'left-out' ? each.why : each.kind} ${each.key}`;
    const { key, origin, label, columns } = each.ref;
    const words =
      label === undefined && columns === undefined ? '' : ` ${JSON.stringify({ label, columns })}`;
    return `${origin.kind === 'refused' ? origin.failure.code : 'image'} ${key}${words}`;
  });

const tar = (names: readonly string[]) => drawTar(names.map((name): TarPart => ({ name, content: name })));

const png = '\x89PNG\r\n\x1a\n';

describe('listArchive', () => {
  it('says what each member is, as of a folder', async () => {
    const names = [
      './cat/1.jpg',
      'notes.txt',
      '.git/x.png',
      '.git/y.png',
      '__MACOSX/1.jpg',
      'inner.zip',
      'metadata.csv',
    ];
    expect(told(await list(tar(names)))).toEqual([
      'hidden pets/.git',
      'hidden pets/__MACOSX',
      'image pets/cat/1.jpg',
      'not-an-image pets/notes.txt',
      'not-an-image pets/inner.zip',
      'table pets/metadata.csv',
    ]);
  });

  it('makes names safe and tells equal ones apart', async () => {
    expect(told(await list(tar(['../a.jpg', '/a.jpg', 'C:\\a.jpg', 'a.jpg'])))).toEqual([
      'image pets/a.jpg',
      'image pets/a (2).jpg',
      'image pets/a (3).jpg',
      'image pets/a (4).jpg',
    ]);
  });

  it('looks into members without a known ending, packed ones too', async () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    const bytes = drawTar([
      { name: 'picture', content: png },
      { name: 'text', content: 'hello' },
    ]);
    expect(told(await list(bytes))).toEqual(['image pets/picture', 'not-an-image pets/text']);
    const packed = await drawZip({ text: 'hello', picture: `GIF89a${'x'.repeat(5000)}` });
    expect(told(await list(packed, 'pets.zip'))).toEqual(['not-an-image pets/text', 'image pets/picture']);
  });

  it('gives further names of a file what it holds, and names one that leads nowhere', async () => {
    const bytes = drawTar([
      { name: './a.jpg', content: 'x' },
      { name: 'b/c.jpg', type: '1', target: './a.jpg' },
      { name: '.d.jpg', type: '1', target: './a.jpg' },
      { name: 'e.jpg', type: '1', target: 'gone.jpg' },
    ]);
    const listed = await list(bytes);
    expect(told(listed)).toEqual([
      'hidden pets/.d.jpg',
      'image pets/a.jpg',
      'image pets/b/c.jpg',
      'missing pets/e.jpg',
    ]);
    const [, first, second] = listed;
    expect(second).toMatchObject({
      ref: { origin: (first?.kind === 'image' && first.ref.origin) || {}, bytes: 1 },
    });
  });

  it('reads tables from within', async () => {
    const [table] = await list(
      await drawZip({ 'a/metadata.csv': 'file_name,label\n1.jpg,cat' }),
      'pets.zip',
      '',
    );
    expect(table).toMatchObject({ kind: 'table', key: 'a/metadata.csv' });
    if (table?.kind === 'table') expect(await table.file.text()).toBe('file_name,label\n1.jpg,cat');
  });

  it('gives a sample of a WebDataset shard its label and columns', async () => {
    const bytes = drawTar([
      { name: '000.jpg', content: 'x' },
      { name: '000.cls', content: '4' },
      { name: '000.json', content: '{"label":"cat","n":1}' },
      { name: '001.cls', content: '7\n' },
      { name: '001.left.png', content: 'x' },
      { name: '001.right.png', content: 'x' },
      { name: '002.jpg', content: 'x' },
      { name: '003.txt', content: 'no image' },
    ]);
    expect(told(await list(bytes, 'shard.tar', ''))).toEqual([
      'image 000.jpg {"label":"cat","columns":{"n":"1"}}',
      'not-an-image 000.cls',
      'not-an-image 000.json',
      'not-an-image 001.cls',
      'image 001.left.png {"label":"7","columns":{}}',
      'image 001.right.png {"label":"7","columns":{}}',
      'image 002.jpg',
      'not-an-image 003.txt',
    ]);
  });

  it('names what is cut off, and the archive where nothing else can be named', async () => {
    const whole = drawTar([
      { name: '1.jpg', content: 'x' },
      { name: '2.jpg', content: 'x'.repeat(2000) },
    ]);
    expect(told(await list(whole.slice(0, 2000)))).toEqual(['image pets/1.jpg', 'truncated pets/2.jpg']);
    expect(told(await list(new TextEncoder().encode('not a tar'.repeat(100))))).toEqual(['corrupt pets.tar']);
    expect(told(await list(new Uint8Array(0)))).toEqual(['empty pets.tar']);
    expect(told(await list(new Uint8Array(9000), 'pets.zip'))).toEqual(['truncated pets.zip']);
  });

  it('leaves the thread free while it reads the words of many samples', async () => {
    const json = JSON.stringify({ label: 'cat', caption: 'words '.repeat(30), n: [1, 2, 3] });
    const parts = Array.from({ length: 20_000 }, (_, i): TarPart[] => [
      { name: `${i}.jpg`, content: 'x' },
      { name: `${i}.json`, content: json },
    ]).flat();
    const bytes = drawTar(parts);
    expect(await longestTask(() => list(bytes))).toBeLessThan(0.25);
  });

  it('gives what was cut off a key of its own, whatever keys were made up before', async () => {
    const whole = drawTar([
      { name: 'a.jpg', content: 'x' },
      { name: 'a.jpg', content: 'x' },
      { name: 'a (2).jpg', content: 'x'.repeat(2000) },
    ]);
    expect(told(await list(whole.slice(0, 3000)))).toEqual([
      'image pets/a.jpg',
      'image pets/a (3).jpg',
      'truncated pets/a (2).jpg',
    ]);
  });

  it('tells zip and tar apart by their bytes', async () => {
    expect(told(await list(await drawZip({ '1.jpg': png }), 'misnamed.tar'))).toEqual(['image pets/1.jpg']);
  });
});
