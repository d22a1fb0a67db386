import type { Size } from '../../core/image';
import type { Box } from '../../core/plugin';

/** The part of an upright picture that `cover` keeps: the largest centred box of the output's shape. */
export function coverBox(picture: Size, wanted: Size): Box {
  const scale = Math.min(picture.width / wanted.width, picture.height / wanted.height);
  const width = wanted.width * scale;
  const height = wanted.height * scale;
  const left = (picture.width - width) / 2;
  const top = (picture.height - height) / 2;
  return { left, top, right: left + width, bottom: top + height };
}
