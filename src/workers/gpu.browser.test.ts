import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu, GpuFrame } from '../core/gpu';
import type { Decoded, Raster } from '../core/image';
import { openGpu } from '../gpu/open-gpu';
import { type BatchItem, computeBatch } from '../transforms/compute-batch';
import { transforms } from '../transforms/index';
import { drawDecoded, parseTestRecipe, testNumbers } from '../transforms/test-kit';

let gpu: Gpu;
/** Copies that the GPU was given, all together. */
let given = 0;
beforeAll(async () => {
  const opened = await openGpu();
  gpu = {
    isThere: true,
    get largestBytes() {
      return opened.largestBytes;
    },
    run(frames: readonly GpuFrame[], wanted) {
      given += frames.reduce((sum, { copies }) => sum + copies.length, 0);
      return opened.run(frames, wanted);
    },
    takeNotes: () => opened.takeNotes(),
  };
  expect(opened.takeNotes()).toEqual([]);
});
afterAll(() => expect(gpu.takeNotes()).toEqual([]));

const needs = { tensor: true, picture: false };

/** Odd, tiny and extreme sizes, with smooth parts, hard edges and every alpha. */
const pictures: readonly Decoded[] = (
  [[1, 1], [1, 9], [33, 2], [17, 17], [64, 41], [7, 130]] as const
).map(([width, height], i) => withPixels(drawDecoded(width, height, i % 2 === 1), i)); // biome-ignore format: a list

function withPixels(decoded: Decoded, seed: number): Decoded {
  const [frame] = decoded.frames;
  const { width, height } = frame.raster;
  const next = testNumbers(seed + 1);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const noisy = next() < 0.3;
      data[at] = noisy ? next() * 256 : (x * 255) / width;
      data[at + 1] = noisy ? next() * 256 : (y * 255) / height;
      data[at + 2] = noisy ? next() * 256 : ((x + y) % 16) * 16;
      data[at + 3] = frame.alpha ? next() * 256 : 255;
    }
  const raster: Raster = { width, height, channels: 4, data };
  return { ...decoded, frames: [{ ...frame, raster }] };
}

const itemsOf = (copies: number): BatchItem[] =>
  pictures.map((decoded, i) => ({ key: `picture ${i}`, copies, decoded, partners: [] }));

/** The largest difference of any byte, plain rows and copies apart, after the same of both engines. */
async function compare(recipeInput: object, copies: number, items = itemsOf(copies)) {
  const setup = { recipe: parseTestRecipe(recipeInput), needs };
  const before = given;
  const [fromGpu, fromCpu] = [await computeBatch(items, setup, gpu), await computeBatch(items, setup, null)];
  let plain = 0;
  let augmented = 0;
  let worst = '';
  fromCpu.forEach((outcome, i) => {
    const other = fromGpu[i];
    if (!outcome.ok || !other.ok) throw new Error(JSON.stringify([outcome, other]));
    expect(
      other.value.map(({ tensor, ...rest }) => ({ ...rest, shape: tensor?.shape, dtype: tensor?.dtype })),
    ).toEqual(
      outcome.value.map(({ tensor, ...rest }) => ({ ...rest, shape: tensor?.shape, dtype: tensor?.dtype })),
    );
    outcome.value.forEach(({ copy, tensor, augmentation }, row) => {
      const a = tensor?.bytes ?? new Uint8Array(0);
      const b = other.value[row].tensor?.bytes ?? new Uint8Array(0);
      expect(b.length).toBe(a.length);
      const apart = a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0);
      if (copy === 0) plain = Math.max(plain, apart);
      else {
        if (apart > augmented) worst = JSON.stringify([items[i].key, tensor?.shape, augmentation]);
        augmented = Math.max(augmented, apart);
      }
    });
  });
  expect(gpu.takeNotes()).toEqual([]);
  return { plain, augmented, worst, onGpu: given - before };
}

