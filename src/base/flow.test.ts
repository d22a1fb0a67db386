import { describe, expect, it } from 'vitest';
import { createGate, deferred, orderedMap } from './flow';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('orderedMap', () => {
  it('yields in the order of the items whatever the order of completion', async () => {
    const gates = [deferred<void>(), deferred<void>(), deferred<void>()];
    const results = collect(
      orderedMap([0, 1, 2], { width: 3 }, async (item) => {
        await gates[item].promise;
        return item;
      }),
    );
    for (const item of [2, 0, 1]) gates[item].resolve();
    expect(await results).toEqual([0, 1, 2]);
  });

  it('holds at most width items, finished or not', async () => {
    let started = 0;
    const iterator = orderedMap(
      Array.from({ length: 20 }, (_, i) => i),
      { width: 4 },
      async (item) => {
        started++;
        return item;
      },
    );
    for (let taken = 0; taken < 20; taken++) {
      await iterator.next();
      expect(started - taken).toBeLessThanOrEqual(4);
    }
  });

  it('holds at most the budget, but always one item', async () => {
    let held = 0;
    let most = 0;
    const sizes = [10, 200, 30, 30, 50, 60];
    const iterator = orderedMap(sizes, { width: 10, budget: 100, weigh: (size) => size }, async (size) => {
      held += size;
      most = Math.max(most, held);
      return size;
    });
    for await (const size of iterator) held -= size;
    expect(most).toBe(200);
  });

  it('yields a finished result without waiting for the next item', async () => {
    const never = deferred<number>();
    async function* slow() {
      yield 1;
      yield await never.promise;
    }
    const iterator = orderedMap(slow(), { width: 2 }, async (item) => item);
    expect((await iterator.next()).value).toBe(1);
    never.resolve(2);
    expect((await iterator.next()).value).toBe(2);
    expect((await iterator.next()).done).toBe(true);
  });

  it('closes the source and waits for the other works when one rejects', async () => {
    let closed = false;
    let finished = false;
    function* source() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    const iterator = orderedMap(source(), { width: 3 }, async (item) => {
      if (item === 1) throw new Error('one broke');
      await Promise.resolve();
      if (item === 2) finished = true;
      return item;
    });
    await expect(collect(iterator)).rejects.toThrow('one broke');
    expect([closed, finished]).toEqual([true, true]);
  });
});

describe('createGate', () => {
  it('holds until it opens, and rejects when the signal aborts first', async () => {
    const gate = createGate();
    await gate.pass();
    gate.close();
    const waiting = gate.pass();
    gate.open();
    await waiting;
    gate.close();
    const abort = new AbortController();
    const stopped = gate.pass(abort.signal);
    abort.abort(new Error('stop'));
    await expect(stopped).rejects.toThrow('stop');
  });
});
