import type { AxisWeights, Placing } from '../core/gpu';
import type { Size } from '../core/image';
import { luma, parseColour } from './colour';
import type { Placement } from './geometry';
import { positions } from './resample';
import { type Filter, precisionBits, weightsOf } from './weights';

/**
 * `resample` and the padding around it as two passes of weights, for the GPU: they give the same bytes. Null for the shape that Pillow
 * shrinks downwards first.
 */
export function placingOf(
  size: Size,
  place: Placement,
  filter: Filter,
  pad: string,
  grey: boolean,
): Placing | null {
  const { box, inner, outer, left, top } = place;
  if (size.height > size.width * 100 && inner.height < size.height) return null;
  const [red, green, blue] = parseColour(pad);
  const value = luma(red, green, blue);
  // Pillow holds the box in float32, and so must its differences be.
  const [low, high] = [Math.fround(box.left), Math.fround(box.right)];
  const [upper, lower] = [Math.fround(box.top), Math.fround(box.bottom)];
  const sameSize = Math.fround(high - low) === inner.width && Math.fround(lower - upper) === inner.height;
  const isCut = sameSize && Number.isInteger(low) && Number.isInteger(upper);
  const axis = (length: number, from: number, to: number, count: number): AxisWeights => {
    if (isCut) return taking(Int32Array.from({ length: count }, (_, i) => from + i));
    if (filter === 'nearest') return taking(positions(from, Math.fround(to - from) / count, count, length));
    // What keeps its place is not weighed, as Pillow leaves such a pass out.
    if (count === length && from === 0 && to === count)
      return taking(Int32Array.from({ length: count }, (_, i) => i));
    return weightsOf(length, from, to, count, filter);
  };
  return {
    columns: axis(size.width, low, high, inner.width),
    rows: axis(size.height, upper, lower, inner.height),
    outer,
    left,
    top,
    pad: grey ? [value, value, value] : [red, green, blue],
  };
}

/** Weights that take one input pixel each as it is; -1 takes none, which leaves black. */
function taking(from: Int32Array): AxisWeights {
  return {
    first: from.map((at) => Math.max(0, at)),
    count: from.map((at) => (at < 0 ? 0 : 1)),
    values: new Int32Array(from.length).fill(1 << precisionBits),
    stride: 1,
  };
}
