import { assert } from '../base/assert';
import { linearProbe, nearestNeighbours, type Vectors } from '../features/proposals';
import { nearestTo } from '../features/similar';
import type { Near, ProposalWay, Proposed, ProposeJob } from './job';
import { expose, moved } from './rpc';

let vectors: Vectors | null = null;

const door = {
  /** Makes room for `count` vectors of so many numbers; what was there is let go. */
  open(count: number, length: number): void {
    vectors = { data: new Float32Array(count * length), length };
  },

  /** Takes in vectors of unit length from the `at`-th on: float32, little-endian, one behind the other. */
  put(at: number, bytes: readonly Uint8Array[]): void {
    assert(vectors !== null, 'vectors before there is room');
    for (const [i, piece] of bytes.entries()) {
      const aligned = piece.byteOffset % 4 === 0 ? piece : piece.slice();
      const numbers = new Float32Array(aligned.buffer, aligned.byteOffset, vectors.length);
      vectors.data.set(numbers, (at + i) * vectors.length);
    }
  },

  /** The `most` vectors nearest to one of them by cosine, nearest first, without itself; of the first `count`. */
  similar(place: number, count: number, most: number): readonly Near[] {
    assert(vectors !== null, 'vectors before there is room');
    return nearestTo(vectors, place, count, most);
  },

  /** Proposes labels for places from those of others. */
  propose(way: ProposalWay, { at, classIds, classes, wanted }: ProposeJob): Proposed {
    assert(vectors !== null, 'vectors before there is room');
    const proposer = (way === 'probe' ? linearProbe : nearestNeighbours)(vectors, { at, classIds, classes });
    const scores = new Float32Array(wanted.length * classes);
    for (const [i, place] of wanted.entries()) scores.set(proposer.scores(place), i * classes);
    return moved({ scores, accuracy: proposer.accuracy }, [scores.buffer]);
  },
};

export type ReviewDoor = typeof door;

expose(door);
