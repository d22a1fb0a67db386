import type { Vectors } from './proposals';

/** A vector's place, and how near it is: the cosine of their angle, −1 to 1. */
export interface Near {
  readonly at: number;
  readonly similarity: number;
}

/** Finds the `most` of the first `count` unit vectors that are nearest to the one at `place`, nearest first, without itself. */
export function nearestTo({ data, length }: Vectors, place: number, count: number, most: number): Near[] {
  const query = data.slice(place * length, (place + 1) * length);
  const nearest: Near[] = [];
  for (let at = 0; at < count; at++) {
    if (at === place) continue;
    const similarity = dotAt(data, at * length, query);
    if (nearest.length === most && similarity <= nearest[most - 1].similarity) continue;
    const found = nearest.findIndex((other) => other.similarity < similarity);
    nearest.splice(found === -1 ? nearest.length : found, 0, { at, similarity });
    if (nearest.length > most) nearest.pop();
  }
  return nearest;
}

/** Four sums side by side: additions that wait for one another take four times as long. */
function dotAt(data: Float32Array, from: number, query: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < query.length; i += 4) {
    a += data[from + i] * query[i];
    b += data[from + i + 1] * query[i + 1];
    c += data[from + i + 2] * query[i + 2];
    d += data[from + i + 3] * query[i + 3];
  }
  for (; i < query.length; i++) a += data[from + i] * query[i];
  return a + b + c + d;
}
