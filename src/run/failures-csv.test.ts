import { expect, it } from 'vitest';
import { failuresCsv } from './failures-csv';

it('writes every skipped file, whatever its name', () => {
  const failure = {
    key: 'a, "b"\n.jpg',
    stage: 'decode',
    code: 'truncated',
    message: 'It ends early.',
  } as const;
  expect(failuresCsv([failure])).toBe(
    'filename,stage,code,message\n"a, ""b""\n.jpg",decode,truncated,It ends early.\n',
  );
});
