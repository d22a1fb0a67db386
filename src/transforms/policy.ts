import { assert } from '../base/assert';
import type { Random } from '../base/random';
import type { Pass } from '../core/gpu';
import type { Pixels } from '../core/image';
import type { PassPicture } from '../core/plugin';
import { contrastStretched, stretchPass } from './autocontrast';
import { blendFrom } from './blend';
import { recordable } from './chance';
import { contrasted, contrastPass } from './contrast';
import { equalised, equalisePass } from './equalise';
import { posterised } from './posterise';
import { rotated, rotationPasses } from './rotate';
import { saturated, saturationPasses } from './saturation';
import { sharpened, sharpenPass } from './sharpen';
import { sheared, shearPasses } from './shear';
import { solarised } from './solarise';
import { tablePass } from './table-pass';
import { shifted, shiftPasses } from './translate';
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

/** The same for the GPU, of operations one after the other; null where only the CPU can. */
export function operationPasses(
  picture: PassPicture,
  chosen: readonly Chosen[],
  outside: Outside,
): readonly Pass[] | null {
  const passes = chosen.map(({ operation, magnitude }) =>
    operations.find(({ id }) => id === operation)?.passes(picture, magnitude, outside),
  );
  return passes.every((each) => each != null) ? passes.flat() : null;
}

interface Operation {
  readonly id: string;
  /** True when the magnitude is taken to either side. */
  readonly signed: boolean;
  /** What a strength of 0 to 1 is in the operation's own unit. */
  magnitudeOf(strength: number, ranges: Ranges): number;
  apply<P extends Pixels>(raster: P, magnitude: number, outside: Outside): P;
  passes(picture: PassPicture, magnitude: number, outside: Outside): readonly Pass[] | null;
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
  { id: 'identity', signed: false, magnitudeOf: () => 0, apply: (raster) => raster, passes: () => [] },
  { id: 'shear-x', signed: true, magnitudeOf: slopeOf, apply: (raster, slope, outside) => sheared(raster, slope, 0, outside), passes: (picture, slope, outside) => shearPasses(picture, slope, 0, outside) },
  { id: 'shear-y', signed: true, magnitudeOf: slopeOf, apply: (raster, slope, outside) => sheared(raster, 0, slope, outside), passes: (picture, slope, outside) => shearPasses(picture, 0, slope, outside) },
  { id: 'translate-x', signed: true, magnitudeOf: shiftOf, apply: (raster, share, outside) => shifted(raster, share * raster.width, 0, outside), passes: (picture, share, outside) => shiftPasses(picture, share * picture.width, 0, outside) },
  { id: 'translate-y', signed: true, magnitudeOf: shiftOf, apply: (raster, share, outside) => shifted(raster, 0, share * raster.height, outside), passes: (picture, share, outside) => shiftPasses(picture, 0, share * picture.height, outside) },
  { id: 'rotate', signed: true, magnitudeOf: (strength, { degrees }) => strength * degrees, apply: (raster, degrees, outside) => rotated(raster, degrees, outside), passes: (picture, degrees, outside) => rotationPasses(picture, degrees, outside) },
  { id: 'brightness', signed: true, magnitudeOf: factorOf, apply: (raster, change) => blendFrom(0, raster, 1 + change), passes: (_, change) => [tablePass((ramp) => blendFrom(0, ramp, 1 + change))] },
  { id: 'saturation', signed: true, magnitudeOf: factorOf, apply: (raster, change) => saturated(raster, 1 + change), passes: (picture, change) => saturationPasses(picture, 1 + change) },
  { id: 'contrast', signed: true, magnitudeOf: factorOf, apply: (raster, change) => contrasted(raster, 1 + change), passes: (picture, change) => [contrastPass(picture, 1 + change)] },
  { id: 'sharpness', signed: true, magnitudeOf: factorOf, apply: (raster, change) => sharpened(raster, 1 + change), passes: (_, change) => [sharpenPass(1 + change)] },
  { id: 'posterise', signed: false, magnitudeOf: (strength, { bits }) => 8 - Math.round(strength * (8 - bits)), apply: posterised, passes: (_, bits) => [tablePass((ramp) => posterised(ramp, bits))] },
  { id: 'solarise', signed: false, magnitudeOf: (strength) => 255 * (1 - strength), apply: solarised, passes: (_, threshold) => [tablePass((ramp) => solarised(ramp, threshold))] },
  { id: 'autocontrast', signed: false, magnitudeOf: () => 0, apply: (raster) => contrastStretched(raster, 0), passes: (picture) => [stretchPass(picture, 0)] },
  { id: 'equalise', signed: false, magnitudeOf: () => 0, apply: equalised, passes: () => [equalisePass] },
];
