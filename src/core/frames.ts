import { failed, type Outcome, succeeded } from './failure';
import type { Header } from './image';
import type { DecodeKnobs } from './reading-knobs';

/**
 * Chooses the frames or pages that a recipe takes of a file: their positions, ascending. `first` is 0, `middle` is half the
 * count, `every` begins with the first and goes on in steps of `frame_step`. Fails as `too-large` when they are more,
 * or have more bytes of RGBA (float32 where deep pixels are wanted of a deep file), than the recipe allows: this
 * is told from the header, before anything is allocated.
 */
export function chooseFrames(header: Header, knobs: DecodeKnobs, deep: boolean): Outcome<readonly number[]> {
  const { width, height } = header.size;
  const count = knobs.frames === 'every' ? Math.ceil(header.frames / knobs.frame_step) : 1;
  if (count > 1 && count > knobs.max_frames) {
    return failed(
      'decode',
      'too-large',
      `It has ${header.frames} frames, of which ${count} would be taken; decode.max_frames allows ${knobs.max_frames}. Raise it, or decode.frame_step.`,
    );
  }
  const sampleBytes = deep && deepModes.test(header.mode) ? 4 : 1;
  const megabytes = (count * width * height * 4 * sampleBytes) / 1e6;
  if (megabytes > knobs.max_decoded_megabytes) {
    const what = count > 1 ? `The ${count} frames of ${width} × ${height}` : `The ${width} × ${height}`;
    const way = count > 1 ? 'Raise it, or decode.frame_step.' : 'Raise it, or scale the image down.';
    return failed(
      'decode',
      'too-large',
      `${what} pixels take ${megabytes.toFixed(1)} MB once decoded; decode.max_decoded_megabytes allows ${knobs.max_decoded_megabytes}. ${way}`,
    );
  }
  if (knobs.frames === 'middle') return succeeded([Math.floor(header.frames / 2)]);
  return succeeded(Array.from({ length: count }, (_, i) => i * knobs.frame_step));
}

/** Modes of more than 8 bits a sample. */
const deepModes = /[;FI]/;
