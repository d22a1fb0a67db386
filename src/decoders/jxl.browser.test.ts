import { describe, expect, test } from 'vitest';
import { fileRef } from '../core/image';
import { decodeKnobs } from '../core/reading-knobs';
import { codecFiles } from './codec-files';
import { decodeImage } from './decode-image';
import { base64 } from './test-files';

describe('an animated JPEG XL', () => {
  const animated = base64(codecFiles.jxlAnimated);
  /** Of frame `f`, whose blue alone differs from the first's. */
  const blue = (x: number, y: number, f: number) => (x * 7 + y * 13 + f * 100) % 256;

  test.each([
    [{ frames: 'first' }, [0]],
    [{ frames: 'middle' }, [1]],
    [{ frames: 'every' }, [0, 1, 2]],
    [{ frames: 'every', frame_step: 2 }, [0, 2]],
  ] as const)('gives the frames of %o', async (some, wanted) => {
    const ref = fileRef('a/b', new File([animated], 'b'));
    const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse(some) };
    const { outcome } = await decodeImage(ref, wish, true);
    if (!outcome?.ok) throw new Error(outcome?.failure.message);
    expect(outcome.value.meta.frames).toBe(3);
    expect(outcome.value.frames.map(({ frame }) => frame)).toEqual(wanted);
    for (const { frame, raster } of outcome.value.frames) {
      expect([raster.width, raster.height]).toEqual([16, 8]);
      for (const [x, y] of [
        [0, 0],
        [15, 7],
        [3, 2],
      ])
        expect(raster.data[4 * (16 * y + x) + 2]).toBe(blue(x, y, frame));
    }
  });

  test('has more frames than are allowed', async () => {
    const ref = fileRef('a/b', new File([animated], 'b'));
    const wish = { wanted: null, deep: false, knobs: decodeKnobs.parse({ frames: 'every', max_frames: 2 }) };
    expect((await decodeImage(ref, wish, true)).outcome).toMatchObject({ failure: { code: 'too-large' } });
  });
});
