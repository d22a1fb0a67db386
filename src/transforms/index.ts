import type { Registry } from '../core/plugin';
import { brightness } from './brightness';
import { contrast } from './contrast';
import { flipHorizontal } from './flip-horizontal';
import { flipVertical } from './flip-vertical';
import { randomResizedCrop } from './random-resized-crop';
import { rotate } from './rotate';

/** The transforms with chance, in the order in which the form offers them. */
export const transforms: Registry['transforms'] = [
  flipHorizontal,
  flipVertical,
  rotate,
  randomResizedCrop,
  brightness,
  contrast,
];
