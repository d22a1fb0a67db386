import { z } from 'zod';
import { random } from '../base/random';
import { type ImageKnobs, knob } from '../core/knobs';
import type { DecodeKnobs } from '../core/reading-knobs';
import { drawBeta } from './beta';
import { recordable } from './chance';

/** The knob of steps that mix two pictures. */
export const alpha = (fallback: number) =>
  knob(z.number().min(0.01).max(100), fallback, {
    label: 'Alpha',
    help: 'Of the beta distribution from which the weight is drawn: small mixes little, 1 any share as likely.',
  });

/**
 * Draws what is left of the picture itself. Mixing with 0.3 is mixing the other one with 0.7: so it is never less than a half, and
 * a row's one label, where a format holds no more, is the one that weighs most.
 */
export function drawWeight(seed: number, alpha: number): number {
  const share = drawBeta(random(seed), alpha);
  return recordable(Math.max(share, 1 - share));
}

/** The refusal of steps that take two pictures of one size, known before they are decoded. */
export function needsOneSize({
  image,
  decode,
}: {
  readonly image: ImageKnobs;
  readonly decode: DecodeKnobs;
}): string | null {
  if (!['cover', 'contain', 'stretch'].includes(image.fit))
    return `mixes pictures of one size, which fit: ${image.fit} does not give; choose cover, contain or stretch`;
  return decode.frames === 'every'
    ? 'mixes one picture with one other; choose decode.frames: first or middle, or leave the step out'
    : null;
}
