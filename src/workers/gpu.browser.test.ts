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
  pictures.map((decoded, i) => ({ key: `picture ${i}`, copies, decoded }));

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
