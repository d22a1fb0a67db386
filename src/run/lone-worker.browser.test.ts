import { expect, it } from 'vitest';
import { RunError } from '../core/failure';
import { connectLone } from './lone-worker';
import type { TestDoor } from './pool.test-worker';

it('rejects the calls under way and to come when the worker dies', async () => {
  const worker = new Worker(new URL('./pool.test-worker.ts', import.meta.url), { type: 'module' });
  const remote = connectLone<TestDoor>(worker, 'The worker of this test');
  expect(await remote.echo('alive')).toBe('alive');
  const hung = remote.hang();
  hung.catch(() => undefined);
  const expected = expect.objectContaining({
    code: 'worker',
    message: expect.stringMatching(/^The worker of this test crashed \(.*out of memory\)\. .*run again/),
  });
  await expect(remote.crash()).rejects.toEqual(expected);
  await expect(hung).rejects.toBeInstanceOf(RunError);
  await expect(remote.hang()).rejects.toEqual(expected);
  worker.terminate();
});

it('passes on what a call itself refuses', async () => {
  const worker = new Worker(new URL('./pool.test-worker.ts', import.meta.url), { type: 'module' });
  const remote = connectLone<TestDoor>(worker, 'The worker of this test');
  await expect(remote.refuse()).rejects.toThrow('not this one');
  expect(await remote.echo('alive')).toBe('alive');
  worker.terminate();
});
