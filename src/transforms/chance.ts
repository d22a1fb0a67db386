import { z } from 'zod';
import { knob } from '../core/knobs';

/** The knob that every augmentation has: how often it happens. */
export const probability = (fallback: number) =>
  knob(z.number().min(0).max(1), fallback, {
    label: 'Chance',
    help: 'How often the step happens, 0 to 1.',
  });

/** Rounds a drawn number to four decimals, so that what the dataset records is exactly what was done. */
export function recordable(x: number): number {
  return Math.round(x * 1e4) / 1e4;
}