describe.each(['rgb', 'grey'])('%s', (colour) => {
  const steps = transforms.filter(({ apply, id }) => apply && id !== 'jpeg');

  it.each(steps.map(({ id }) => id))('%s is what it is on the CPU', async (id) => {
    const copies = id === 'trivial' || id === 'rand' ? 30 : 6;
    // Of two operations the second may enlarge what the first is off.
    const variants: object[] = id === 'rand' ? [{ n: 1 }] : [{}];
    if (id === 'rotate')
      variants.push(
        { degrees: 180, zoom: true },
        { degrees: 180, edges: 'mirror' },
        { degrees: 90, edges: 'edge' },
      );
    if (['shear', 'scale', 'translate'].includes(id)) variants.push({ edges: 'mirror', fill: '#ff8001' });
    if (id === 'perspective')
      variants.push({ distortion: 0.9, edges: 'edge' }, { distortion: 0.9, fill: '#ff8001' });
    if (id === 'cutout') variants.push({ with: 'noise' });
    if (id === 'autocontrast') variants.push({ cutoff: 12 });
    if (id === 'hue') variants.push({ degrees: 180 });
    for (const knobs of variants) {
      const step = { [id]: { ...knobs, probability: 1 } };
      const recipe = {
        image: { fit: 'none', colour },
        augment: { enabled: true, steps: [step] },
        decode: { background: '#10c0ff' },
      };
      const { plain, augmented, worst, onGpu } = await compare(recipe, copies);
      expect(onGpu).toBe(pictures.length * (copies + 1));
      expect(plain).toBe(0);
      const exact = [
        'flip-horizontal',
        'flip-vertical',
        'turn',
        'brightness',
        'gamma',
        'invert',
        'posterise',
        'solarise',
        'equalise',
        'translate',
        'salt-and-pepper',
        'gaussian-noise',
        'cutout',
      ];
      expect(augmented, worst).toBeLessThanOrEqual(exact.includes(id) ? 0 : 1);
    }
  });

  it.each(['nearest', 'bilinear', 'bicubic', 'lanczos', 'area'])('%s gives the same bytes', async (filter) => {
    for (const [fit, width, height] of [
      ['cover', 24, 16], ['contain', 31, 40], ['stretch', 5, 90], ['shortest', 12, 12], ['longest', 300, 300], ['cover', 64, 41],
    ] as const) {
      const image = { fit, width, height, filter, colour, pad: '#20ff70' };
      const augment = { enabled: true, steps: [{ 'random-resized-crop': { smallest: 0.1 } }] };
      const { plain, augmented } = await compare({ image, augment }, 2);
      expect([fit, plain, augmented]).toEqual([fit, 0, 0]);
    }
  }); // biome-ignore format: a table
});

