import { describe, expect, test } from 'vitest';
import { chooseFrames } from './frames';
import type { Header } from './image';
import { type DecodeKnobs, decodeKnobs } from './reading-knobs';

const header = (frames: number, more: Partial<Header> = {}): Header => ({
  format: 'gif',
  size: { width: 1000, height: 500 },
  mode: 'P',
  alpha: false,
  frames,
  exif: null,
  xmp: null,
  iptc: null,
  orientation: 1,
  profile: false,
  ...more,
});
const choose = (frames: number, knobs: Partial<DecodeKnobs>, deep = false, more: Partial<Header> = {}) => {
  const outcome = chooseFrames(header(frames, more), decodeKnobs.parse(knobs), deep);
  return outcome.ok ? outcome.value : outcome.failure.message;
};

describe('frames of a file', () => {
  test('the first, the middle one, or every n-th', () => {
    expect(choose(1, {})).toEqual([0]);
    expect(choose(9, {})).toEqual([0]);
    expect(choose(1, { frames: 'middle' })).toEqual([0]);
    expect(choose(5, { frames: 'middle' })).toEqual([2]);
    expect(choose(6, { frames: 'middle' })).toEqual([3]);
    expect(choose(4, { frames: 'every' })).toEqual([0, 1, 2, 3]);
    expect(choose(11, { frames: 'every', frame_step: 5 })).toEqual([0, 5, 10]);
    expect(choose(10, { frames: 'every', frame_step: 5 })).toEqual([0, 5]);
    expect(choose(1, { frames: 'every', frame_step: 5 })).toEqual([0]);
  });

  test('more than the recipe allows are refused by the knob’s name, before a list of them is made', () => {
    expect(choose(5000, { frames: 'every' })).toContain('decode.max_frames allows 1000');
    expect(choose(2 ** 32 - 1, { frames: 'every' })).toContain('decode.max_frames');
    expect(choose(5000, {})).toEqual([0]);
    expect(choose(5000, { frames: 'every', frame_step: 1000 })).toHaveLength(5);
  });

  test('bytes of all frames together are bounded, deep ones counted as such', () => {
    expect(choose(600, { frames: 'every' })).toBe(
      'The 600 frames of 1000 × 500 pixels take 1200.0 MB once decoded; decode.max_decoded_megabytes allows 1024. Raise it, or decode.frame_step.',
    );
    expect(choose(600, { frames: 'middle' })).toEqual([300]);
    expect(choose(1, { max_decoded_megabytes: 1 })).toContain('The 1000 × 500 pixels take 2.0 MB');
    const deep = { mode: 'RGB;16' } as const;
    expect(choose(200, { frames: 'every' }, true, deep)).toContain('1600.0 MB');
    expect(choose(200, { frames: 'every' }, false, deep)).toHaveLength(200);
  });
});
