import { z } from 'zod';
import { startBreath } from '../base/breathe';
import { orderedMap } from '../base/flow';
import { fileRef, type Listed } from '../core/image';
import type { Source } from '../core/plugin';
import type { SamplePicture } from './sample-pictures';

/**
 * The built-in dataset: 60 pictures in three folders, drawn here and now, so that the main job runs with nothing at
 * hand. One is rotated by EXIF and one is cut off, as happens to real ones. The same browser draws the same bytes.
 */
export const sample = {
  id: 'sample',
  label: 'Sample dataset',
  knobs: z.strictObject({}),
  async *list(_knobs, _grants, signal) {
    // Loaded when they are drawn: the page's first load does without them.
    const { paintFile, samplePictures } = await import('./sample-pictures');
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
