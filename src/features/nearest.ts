import { assert } from '../base/assert';
import { nearestWasm } from './nearest-wasm';

/** A row and how like the query it is. */
export interface Neighbour {
  /** Position among the rows that were added. */
  readonly row: number;
  /** Cosine of the angle between the two, -1 to 1; 0 with a vector of zeros. */
  readonly cosine: number;
}

/** Vectors to be searched, exactly: every query is compared with every one of them. */
export interface NearestIndex {
  readonly rows: number;
  /** Adds rows that lie end to end. Throws a RangeError when there is no memory for them. */
  add(vectors: Float32Array): void;
  /**
   * The nearest rows, best first, of equal ones the earlier first; `but` is left out, for a query that is a row itself. Cosines
   * are of single precision.
   */
  nearest(query: Float32Array, count: number, but?: number): readonly Neighbour[];
  /** A row as it is kept: of length 1. */
  row(index: number): Float32Array;
}

/**
 * Begins an index of vectors of `length` numbers for about `rows` rows. They are kept in WebAssembly's own memory, scaled to length
 * 1, so that a query is one pass over it: it is as fast as memory can be read. WebAssembly ends at 4 GiB: 800,000 rows of
 * 1,280 numbers. Needs SIMD.
 */
export function createNearest(length: number, rows = 0): NearestIndex {
  assert(length >= 1, `vectors of ${length} numbers`);
  const { memory, dots } = instantiate();
  const stride = Math.ceil(length / blockNumbers) * blockNumbers;
  // The query, the cosines of as many rows as are compared at once, and then the rows.
  const scoresAt = stride * 4;
  const rowsAt = scoresAt + rowsAtOnce * 4;
  let count = 0;
  const reserve = (wanted: number) => {
    const missing = rowsAt + wanted * stride * 4 - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / pageBytes));
    } catch (error) {
      throw new RangeError(`There is no memory for ${wanted} vectors of ${length} numbers.`, {
        cause: error,
      });
    }
  };
  const viewAt = (row: number) => new Float32Array(memory.buffer, rowsAt + row * stride * 4, length);
  reserve(rows);
  return {
    get rows() {
      return count;
    },
    add(vectors) {
      const added = vectors.length / length;
      assert(Number.isInteger(added), `${vectors.length} numbers in vectors of ${length}`);
      // Half as much again, so that adding one by one does not move all of them each time.
      if (rowsAt + (count + added) * stride * 4 > memory.buffer.byteLength)
        reserve(Math.max(count + added, Math.min(count * 1.5, mostRows(stride))));
      for (let i = 0; i < added; i++)
        scaleInto(viewAt(count + i), vectors.subarray(i * length, (i + 1) * length));
      count += added;
    },
    nearest(query, wanted, but = -1) {
      assert(query.length === length, `a query of ${query.length} numbers among vectors of ${length}`);
      scaleInto(new Float32Array(memory.buffer, 0, length), query);
      const best = keepBest(wanted);
      for (let from = 0; from < count; from += rowsAtOnce) {
        const some = Math.min(rowsAtOnce, count - from);
        dots(0, rowsAt + from * stride * 4, some, stride * 4, scoresAt);
        const scores = new Float32Array(memory.buffer, scoresAt, some);
        for (let i = 0; i < some; i++)
          if (scores[i] > best.least() && from + i !== but) best.add(from + i, scores[i]);
      }
      return best.taken();
    },
    row: (index) => viewAt(index).slice(),
  };
}

/** Numbers that the kernel takes in one turn; rows are filled up to it with zeros. */
const blockNumbers = 16;

const pageBytes = 65_536;

/** Rows compared before their cosines are looked at. More would not fit in a core's first cache, fewer would be calls for nothing. */
const rowsAtOnce = 2048;

/** What WebAssembly's 4 GiB hold. */
const mostRows = (stride: number) => Math.floor((2 ** 32 - 2 ** 20) / (stride * 4));

/** Scales to length 1, summing in double precision; a vector of zeros, or with what is no number, becomes zeros. */
function scaleInto(out: Float32Array, vector: Float32Array): void {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  const scale = squares > 0 && Number.isFinite(squares) ? 1 / Math.sqrt(squares) : 0;
  if (scale === 0) out.fill(0);
  else for (let i = 0; i < vector.length; i++) out[i] = vector[i] * scale;
}

/** Keeps the best so many, sorted: of thousands only a few get in. */
function keepBest(wanted: number) {
  const kept: Neighbour[] = [];
  return {
    /** A row must be more like the query than this to get in. */
    least: () =>
      kept.length < wanted ? Number.NEGATIVE_INFINITY : (kept.at(-1)?.cosine ?? Number.POSITIVE_INFINITY),
    add(row: number, cosine: number) {
      let at = kept.length;
      while (at > 0 && kept[at - 1].cosine < cosine) at--;
      kept.splice(at, 0, { row, cosine });
      if (kept.length > wanted) kept.pop();
    },
    taken: (): readonly Neighbour[] => kept,
  };
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  dots(query: number, row: number, rows: number, bytes: number, out: number): void;
}

function instantiate(): Kernel {
  const bytes = Uint8Array.from(atob(nearestWasm), (letter) => letter.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return exports as unknown as Kernel; // what nearest.wat exports
}
