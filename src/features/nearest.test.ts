import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { random } from '../base/random';
import { createNearest, type Neighbour } from './nearest';

/** Vectors of numbers between -1 and 1, end to end. */
function draw(rows: number, length: number, seed: number): Float32Array {
  const next = random(seed, 'vectors');
  return Float32Array.from({ length: rows * length }, () => next.between(-1, 1));
}

/** By the definition, in double precision. */
function byHand(vectors: Float32Array, length: number, query: Float32Array): readonly Neighbour[] {
  const rows = vectors.length / length;
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  return Array.from({ length: rows }, (_, row) => {
    const vector = vectors.subarray(row * length, (row + 1) * length);
    return { row, cosine: dot(vector, query) / Math.sqrt(dot(vector, vector) * dot(query, query)) };
  }).sort((a, b) => b.cosine - a.cosine);
}

describe('nearest neighbours', () => {
  it('have their WebAssembly made from nearest.wat (after a change: vitest run -u src/features/nearest.test.ts)', async () => {
    const text = await readFile(new URL('nearest.wat', import.meta.url), 'utf8');
    const compiled = (await wabt()).parseWat('nearest.wat', text, { simd: true });
    compiled.validate();
    const base64 = Buffer.from(compiled.toBinary({}).buffer).toString('base64');
    const module = `/** \`nearest.wat\` as WebAssembly in base64; made by \`nearest.test.ts\`. */\nexport const nearestWasm =\n  '${base64}';\n`;
    await expect(module).toMatchFileSnapshot('nearest-wasm.ts');
  });

  it.each([1, 3, 16, 17, 526])('are those of the definition, of vectors of %d numbers', (length) => {
    const vectors = draw(5000, length, length);
    const index = createNearest(length);
    index.add(vectors.subarray(0, 7 * length));
    index.add(vectors.subarray(7 * length));
    expect(index.rows).toBe(5000);
    for (const query of [draw(1, length, 99), vectors.slice(4321 * length, 4322 * length)]) {
      const wanted = byHand(vectors, length, query);
      const got = index.nearest(query, 10);
      got.forEach(({ row, cosine }, i) => {
        expect(cosine).toBeCloseTo(wanted[i].cosine, 5);
        // Rows whose cosines single precision cannot tell apart may change places.
        expect(wanted.find((each) => each.row === row)?.cosine).toBeCloseTo(cosine, 5);
      });
    }
  });

  it('leave out the row that is the query, and put the earlier of equal ones first', () => {
    const index = createNearest(2, 4);
    index.add(Float32Array.of(0, 2, 3, 0, 5, 0, -1, 0));
    const rows = (found: readonly Neighbour[]) => found.map(({ row, cosine }) => [row, cosine]);
    expect(rows(index.nearest(Float32Array.of(7, 0), 3))).toEqual([
      [1, 1],
      [2, 1],
      [0, 0],
    ]);
    expect(rows(index.nearest(Float32Array.of(7, 0), 9, 1))).toEqual([
      [2, 1],
      [0, 0],
      [3, -1],
    ]);
    expect(index.nearest(Float32Array.of(7, 0), 0)).toEqual([]);
    expect([...index.row(2)]).toEqual([1, 0]);
  });

  it('are far from zeros and from what is no number', () => {
    const index = createNearest(3);
    index.add(Float32Array.of(0, 0, 0, Number.NaN, 1, 1, 1, 2, 2));
    const found = index.nearest(Float32Array.of(1, 2, 2), 3);
    expect(found[0]).toEqual({ row: 2, cosine: expect.closeTo(1, 6) });
    expect(found.slice(1).map(({ cosine }) => cosine)).toEqual([0, 0]);
    expect(createNearest(3).nearest(Float32Array.of(1, 2, 2), 3)).toEqual([]);
  });

  it('say when there is no memory for them', () => {
    expect(() => createNearest(1280, 2 ** 30)).toThrow(
      'There is no memory for 1073741824 vectors of 1280 numbers.',
    );
  });
});
