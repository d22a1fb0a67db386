import { describe, expect, it } from 'vitest';
import { links } from './links';

/** What each link became, and the notes beside those on the lists themselves. */
async function refresh(
  stale: readonly string[],
  ...fresh: readonly (readonly string[])[]
): Promise<{ readonly urls: readonly string[]; readonly notes: readonly string[] }> {
  const listOf = (name: string, urls: readonly string[]) => ({ name, file: new Blob([urls.join('\n')]) });
  const grants = {
    lists: [listOf('stale', stale)],
    freshLists: fresh.map((urls, i) => listOf(`fresh ${i}`, urls)),
  };
  const urls: string[] = [];
  const notes: string[] = [];
  const knobs = links.knobs.parse({});
  for await (const listed of links.list(knobs, grants, new AbortController().signal)) {
    if (listed.kind === 'image' && listed.ref.origin.kind === 'link') urls.push(listed.ref.origin.url);
    else if (listed.kind === 'note' && !listed.text.startsWith('stale:')) notes.push(listed.text);
  }
  return { urls, notes };
}

describe('fresh links take the place of those to the same object', () => {
  it.each([
    ['Amazon', '?versionId=3&X-Amz-Date=20260101T000000Z&X-Amz-Signature=a', '?X-Amz-Date=20261125T000000Z&X-Amz-Signature=b&versionId=3'],
    ['Amazon by another of its libraries', '?X-Amz-Signature=a', '?X-Amz-Signature=b&x-id=GetObject'],
    ['Amazon, V2', '?AWSAccessKeyId=A&Expires=1&Signature=a', '?AWSAccessKeyId=B&Signature=b&Expires=2'],
    ['Google', '?X-Goog-Date=20260101T000000Z&X-Goog-Signature=a', '?X-Goog-Date=20261125T000000Z&X-Goog-Signature=b'],
    ['CloudFront', '?Policy=a&Signature=a&Key-Pair-Id=K', '?Expires=2&Signature=b&Key-Pair-Id=K'],
    ['Azure', '?snapshot=1&sv=2021-01-01&se=2026-01-01&sr=b&sp=r&sig=a', '?sv=2025-01-01&st=2026-01-01&se=2027-01-01&sr=b&sp=r&sig=b&snapshot=1'],
    ['nobody known', '?token=a&expires=1', '?token=b&expires=2'],
  ])('signed by %s', async (_, old, fresh) => {
    const stale = [`https://h/1.jpg${old}`, `https://h/2.jpg${old}`];
    const { urls, notes } = await refresh(stale, [`https://h/2.jpg${fresh}`, `https://H/1.jpg${fresh}`]);
    expect(urls).toEqual([`https://H/1.jpg${fresh}`, `https://h/2.jpg${fresh}`]);
    expect(notes).toEqual([]);
  }); // biome-ignore format: a table

  it('told apart by what else their queries ask for', async () => {
    const signed = (id: number, signature: string) => `https://h/img?id=${id}&X-Amz-Signature=${signature}`;
    const { urls } = await refresh([signed(1, 'a'), signed(2, 'a')], [signed(2, 'b'), signed(1, 'b')]);
    expect(urls).toEqual([signed(1, 'b'), signed(2, 'b')]);
  });

  it('but not of those whose paths only become the same name', async () => {
    const paths = ['a%3Ab.jpg', 'a_b.jpg', 'x/../a_b.jpg'];
    const of = (signature: string) => paths.map((path) => `https://h/${path}?X-Amz-Signature=${signature}`);
    expect((await refresh(of('a'), of('b').reverse())).urls).toEqual(of('b'));
  });

  it('on another host, where the path is one to one in both lists', async () => {
    const { urls, notes } = await refresh(['https://a/1.jpg', 'https://a/2.jpg'], ['https://b/2.jpg']);
    expect(urls).toEqual(['https://a/1.jpg', 'https://b/2.jpg']);
    expect(notes).toEqual([
      'Fresh links: 1 link comes from another host now, as the only one of the same path (for example "/2.jpg").',
    ]);
  });

  it.each([
    ['two links share the path', ['https://a/1.jpg', 'https://b/1.jpg'], ['https://c/1.jpg']],
    ['two fresh links share the path', ['https://a/1.jpg'], ['https://b/1.jpg', 'https://c/1.jpg']],
    ['their queries ask for different things', ['https://a/img?id=1'], ['https://a/img?id=2']],
    ['one of their queries asks for something', ['https://a/img'], ['https://a/img?id=2&token=b']],
    [
      'their buckets differ',
      ['https://cats.s3.amazonaws.com/1.jpg'],
      ['https://dogs.s3.eu-west-1.amazonaws.com/1.jpg'],
    ],
  ])('and stay where %s, which a note says', async (_, stale, fresh) => {
    const { urls, notes } = await refresh(stale, fresh);
    expect(urls).toEqual(stale);
    expect(notes).toEqual([
      expect.stringMatching(
        /^Fresh links: (1 link stays as it is|2 links stay as they are), for it is not clear which of the fresh ones is meant \(for example "\/(1\.jpg|img)"\)/,
      ),
    ]);
  });

  it('of the last list that has one', async () => {
    const { urls } = await refresh(['https://a/1.jpg'], ['https://b/1.jpg?sig=1'], ['https://c/1.jpg?sig=2']);
    expect(urls).toEqual(['https://c/1.jpg?sig=2']);
  });

  it('and those that belong to no link are told', async () => {
    const { notes } = await refresh(['https://a/1.jpg'], ['https://a/1.jpg?X-Amz-Signature=b', 'https://a/3.jpg?X-Amz-Signature=c']);
    expect(notes).toEqual(['Fresh links: 1 of them belongs to no link of the list (for example "/3.jpg").']);
  }); // biome-ignore format: a call
});
