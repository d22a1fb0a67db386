import { expect, test } from 'vitest';
import { fetchKnobs } from '../core/reading-knobs';
import { createLinkReader } from './link-reader';

// Where there are no workers at all, whoever asks for one fails.
test('what is listed as too large is not asked for', async () => {
  const links = createLinkReader({ knobs: fetchKnobs.parse({}), proxy: null });
  const link = { kind: 'link', url: 'https://images.example/1.jpg' } as const;
  expect(await links.read(link, 2_500_000, 2)).toEqual({
    ok: false,
    failure: {
      stage: 'fetch',
      code: 'too-large',
      message: 'It has 3 MB; decode.max_megabytes allows 2.',
    },
  });
  await expect(links.read(link, 2_000_000, 2)).rejects.toThrow('Worker is not defined');
});
