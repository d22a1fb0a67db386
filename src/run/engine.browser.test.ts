import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { parseRecipe } from '../core/recipe';
import { pageCheckpoints } from './checkpoint';
import { chooseEngine } from './engine';
import { type Listing, listImages } from './listing';
import { schema } from './registry';
import { readOutput } from './save';
import { deleteSavedRun, resumeRun } from './saved-runs';
import { startRun } from './start';

let listing: Listing;
const begun: string[] = [];

const recipeOf = (changes: object) =>
  parseRecipe(
    {
      source: { type: 'sample' },
      image: { width: 24, height: 20 },
      output: { formats: ['npy'] },
      ...changes,
    },
    schema,
  );

beforeAll(async () => {
  listing = await listImages(recipeOf({}), {}, new AbortController().signal);
});
afterEach(async () => {
  for (const id of begun.splice(0)) await deleteSavedRun(id);
  vi.unstubAllGlobals();
});

function begin(changes: object, options: Parameters<typeof startRun>[2] = {}) {
  const run = startRun(recipeOf(changes), {}, { listing, ...options });
  begun.push(run.id);
  return run;
}

it('gives the same plain rows on both engines, and says which one ran and why', async () => {
  const normalise = { values: 'imagenet', dtype: 'float32' };
  const [onCpu, onGpu] = [begin({ engine: 'cpu', normalise }), begin({ engine: 'webgpu', normalise })];
  const [cpu, gpu] = [await onCpu.done, await onGpu.done];
  const hashOf = (report: typeof cpu) => report.files.find(({ path }) => path === 'images.npy')?.sha256;
  expect(hashOf(gpu)).toBe(hashOf(cpu));
  expect([cpu.engine, cpu.engineWhy]).toEqual(['cpu', 'the recipe says so']);
  expect([gpu.engine, gpu.engineWhy]).toEqual(['webgpu', expect.stringContaining('the recipe says so (')]);
  const metrics = JSON.parse(await (await readOutput(onGpu.id, 'metrics.json'))!.text());
  expect(metrics).toMatchObject({ engine: 'webgpu', engine_why: gpu.engineWhy });
  const log = await (await readOutput(onGpu.id, 'logs/pipeline.log'))!.text();
  expect(log).toContain(`engine webgpu: ${gpu.engineWhy}`);
  expect(log).not.toContain('The GPU');
});

it('does not choose an adapter in software, unless it is told to', async () => {
  expect(await chooseEngine(recipeOf({}))).toEqual({
    engine: 'cpu',
    why: 'the adapter is a software one (google swiftshader)',
  });
  expect((await chooseEngine(recipeOf({ image: { resample: 'tensorflow' } }))).why).toContain('tensorflow');
  expect(await chooseEngine(recipeOf({ engine: 'webgpu' }))).toMatchObject({ engine: 'webgpu' });
});

it('goes on with the engine that a run began with', async () => {
  expect(await chooseEngine(recipeOf({}), 'webgpu')).toMatchObject({ engine: 'webgpu' });
  expect(await chooseEngine(recipeOf({}), 'cpu')).toEqual({ engine: 'cpu', why: 'the run began on it' });
  const run = begin({ output: { formats: ['npy'], shard_images: 12 } });
  await vi.waitUntil(() => run.snapshot().shardsDone > 0, 20_000);
  run.cancel();
  await run.done.catch(() => undefined);
  // As if a GPU had been there when it began.
  const checkpoints = pageCheckpoints();
  const checkpoint = await checkpoints.load(run.id);
  if (checkpoint === null) throw new Error('no checkpoint');
  expect(checkpoint.engine.engine).toBe('cpu');
  await checkpoints.save({ ...checkpoint, engine: { engine: 'webgpu', why: 'a GPU' } });
  expect((await resumeRun(run.id, {}).done).engine).toBe('webgpu');
});
