import { afterEach, expect, it, vi } from 'vitest';
import { createPool, type Pool, WorkerLost } from './pool';
import type { TestDoor } from './pool.test-worker';

const pools: Pool<TestDoor>[] = [];
function pool(
  size: number,
  callsPerWorker: number,
  idleMs?: number,
): { readonly pool: Pool<TestDoor>; readonly created: () => number } {
  let created = 0;
  const made = createPool<TestDoor>({
    size,
    callsPerWorker,
    ...(idleMs !== undefined && { idleMs }),
    create: () => {
      created++;
      return new Worker(new URL('./pool.test-worker.ts', import.meta.url), { type: 'module' });
    },
  });
  pools.push(made);
  return { pool: made, created: () => created };
}
afterEach(() => {
  for (const made of pools.splice(0)) made.dispose();
});
const long = 30_000;

it('runs many calls over few workers', async () => {
  const { pool: made, created } = pool(2, 2);
  const calls = Array.from({ length: 50 }, (_, i) => made.run((worker) => worker.echo(`${i}`), long));
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  expect(created()).toBe(2);
});

it('replaces a worker whose call is over its deadline, and loses the calls beside it as a crash', async () => {
  const { pool: made, created } = pool(1, 2);
  await made.run((worker) => worker.echo('warm'), long);
  const hung = made.run((worker) => worker.hang(), 200);
  const beside = made.run((worker) => worker.hang(), long);
  const waiting = made.run((worker) => worker.echo('after'), long);
  await expect(hung).rejects.toMatchObject({ why: 'timeout' });
  await expect(beside).rejects.toMatchObject({ why: 'crash' });
  expect(await waiting).toBe('after');
  expect(created()).toBe(2);
});

it('replaces a worker that crashes', async () => {
  const { pool: made, created } = pool(1, 1);
  await expect(made.run((worker) => worker.crash(), long)).rejects.toMatchObject({
    why: 'crash',
    message: expect.stringContaining('out of memory'),
  });
  expect(await made.run((worker) => worker.echo('again'), long)).toBe('again');
  expect(created()).toBe(2);
});

it('keeps the worker when a call merely throws', async () => {
  const { pool: made, created } = pool(1, 1);
  await expect(made.run((worker) => worker.refuse(), long)).rejects.toThrow('not this one');
  expect(await made.run((worker) => worker.echo('same'), long)).toBe('same');
  expect(created()).toBe(1);
});

it('loses calls under way and waiting when it is disposed', async () => {
  const { pool: made } = pool(1, 1);
  const under = made.run((worker) => worker.hang(), long);
  const waiting = made.run((worker) => worker.hang(), long);
  const lost = Promise.allSettled([under, waiting]);
  made.dispose();
  for (const result of await lost)
    expect(result).toMatchObject({ status: 'rejected', reason: { why: 'disposed' } });
  await expect(made.run((worker) => worker.echo('late'), long)).rejects.toBeInstanceOf(WorkerLost);
});

it('starts all workers when warmed, and no more when called', async () => {
  const { pool: made, created } = pool(3, 1);
  made.warm();
  expect(created()).toBe(3);
  expect(await made.run((worker) => worker.echo('a'), long)).toBe('a');
  expect(created()).toBe(3);
});

it('ends a worker that was idle for long, and starts another for the next call', async () => {
  vi.useFakeTimers();
  try {
    const { pool: made, created } = pool(1, 1, 5000);
    await made.run((worker) => worker.echo('a'), long);
    vi.advanceTimersByTime(4999);
    await made.run((worker) => worker.echo('b'), long);
    expect(created()).toBe(1);
    vi.advanceTimersByTime(4999);
    expect(await made.run((worker) => worker.echo('c'), long)).toBe('c');
    expect(created()).toBe(1);
    vi.advanceTimersByTime(5000);
    expect(await made.run((worker) => worker.echo('d'), long)).toBe('d');
    expect(created()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
