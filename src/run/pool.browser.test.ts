import { afterEach, expect, it } from 'vitest';
import { createPool, type Pool, WorkerLost } from './pool';
import type { TestDoor } from './pool.test-worker';

const pools: Pool<TestDoor>[] = [];
function pool(
  size: number,
  callsPerWorker: number,
): { readonly pool: Pool<TestDoor>; readonly created: () => number } {
  let created = 0;
  const made = createPool<TestDoor>({
    size,
    callsPerWorker,
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