describe('the batch', () => {
  it.each([
    { values: 'none', dtype: 'uint8', layout: 'channels-first' },
    { values: 'imagenet', dtype: 'float32' },
    { values: 'caffe', dtype: 'float32', layout: 'channels-first' },
    { values: 'signed', dtype: 'float16' },
    { values: 'unit', dtype: 'float16', layout: 'channels-first' },
    { values: 'custom', dtype: 'float32', mean: [0.1], std: [0.3] },
    { values: 'per-image', dtype: 'float32' },
  ])('normalises to the same bytes: %j', async (normalise) => {
    for (const colour of normalise.values === 'imagenet' || normalise.values === 'caffe'
      ? ['rgb']
      : ['rgb', 'grey']) {
      const augment = { enabled: true, steps: [{ 'flip-horizontal': {} }, { turn: { turns: 'half' } }] };
      // Sizes that leave words of results half filled.
      for (const fit of ['cover', 'none']) {
        const recipe = { image: { fit, width: 7, height: 5, colour }, normalise, augment };
        const { plain, augmented } = await compare(recipe, 2);
        expect([plain, augmented]).toEqual([0, 0]);
      }
    }
  });

  it('does many steps at once, and what only the CPU can do there', async () => {
    const steps = [
      { 'flip-vertical': { probability: 0.5 } }, { brightness: {} }, { rotate: { edges: 'mirror' } }, { 'random-resized-crop': {} },
      { hue: {} }, { cutout: {} }, { turn: {} }, { saturation: {} }, { autocontrast: {} }, { jpeg: { probability: 0.3 } }, { gamma: {} },
      { 'gaussian-noise': {} }, { sharpen: { amount: 0.2 } },
    ]; // biome-ignore format: a list
    const setup = {
      recipe: parseTestRecipe({ image: { width: 40, height: 40 }, augment: { enabled: true, steps } }),
      needs,
    };
    const items = itemsOf(8);
    const before = given;
    const fromGpu = await computeBatch(items, setup, gpu);
    const onGpu = given - before;
    const fromCpu = await computeBatch(items, setup, null);
    const rows = items.length * 9;
    expect(onGpu).toBeGreaterThan(rows / 2);
    expect(onGpu).toBeLessThan(rows);
    const bytesOf = (outcomes: typeof fromGpu) =>
      outcomes.flatMap((outcome) =>
        outcome.ok ? outcome.value.flatMap(({ tensor }) => [...(tensor?.bytes ?? [])]) : [],
      );
    const [a, b] = [bytesOf(fromCpu), bytesOf(fromGpu)];
    expect(b.length).toBe(rows * 40 * 40 * 3);
    // What one step is off by 1, the stretching of contrast and the hues after it may make more of.
    const apart = a.map((value, i) => Math.abs(value - b[i]));
    expect(apart.filter((value) => value > 1).length / a.length).toBeLessThan(0.002);
    expect(apart.reduce((sum, value) => sum + value, 0) / a.length).toBeLessThan(0.01);
  });

  it('leaves deep pixels and very tall pictures to the CPU', async () => {
    const tall = withPixels(drawDecoded(2, 240), 9);
    const [{ raster }] = pictures[3].frames;
    const deep: Decoded = {
      ...pictures[3],
      frames: [
        {
          ...pictures[3].frames[0],
          alpha: false,
          raster: { ...raster, data: Float32Array.from(raster.data) },
        },
      ],
    };
    const items = [tall, deep, pictures[4]].map((decoded, i) => ({
      key: `${i}`,
      copies: 1,
      decoded,
      partners: [],
    }));
    const recipe = { image: { width: 9, height: 9 }, normalise: { dtype: 'float32' } };
    const { plain, onGpu } = await compare(recipe, 1, items);
    expect([plain, onGpu]).toEqual([0, 2]);
  });

  it('gives pictures for re-encoding beside tensors', async () => {
    const recipe = parseTestRecipe({
      image: { width: 12, height: 9 },
      output: { picture_type: 'png' },
      normalise: { dtype: 'float32' },
    });
    const setup = { recipe, needs: { tensor: true, picture: true } };
    const [fromGpu, fromCpu] = [
      await computeBatch(itemsOf(1), setup, gpu),
      await computeBatch(itemsOf(1), setup, null),
    ];
    expect(fromGpu).toEqual(fromCpu);
  });
});

describe('a lost device', () => {
  const setup = { recipe: parseTestRecipe({ image: { width: 16, height: 16 } }), needs };

  it('is opened again once and loses no image; then the CPU goes on', async () => {
    const devices: GPUDevice[] = [];
    const own = await openGpu({ opened: (device) => devices.push(device) });
    const wanted = await computeBatch(itemsOf(1), setup, null);
    expect(await computeBatch(itemsOf(1), setup, own)).toEqual(wanted);
    // Lost between batches, and then under way.
    devices[0].destroy();
    expect(await computeBatch(itemsOf(1), setup, own)).toEqual(wanted);
    expect(own.takeNotes()).toEqual([expect.stringMatching(/lost .* opened again.*No image is lost/)]);
    expect([own.isThere, devices.length]).toEqual([true, 2]);
    const underWay = computeBatch(itemsOf(1), setup, own);
    devices[1].destroy();
    expect(await underWay).toEqual(wanted);
    expect(own.takeNotes()).toEqual([expect.stringMatching(/lost again.*on the CPU/)]);
    expect([own.isThere, devices.length]).toEqual([false, 2]);
    expect(await computeBatch(itemsOf(1), setup, own)).toEqual(wanted);
  });
});
