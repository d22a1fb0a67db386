import { z } from 'zod';
import { startBreath } from '../base/breathe';
import { orderedMap } from '../base/flow';
import { random } from '../base/random';
import { fileRef, type Listed } from '../core/image';
import type { Source } from '../core/plugin';
import { type Drawing, drawBlossoms, drawMountains, drawPlanet } from './sample-drawings';
import { withExif } from './sample-exif';

/**
 * The built-in dataset: 60 pictures in three folders, drawn here and now, so that the main job runs with nothing at
 * hand. One is rotated by EXIF and one is cut off, as happens to real ones. The same browser draws the same bytes.
 */
export const sample = {
  id: 'sample',
  label: 'Sample dataset',
  knobs: z.strictObject({}),
  async *list(_knobs, _grants, signal) {
    const breath = startBreath(signal);
    const paint = async (picture: SamplePicture): Promise<Listed> => {
      if (breath.due()) await breath.take();
      return { kind: 'image', ref: fileRef(picture.key, await paintFile(picture)) };
    };
    for await (const listed of orderedMap(samplePictures(), { width: paintedAtOnce }, paint)) {
      signal.throwIfAborted();
      yield listed;
    }
  },
} satisfies Source<Record<string, never>>;

/** Pictures whose encoders run beside one another; each holds a canvas of half a megabyte. */
const paintedAtOnce = 6;

interface SamplePicture {
  readonly key: string;
  readonly type: 'jpeg' | 'png' | 'webp';
  readonly width: number;
  readonly height: number;
  readonly draw: Drawing;
  readonly flaw: 'none' | 'rotated' | 'truncated';
}

const classes = [
  { folder: 'blossoms', stem: 'blossom', draw: drawBlossoms },
  { folder: 'mountains', stem: 'mountain', draw: drawMountains },
  { folder: 'planets', stem: 'planet', draw: drawPlanet },
] as const;

/** Near the sizes of web photographs; small, since all of them are drawn and encoded while a person waits. */
const sizes = [
  [400, 300],
  [300, 400],
  [360, 360],
  [420, 280],
  [288, 384],
  [448, 252],
  [320, 320],
] as const;

const types = ['jpeg', 'jpeg', 'png', 'jpeg', 'webp'] as const;
const extensions = { jpeg: 'jpg', png: 'png', webp: 'webp' } as const;
const perClass = 20;

function* samplePictures(): Generator<SamplePicture> {
  for (const [which, { folder, stem, draw }] of classes.entries()) {
    for (let number = 1; number <= perClass; number++) {
      const type = types[(number - 1) % types.length];
      const [width, height] = sizes[(number * 3 + which) % sizes.length];
      const key = `${folder}/${stem}-${String(number).padStart(2, '0')}.${extensions[type]}`;
      const flaw = flaws[key] ?? 'none';
      yield { key, type, width, height, draw, flaw };
    }
  }
}

const flaws: Readonly<Record<string, 'rotated' | 'truncated'>> = {
  'mountains/mountain-06.jpg': 'rotated',
  'planets/planet-12.jpg': 'truncated',
};

async function paintFile({ key, type, width, height, draw, flaw }: SamplePicture): Promise<File> {
  const turned = flaw === 'rotated';
  const canvas = turned ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height);
  // Painted by the CPU: reading back from a GPU would cost more, and GPUs do not agree on the last bit.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser gives no 2D canvas to draw the sample on.');
  if (turned) {
    // A quarter turn to the left; orientation 6 says that showing it takes a quarter turn to the right.
    context.translate(0, width);
    context.rotate(-Math.PI / 2);
  }
  draw(context, { width, height }, random('sample', key));
  const blob = await canvas.convertToBlob({ type: `image/${type}`, quality: 0.88 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const orientation = turned ? 6 : 1;
  const whole = type === 'jpeg' ? withExif(bytes, orientation) : bytes;
  const kept = flaw === 'truncated' ? whole.subarray(0, Math.round(whole.length * 0.6)) : whole;
  return new File([kept], key.slice(key.lastIndexOf('/') + 1), { type: blob.type, lastModified: drawnAt });
}

const drawnAt = Date.UTC(2026, 0, 1);
