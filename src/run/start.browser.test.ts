import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunError } from '../core/failure';
import { fileRef } from '../core/image';
import type { Recipe } from '../core/recipe';
import { parseRecipe } from '../core/recipe';
import type { Run, RunReport } from '../core/report';
import { type CheckpointStore, pageCheckpoints } from './checkpoint';
import { type Listing, listImages } from './listing';
import { schema } from './registry';
import { readOutput } from './save';
import { deleteSavedRun, listSavedRuns, resumeRun, retryFailed } from './saved-runs';
import { startRun } from './start';

const begun: string[] = [];
let listing: Listing;

function recipe(changes: object = {}): Recipe {
  const small = { source: { type: 'sample' }, image: { width: 32, height: 24 }, output: { shard_images: 7 } };
  return parseRecipe({ ...small, ...changes }, schema);
}

function begin(options: Parameters<typeof startRun>[2] = {}, changes: object = {}): Run {
  const run = startRun(recipe(changes), {}, { listing, ...options });
  begun.push(run.id);
  return run;
}

/** Paths and hashes of everything that must not depend on the clock. */
function bytesOf(report: RunReport): Record<string, string> {
  const timed = new Set(['metrics.json', 'logs/pipeline.log']);
  return Object.fromEntries(
    report.files.filter(({ path }) => !timed.has(path)).map(({ path, sha256 }) => [path, sha256]),
  );
}

beforeAll(async () => {
  listing = await listImages(recipe(), {}, new AbortController().signal);
});
afterEach(async () => {
  for (const id of begun.splice(0)) await deleteSavedRun(id);
});

