import { expect, test } from 'vitest';
import { type LinkReader, readLink } from './link-reader';

test('what is listed as too large is not asked for', async () => {
  const asked: string[] = [];
  const links: LinkReader = {
    async read({ url }) {
      asked.push(url);
      return { ok: true, value: new Uint8Array(3) };
    },
    dispose: () => undefined,
  };
  const read = (url: string, bytes: number | null) =>
    readLink(links, { key: 'a', origin: { kind: 'link', url }, bytes, modified: null }, 2);
  expect(await read('https://a/large', 2_500_000)).toEqual({
    ok: false,
    failure: {
      stage: 'fetch',
      code: 'too-large',
      message: 'It has 3 MB; decode.max_megabytes allows 2.',
    },
  });
  expect(await read('https://a/fits', 2_000_000)).toMatchObject({ ok: true });
  expect(await read('https://a/unknown', null)).toMatchObject({ ok: true });
  expect(asked).toEqual(['https://a/fits', 'https://a/unknown']);
});
