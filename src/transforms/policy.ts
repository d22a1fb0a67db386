import { assert } from '../base/assert';
import type { Random } from '../base/random';
import type { Pixels } from '../core/image';
import { contrastStretched } from './autocontrast';
import { blendFrom } from './blend';
import { recordable } from './chance';
import { contrasted } from './contrast';
import { equalised } from './equalise';
import { posterised } from './posterise';
import { rotated } from './rotate';
import { saturated } from './saturation';
import { sharpened } from './sharpen';
import { sheared } from './shear';
import { solarised } from './solarise';
import { shifted } from './translate';
import type { Outside } from './warp';

/** The greatest magnitudes of a policy. */
export interface Ranges {
  /** Pixels that a row moves against the next. */
  readonly slope: number;
  /** A share of the side. */
  readonly shift: number;
  readonly degrees: number;
  /** Distance of a factor from 1. */
  readonly factor: number;
  /** Bits that posterising keeps at least. */
  readonly bits: number;
}

/** An operation and how strong it is, in its own unit. */
export interface Chosen {
  readonly operation: string;
  readonly magnitude: number;
}

/** Chooses an operation, every one as likely, at a strength from 0 to 1. Draws two numbers. */
export function chooseOperation(random: Random, strength: number, ranges: Ranges): Chosen {
  const { id, magnitudeOf, signed } = operations[Math.floor(random.next() * operations.length)];
  const sign = random.next() < 0.5 && signed ? -1 : 1;
  return { operation: id, magnitude: recordable(sign * magnitudeOf(strength, ranges)) };
}

/** Does what {@link chooseOperation} chose. */
export function applyOperation<P extends Pixels>(
  raster: P,
  { operation, magnitude }: Chosen,
  outside: Outside,
): P {
  const known = operations.find(({ id }) => id === operation);
  assert(known, `a policy drew ${operation}`);
  return known.apply(raster, magnitude, outside);
}

interface Operation {
  readonly id: string;
  /** True when the magnitude is taken to either side. */
  readonly signed: boolean;
  /** What a strength of 0 to 1 is in the operation's own unit. */
  magnitudeOf(strength: number, ranges: Ranges): number;
  apply<P extends Pixels>(raster: P, magnitude: number, outside: Outside): P;
}

const slopeOf = (strength: number, { slope }: Ranges) => strength * slope;
const shiftOf = (strength: number, { shift }: Ranges) => strength * shift;
const factorOf = (strength: number, { factor }: Ranges) => strength * factor;

/**
 * The fourteen operations of TrivialAugment and RandAugment. Source: `_augmentation_space` in
 * `torchvision/transforms/autoaugment.py`; what moves pixels does so about the centre and bilinearly, there by nearest.
 */
// biome-ignore format: a table
const operations: readonly Operation[] = [
  { id: 'identity', signed: false, magnitudeOf: () => 0, apply: (raster) => raster },
  { id: 'shear-x', signed: true, magnitudeOf: slopeOf, apply: (raster, slope, outside) => sheared(raster, slope, 0, outside) },
  { id: 'shear-y', signed: true, magnitudeOf: slopeOf, apply: (raster, slope, outside) => sheared(raster, 0, slope, outside) },
  { id: 'translate-x', signed: true, magnitudeOf: shiftOf, apply: (raster, share, outside) => shifted(raster, share * raster.width, 0, outside) },
  { id: 'translate-y', signed: true, magnitudeOf: shiftOf, apply: (raster, share, outside) => shifted(raster, 0, share * raster.height, outside) },
  { id: 'rotate', signed: true, magnitudeOf: (strength, { degrees }) => strength * degrees, apply: (raster, degrees, outside) => rotated(raster, degrees, outside) },
  { id: 'brightness', signed: true, magnitudeOf: factorOf, apply: (raster, change) => blendFrom(0, raster, 1 + change) },
  { id: 'saturation', signed: true, magnitudeOf: factorOf, apply: (raster, change) => saturated(raster, 1 + change) },
  { id: 'contrast', signed: true, magnitudeOf: factorOf, apply: (raster, change) => contrasted(raster, 1 + change) },
  { id: 'sharpness', signed: true, magnitudeOf: factorOf, apply: (raster, change) => sharpened(raster, 1 + change) },
  { id: 'posterise', signed: false, magnitudeOf: (strength, { bits }) => 8 - Math.round(strength * (8 - bits)), apply: posterised },
  { id: 'solarise', signed: false, magnitudeOf: (strength) => 255 * (1 - strength), apply: solarised },
  { id: 'autocontrast', signed: false, magnitudeOf: () => 0, apply: (raster) => contrastStretched(raster, 0) },
  { id: 'equalise', signed: false, magnitudeOf: () => 0, apply: equalised },
];
