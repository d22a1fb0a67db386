import type { Header, Size } from '../core/image';
import { orientedSize } from './orient';

/**
 * The largest of 8, 4, 2, 1 by which both sides can be divided and still hold the wanted size: the rule of Pillow's
 * `Image.draft`. `wanted` is upright, the header's size is as stored.
 */
export function reductionFor(header: Pick<Header, 'size' | 'orientation'>, wanted: Size | null): number {
  if (wanted === null) return 1;
  const { width, height } = orientedSize(header.size, header.orientation);
  const ratio = Math.floor(Math.min(width / wanted.width, height / wanted.height));
  return [8, 4, 2].find((scale) => scale <= ratio) ?? 1;
}