describe('a run', () => {
  it('turns the sample dataset into arrays and a table, and names the truncated image', async () => {
    const run = begin({}, { output: {} });
    const report = await run.done;
    expect(report.metrics).toMatchObject({
      images_processed: listing.images.length - 1,
      corrupted_images: 1,
      augmentation_applied: false,
      output_format: 'npy,csv',
      pipeline_status: 'partial failure',
    });
    expect(report.failures).toMatchObject([{ stage: 'decode', code: 'truncated' }]);
    const images = await readOutput(run.id, 'images.npy');
    const head = new TextDecoder().decode(new Uint8Array(await images!.arrayBuffer(), 0, 128));
    expect(head).toContain(`'shape': (${listing.images.length - 1}, 24, 32, 3), }`);
    expect(images!.size).toBe(128 + (listing.images.length - 1) * 24 * 32 * 3);
    const csv = await (await readOutput(run.id, 'images.csv'))!.text();
    expect(csv.trimEnd().split('\n').length).toBe(listing.images.length);
    const metrics = JSON.parse(await (await readOutput(run.id, 'metrics.json'))!.text());
    expect(Object.keys(metrics).slice(0, 7)).toEqual([
      'images_processed', 'processing_time_sec', 'corrupted_images', 'average_image_size',
      'augmentation_applied', 'output_format', 'pipeline_status',
    ]); // biome-ignore format: the known names
    expect(await (await readOutput(run.id, 'logs/pipeline.log'))!.text()).toContain('\tERROR\tdecode\t');
    expect(await (await readOutput(run.id, 'failures.csv'))!.text()).toContain(report.failures[0].key);
    expect(run.snapshot()).toMatchObject({ phase: 'done', processed: listing.images.length - 1, failed: 1 });
  });

  it('gives the same bytes with one worker and with four', async () => {
    const augment = { enabled: true, copies: 2 };
    const changes = {
      augment,
      normalise: { values: 'imagenet', dtype: 'float32' },
      output: { formats: ['npy', 'jsonl', 'images'], shard_images: 7 },
    };
    const one = await begin({ workers: 1 }, changes).done;
    const four = await begin({ workers: 4 }, changes).done;
    expect(bytesOf(four)).toEqual(bytesOf(one));
    expect(one.rows).toBeGreaterThan(one.metrics.images_processed * 2);
  });

  it('mixes pictures of a shard, the same with one worker and with four, and writes what each label weighs', async () => {
    const changes = {
      augment: {
        enabled: true,
        copies: 2,
        steps: [{ mixup: { alpha: 1 } }, { 'flip-horizontal': {} }, { cutmix: {} }],
      },
      output: { formats: ['npy', 'jsonl'], shard_images: 7 },
    };
    const first = begin({ workers: 1 }, changes);
    const one = await first.done;
    const four = await begin({ workers: 4 }, changes).done;
    expect(bytesOf(four)).toEqual(bytesOf(one));
    expect(one.failures).toHaveLength(1);
    const tables = one.files.filter(({ path }) => path.endsWith('.jsonl'));
    const shards = await Promise.all(
      tables.map(async ({ path }) =>
        (await (await readOutput(first.id, path))!.text())
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    );
    let mixed = 0;
    for (const rows of shards)
      for (const { label, copy, split, soft_labels, augmentation } of rows) {
        const partners = augmentation.flatMap(({ partner }: { partner?: string }) => partner ?? []);
        // A partner is another image of the shard and split, unless it is the one that cannot be decoded.
        for (const partner of partners) expect(rows.some((row) => row.filename === partner && row.split === split)).toBe(true); // biome-ignore format: one check
        if (copy === 0 || split !== 'train') expect(partners).toEqual([]);
        const weights = soft_labels.map(({ weight }: { weight: number }) => weight);
        expect(weights.reduce((sum: number, weight: number) => sum + weight, 0)).toBeCloseTo(1, 5);
        if (partners.length === 0) expect(soft_labels).toMatchObject([{ label, weight: 1 }]);
        if (partners.length > 0) mixed++;
      }
    expect(mixed).toBeGreaterThan(10);
    const soft = one.files.filter(({ path }) => path.startsWith('soft_labels'));
    expect(soft.length).toBe(tables.length);
    expect(soft[0].bytes).toBe(128 + shards[0].length * one.classNames.length * 4);
  });

  it('goes on where it was cancelled, and gives the bytes of an unbroken run', async () => {
    const unbroken = await begin().done;
    const run = begin({ workers: 1 });
    await new Promise<void>((reached) => run.subscribe(() => run.snapshot().shardsDone >= 2 && reached()));
    run.cancel();
    await expect(run.done).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('Finished shards are kept'),
    });
    const [saved] = (await listSavedRuns()).runs.filter(({ id }) => id === run.id);
    expect(saved).toMatchObject({
      state: 'unfinished',
      shards: unbroken.files.filter(({ path }) => path.startsWith('images-') && path.endsWith('.npy')).length,
    });
    expect(saved.shardsDone).toBeGreaterThanOrEqual(2);
    expect(saved.stagedBytes).toBeGreaterThan(0);
    // The workers that were stopped are not taken over.
    expect(bytesOf(await begin({ workers: 1 }).done)).toEqual(bytesOf(unbroken));
    const resumed = await resumeRun(run.id, {}).done;
    expect(bytesOf(resumed)).toEqual(bytesOf(unbroken));
    expect(resumed.metrics.images_processed).toBe(unbroken.metrics.images_processed);
  });

  it('says that nothing is kept when it is cancelled before its first shard is finished', async () => {
    const run = begin();
    run.cancel();
    await expect(run.done).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('nothing of it is kept'),
    });
  });

  it('leaves nothing of a shard that could not be remembered, and goes on before it', async () => {
    const unbroken = await begin().done;
    const store = pageCheckpoints();
    const full = new RunError('target-full', 'No space is left for the checkpoint.');
    const checkpoints: CheckpointStore = {
      ...store,
      save: async (checkpoint) => {
        if (checkpoint.committed.length === 2) throw full;
        await store.save(checkpoint);
      },
    };
    const run = begin({ checkpoints });
    await expect(run.done).rejects.toThrow(/^No space is left for the checkpoint\. About \d/);
    const { committed } = (await store.load(run.id))!;
    expect(committed).toHaveLength(1);
    const folder = await (
      await (await navigator.storage.getDirectory()).getDirectoryHandle('runs')
    ).getDirectoryHandle(run.id);
    const names: string[] = [];
    for await (const name of (await folder.getDirectoryHandle('files')).keys()) names.push(name);
    expect(names.toSorted()).toEqual(committed[0].files.map(({ path }) => path).toSorted());
    expect(bytesOf(await resumeRun(run.id, {}).done)).toEqual(bytesOf(unbroken));
  });

  it('redoes a committed shard whose file is gone', async () => {
    const unbroken = await begin().done;
    const run = begin();
    await run.done;
    const store = pageCheckpoints();
    const checkpoint = (await store.load(run.id))!;
    const folder = await (
      await (await navigator.storage.getDirectory()).getDirectoryHandle('runs')
    ).getDirectoryHandle(run.id);
    await (await folder.getDirectoryHandle('files')).removeEntry(checkpoint.committed[1].files[0].path);
    const { report: _, ...unfinished } = checkpoint;
    await store.save({ ...unfinished, state: 'unfinished' });
    expect(bytesOf(await resumeRun(run.id, {}).done)).toEqual(bytesOf(unbroken));
  });

  it('tells runs that another version saved apart, and neither opens nor loses them', async () => {
    const run = begin();
    await run.done;
    const store = pageCheckpoints();
    const saved = (await store.load(run.id))!;
    await store.save({ ...saved, version: 1 });
    const { runs, outdated } = await listSavedRuns();
    expect(runs.map(({ id }) => id)).not.toContain(run.id);
    expect(outdated).toContainEqual(
      expect.objectContaining({ id: run.id, startedMs: saved.startedMs, stagedBytes: expect.any(Number) }),
    );
    await expect(resumeRun(run.id, {}).done).rejects.toThrow('another version of Imagemill');
    await deleteSavedRun(run.id);
    expect((await listSavedRuns()).outdated.map(({ id }) => id)).not.toContain(run.id);
  });

  it('says which inputs changed since it began', async () => {
    const run = begin();
    await run.done;
    const [first, ...rest] = listing.images;
    const changed = {
      ...listing,
      images: [fileRef(first.key, new File(['other'], first.key)), ...rest],
    };
    const again = startRun(recipe(), {}, { id: run.id, listing: changed });
    await expect(again.done).rejects.toMatchObject({
      code: 'inputs-changed',
      message: expect.stringContaining(first.key),
    });
  });

  it('retries failed images alone, and then has the bytes of a run that never failed', async () => {
    const run = begin();
    const { failures } = await run.done;
    const broken = failures[0].key;
    const good = listing.images.find(({ key }) => key !== broken && key.endsWith('.jpg'))!;
    const mended = {
      ...listing,
      images: listing.images.map((ref) => (ref.key === broken ? { ...good, key: broken } : ref)),
    };
    const whole = startRun(recipe(), {}, { listing: mended });
    begun.push(whole.id);
    const expected = await whole.done;
    const retried = await startRun(recipe(), {}, { id: run.id, listing: mended, retryFailed: true }).done;
    expect(retried.metrics).toMatchObject({ corrupted_images: 0, pipeline_status: 'success' });
    expect(bytesOf(retried)).toEqual(bytesOf(expected));
    expect(
      await retryFailed(run.id, {}).done.then(
        (report) => report.metrics.corrupted_images,
        (error) => error.code,
      ),
    ).toBe('inputs-changed');
  });

  it('pauses and goes on', async () => {
    const run = begin({ workers: 1 });
    await new Promise<void>((reached) => run.subscribe(() => run.snapshot().processed > 5 && reached()));
    run.pause();
    expect(run.snapshot().phase).toBe('paused');
    // What is in flight drains; then nothing may move while it is paused.
    let before = -1;
    while (before !== run.snapshot().processed) {
      before = run.snapshot().processed;
      await new Promise((later) => setTimeout(later, 300));
    }
    expect(before).toBeLessThan(listing.images.length - 1);
    run.resume();
    expect((await run.done).metrics.images_processed).toBe(listing.images.length - 1);
  });

  it('refuses before the start what a format cannot hold', async () => {
    const run = begin({}, { image: { fit: 'none' } });
    await expect(run.done).rejects.toMatchObject({
      name: 'RecipeError',
      problems: [{ path: 'output.formats' }],
    });
  });
});
