import { expect, test } from 'vitest';
import { decoders } from '../../src/decoders/index';
import { listedFormats } from './readme';

test('the README lists every format that is decoded, and no other', () => {
  const listed = listedFormats();
  const way = 'npm run conformance -- DIR --readme writes the table anew';
  expect(listed, way).toEqual(decoders.map(({ id }) => id));
});
