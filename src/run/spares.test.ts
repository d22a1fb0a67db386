import { expect, it } from 'vitest';
import { createSpares } from './spares';

it('gives back what it was given, the latest first, and keeps no more than it may', () => {
  const spares = createSpares(2);
  expect(spares.take()).toBeUndefined();
  const buffers = [1, 2, 3].map((bytes) => new ArrayBuffer(bytes));
  spares.give(buffers);
  expect([spares.take(), spares.take(), spares.take()]).toEqual([buffers[1], buffers[0], undefined]);
});
