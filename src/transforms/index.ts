import type { Registry } from '../core/plugin';
import { autocontrast } from './autocontrast';
import { brightness } from './brightness';
import { contrast } from './contrast';
import { cutmix } from './cutmix';
import { cutout } from './cutout';
import { equalise } from './equalise';
import { flipHorizontal } from './flip-horizontal';
import { flipVertical } from './flip-vertical';
import { gamma } from './gamma';
import { gaussianBlur } from './gaussian-blur';
import { gaussianNoise } from './gaussian-noise';
import { greyscale } from './greyscale';
import { hue } from './hue';
import { invert } from './invert';
import { jpeg } from './jpeg';
import { mixup } from './mixup';
import { motionBlur } from './motion-blur';
import { perspective } from './perspective';
import { posterise } from './posterise';
import { rand } from './rand';
import { randomResizedCrop } from './random-resized-crop';
import { rotate } from './rotate';
import { saltAndPepper } from './salt-and-pepper';
import { saturation } from './saturation';
import { scale } from './scale';
import { sharpen } from './sharpen';
import { shear } from './shear';
import { solarise } from './solarise';
import { translate } from './translate';
import { trivial } from './trivial';
import { turn } from './turn';

/** The transforms with chance, in the order in which the form offers them. */
export const transforms: Registry['transforms'] = [
  flipHorizontal,
  flipVertical,
  rotate,
  randomResizedCrop,
  brightness,
  contrast,
  turn,
  shear,
  perspective,
  translate,
  scale,
  saturation,
  hue,
  gamma,
  greyscale,
  invert,
  posterise,
  solarise,
  equalise,
  autocontrast,
  sharpen,
  gaussianBlur,
  motionBlur,
  gaussianNoise,
  saltAndPepper,
  jpeg,
  cutout,
  trivial,
  rand,
  mixup,
  cutmix,
];
