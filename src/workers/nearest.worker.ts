import { assert } from '../base/assert';
import { createNearest, type NearestIndex } from '../features/nearest';
import { expose, moved } from './rpc';

let index: NearestIndex | null = null;

const door = {
  /** Forgets what it has and begins with vectors of another length. */
  begin(length: number): void {
    index = createNearest(length);
  },

  /** Takes vectors that lie end to end. Throws a RangeError when there is no memory for them. */
  add(vectors: Float32Array): void {
    assert(index !== null, 'add before begin');
    index.add(vectors);
  },

  /** Every row's cosine with one of them, in the rows' order. */
  alike(row: number): Float32Array<ArrayBuffer> {
    assert(index !== null, 'alike before begin');
    const cosines = index.cosines(index.row(row));
    return moved(cosines, [cosines.buffer]);
  },
};

export type NearestDoor = typeof door;

expose(door);
