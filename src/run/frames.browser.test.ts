import { afterEach, expect, it } from 'vitest';
import { fileRef } from '../core/image';
import { parseRecipe } from '../core/recipe';
import { drawAnimatedGif } from '../decoders/test-animations';
import { be32, drawPng, gradient, join, pngChunk } from '../decoders/test-files';
import { createCrew } from './crew';
import { decodeOne, decodeWish } from './decode-one';
import type { Listing } from './listing';
import { createMeter } from './meter';
import { schema } from './registry';
import { readOutput } from './save';
import { deleteSavedRun } from './saved-runs';
import { startRun } from './start';

const begun: string[] = [];
afterEach(async () => {
  for (const id of begun.splice(0)) await deleteSavedRun(id);
});

const shade = (red: number) => ({
  width: 4,
  height: 3,
  rgba: Array.from({ length: 12 }, () => [red, 0, 0, 255]).flat(),
});
const animation = (count: number) =>
  drawAnimatedGif(4, 3, Array.from({ length: count }, (_, i) => ({ drawing: shade([0, 85, 170, 255][i % 4]), left: 0, top: 0, dispose: 1 as const }))); // biome-ignore format: a call

function listingOf(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Listing {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const images = sorted.map(([key, bytes]) => fileRef(key, new File([bytes], key, { lastModified: 0 })));
  return { images, tables: [], hidden: 0, notAnImage: 0, notes: [] };
}

async function run(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>, changes: object, workers = 2) {
  const recipe = parseRecipe(
    { source: { type: 'sample' }, image: { width: 4, height: 3 }, ...changes },
    schema,
  );
  const started = startRun(recipe, {}, { listing: listingOf(files), workers });
  begun.push(started.id);
  const report = await started.done;
  const text = async (path: string) => (await (await readOutput(started.id, path))?.text()) ?? '';
  return { report, text, id: started.id };
}

const png = drawPng(gradient(4, 3));

it('gives every frame rows of its own, in order, and tells them apart', async () => {
  const files = { 'a/anim.gif': animation(6), 'a/anim-frame2.png': png, 'b/still.png': png };
  const changes = {
    decode: { frames: 'every', frame_step: 2 },
    augment: { enabled: true, copies: 1 },
    split: { by: 'none' },
    output: { formats: ['npy', 'csv', 'images'], picture_type: 'png' },
  };
  const { report, text, id } = await run(files, changes);
  expect(report.metrics).toMatchObject({
    images_processed: 3,
    corrupted_images: 0,
    augmentation_applied: true,
  });
  expect(report.rows).toBe(10); // (1 + 3 + 1) frames, twice
  const [head, ...lines] = (await text('images.csv')).trimEnd().split('\n');
  const columns = head.split(',');
  const rows = lines.map((line) => line.split(','));
  const column = (name: string) => rows.map((row) => row[columns.indexOf(name)]);
  expect(column('filename')).toEqual([
    'a/anim-frame2.png', 'a/anim-frame2.png', ...new Array(6).fill('a/anim.gif'), 'b/still.png', 'b/still.png',
  ]); // biome-ignore format: rows
  expect(column('frame')).toEqual(['0', '0', '0', '0', '2', '2', '4', '4', '0', '0']);
  expect(column('copy')).toEqual(['0', '1', '0', '1', '0', '1', '0', '1', '0', '1']);
  const array = new Uint8Array(await (await readOutput(id, 'images.npy'))!.arrayBuffer());
  expect(new TextDecoder().decode(array.subarray(0, 128))).toContain("'shape': (10, 3, 4, 3), }");
  const red = (row: number) => array[128 + row * 36];
  expect([red(2), red(4), red(6)]).toEqual([0, 170, 0]);
  const pictures = report.files.find(({ format }) => format === 'images');
  expect(pictures?.rows).toBe(10);
  expect(await readOutput(id, 'images/a/anim-frame2-copy1.png')).not.toBeNull();
  expect(report.balance.train.reduce((sum, count) => sum + count)).toBe(10);
  const again = await run(files, changes, 1);
  expect(again.report.files.find(({ path }) => path === 'images.npy')?.sha256).toBe(
    report.files.find(({ path }) => path === 'images.npy')?.sha256,
  );
});

it('counts frames that failed to fit, damaged files that were kept, and names that mislead', async () => {
  const cut = animation(6);
  const files = { 'cut.gif': cut.slice(0, cut.length - 20), 'many.gif': animation(50), 'wrong.jpg': png };
  const kept = {
    decode: { frames: 'every', max_frames: 10, damaged: 'keep' },
    output: { formats: ['jsonl'] },
  };
  const { report, text } = await run(files, kept);
  expect(report.failures).toMatchObject([{ key: 'many.gif', code: 'too-large' }]);
  expect(report.damaged).toMatchObject([{ key: 'cut.gif' }]);
  expect(report.misnamed).toBe(1);
  expect(JSON.parse(await text('metrics.json'))).toMatchObject({
    corrupted_images: 1,
    damaged_images: 1,
    misnamed_images: 1,
    verdicts: { valid: 1, damaged: 1, corrupt: 0 },
  });
  const rows = (await text('images.jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.filter(({ damaged }) => damaged !== null).every(({ filename }) => filename === 'cut.gif')).toBe(
    true,
  );
  expect(rows.find(({ filename }) => filename === 'cut.gif').damaged).toContain('cut off');
  const log = await text('logs/pipeline.log');
  expect(log).toMatch(/WARNING\tdecode\t.*cut\.gif.*damaged, and kept/);
  expect(log).toMatch(/wrong\.jpg.*the name ends in \.jpg, the bytes are png/);
  const skipped = await run(files, { output: { formats: ['jsonl'] } });
  expect(skipped.report.failures).toMatchObject([{ key: 'cut.gif', code: 'truncated', recoverable: true }]);
  expect(skipped.report.damaged).toEqual([]);
  expect(JSON.parse(await skipped.text('metrics.json'))).toMatchObject({
    damaged_images: 0,
    verdicts: { valid: 2, damaged: 1, corrupt: 0 },
  });
});

it('kills a decoder that runs over its time, and goes on with the next image', async () => {
  // 16 MP in 47 KB: sound, and slow to unpack.
  const side = 4000;
  const rows = new Blob([new Uint8Array((side * 3 + 1) * side)]);
  const packed = new Response(rows.stream().pipeThrough(new CompressionStream('deflate')));
  const slow = join(
    png.subarray(0, 8),
    pngChunk('IHDR', Uint8Array.from([...be32(side), ...be32(side), 8, 2, 0, 0, 0])),
    pngChunk('IDAT', new Uint8Array(await packed.arrayBuffer())),
    pngChunk('IEND', new Uint8Array()),
  );
  const recipe = parseRecipe({ source: { type: 'sample' } }, schema);
  const crew = createCrew(1, { recipe, needs: { tensor: true, picture: false } });
  const decode = (bytes: Uint8Array<ArrayBuffer>, seconds: number) => {
    const hasty = { ...recipe, decode: { ...recipe.decode, timeout_s: seconds } };
    const context = { crew, recipe: hasty, wish: decodeWish(hasty), meter: createMeter() };
    const ref = fileRef('a', new File([bytes], 'a'));
    return decodeOne(context, { ref, label: null, labelId: -1, split: 'train', copies: 0, extra: {} });
  };
  try {
    expect((await decode(png, 60)).ok).toBe(true); // the worker is there, so its start is not what takes time
    expect(await decode(slow, 0.03)).toMatchObject({ failure: { code: 'timeout' } });
    expect((await decode(png, 60)).ok).toBe(true);
    expect((await decode(slow, 60)).ok).toBe(true);
  } finally {
    crew.dispose();
  }
});
