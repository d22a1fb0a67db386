import { assert } from '../base/assert';
import { createNearest, type NearestIndex } from '../features/nearest';
import { linearProbe, nearestNeighbours } from '../features/proposals';
import type { Near, ProposalWay, Proposed, ProposeJob } from './job';
import { expose, moved } from './rpc';

let index: NearestIndex | null = null;

const door = {
  /** Makes room for vectors of so many numbers, about `count` of them; what was there is let go. */
  open(length: number, count: number): void {
    index = createNearest(length, count);
  },

  /** Takes in vectors behind those that are there: float32, little-endian. */
  put(vectors: readonly Uint8Array[]): void {
    const { add } = opened();
    for (const piece of vectors) add(new Float32Array(piece.slice().buffer));
  },

  /** The `most` vectors nearest to one of them, nearest first, without itself. */
  similar(place: number, most: number): readonly Near[] {
    const { nearest, row } = opened();
    return nearest(row(place), most, place);
  },

  /** Proposes labels for places from those of others. */
  propose(way: ProposalWay, { at, classIds, classes, wanted }: ProposeJob): Proposed {
    const { row } = opened();
    const known = { vectors: at.map(row), classIds, classes };
    const proposer = way === 'probe' ? linearProbe(known) : nearestNeighbours(known);
    const scores = new Float32Array(wanted.length * classes);
    for (const [i, place] of wanted.entries()) scores.set(proposer.scores(row(place)), i * classes);
    return moved({ scores, accuracy: proposer.accuracy }, [scores.buffer]);
  },
};

export type ReviewDoor = typeof door;

function opened(): NearestIndex {
  assert(index !== null, 'vectors before there is room');
  return index;
}

expose(door);
