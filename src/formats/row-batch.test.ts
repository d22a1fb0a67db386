import { expect, it } from 'vitest';
import { makeInfo, makeRow } from './memory-files';
import { createBatcher } from './row-batch';
import { columnsOf } from './table';

const columns = columnsOf(makeInfo());

it('is full before its images go over the limit, one image alone excepted', () => {
  const counts = (length: number, limit: number) => {
    const batcher = createBatcher(columns, () => new Uint8Array(length), [], {
      rows: 1000,
      bytes: limit,
    });
    for (let rows = 1; ; rows++) {
      batcher.add(makeRow());
      if (batcher.full()) return rows;
    }
  };
  expect(counts(30, 100)).toBe(3);
  expect(counts(50, 100)).toBe(2);
  expect(counts(101, 100)).toBe(1);
  expect(counts(0, 100)).toBe(1000);
});

it('copies images, and begins anew after each batch', () => {
  const image = new Uint8Array([1, 2, 3]);
  const batcher = createBatcher(columns, () => image, [], { rows: 1000, bytes: 100 });
  batcher.add(makeRow({ key: 'a' }));
  image.fill(9, 0, 1);
  batcher.add(makeRow({ key: 'b' }));
  const { rows, cells, ends, images } = batcher.take();
  expect({ rows, names: cells[0], ends, images: [...images] }).toEqual({
    rows: 2,
    names: ['a', 'b'],
    ends: [3, 6],
    images: [1, 2, 3, 9, 2, 3],
  });
  batcher.add(makeRow({ key: 'c' }));
  expect(batcher.take()).toMatchObject({ rows: 1, ends: [3] });
  expect(batcher.take().rows).toBe(0);
});
