import { type Pass, realWord, type ShaderFunction } from '../core/gpu';
import type { PassPicture } from '../core/plugin';
import { luma, parseColour } from './colour';
import type { Matrix, Outside } from './warp';

/**
 * `warp` on the GPU, in float32. Where the picture ends is decided here, in doubles: a pixel more or less at an edge would be another
 * colour altogether. Null where positions grow so large that float32 would not do.
 */
export function warpPass(picture: PassPicture, matrix: Matrix, outside: Outside): readonly Pass[] | null {
  const { edges, fill } = outside;
  if (edges === 'mirror' && matrix.length > 6) return null;
  const [red, green, blue] = parseColour(fill);
  const grey = luma(red, green, blue);
  const colour = picture.channels === 1 ? [grey, grey, grey] : [red, green, blue];
  const all = [...matrix, ...[0, 0, 1].slice(matrix.length - 6)];
  const numbers = [...all.map(realWord), ['fill', 'edge', 'mirror'].indexOf(edges), ...colour];
  return [{ kind: 'gather', shader: warpShader, numbers: [...numbers, ...spansOf(picture, matrix, edges)] }];
}

const warpShader: ShaderFunction = {
  name: 'warped',
  wgsl: /* wgsl */ `
fn mirrored_into(at: f32, length: f32) -> f32 {
  let inside = at - floor(at / (2.0 * length)) * 2.0 * length;
  return select(2.0 * length - inside, inside, inside < length);
}
fn warped(at: vec2i, n: u32, data: u32) -> vec3i {
  let span = n + 13u + 2u * u32(at.y);
  if (at.x < whole(span) || at.x >= whole(span + 1u)) {
    return vec3i(whole(n + 10u), whole(n + 11u), whole(n + 12u));
  }
  let size = picture_size();
  let p = vec2f(at) + vec2f(0.5);
  let divisor = real(n + 6u) * p.x + real(n + 7u) * p.y + real(n + 8u);
  var origin = vec2f(
    real(n) * p.x + real(n + 1u) * p.y + real(n + 2u),
    real(n + 3u) * p.x + real(n + 4u) * p.y + real(n + 5u)
  ) / divisor;
  if (whole(n + 9u) == 2) {
    origin = vec2f(mirrored_into(origin.x, f32(size.x)), mirrored_into(origin.y, f32(size.y)));
  }
  // Further out nothing changes any more, and whole numbers do not overflow.
  origin = clamp(origin, vec2f(-2.0), vec2f(size) + vec2f(2.0)) - vec2f(0.5);
  let low = floor(origin);
  let part = origin - low;
  let end = size - vec2i(1);
  let first = clamp(vec2i(low), vec2i(0), end);
  let second = clamp(vec2i(low) + vec2i(1), vec2i(0), end);
  let upper_left = vec3f(pixel(first));
  let lower_left = vec3f(pixel(vec2i(first.x, second.y)));
  let above = upper_left + (vec3f(pixel(vec2i(second.x, first.y))) - upper_left) * part.x;
  let below = lower_left + (vec3f(pixel(second)) - lower_left) * part.x;
  return cut(above + (below - above) * part.y);
}`,
};

/** For each row, the first column that shows the picture and the first behind it that does not. */
function spansOf({ width, height }: PassPicture, matrix: Matrix, edges: Outside['edges']): number[] {
  const [a, b, c, d, e, f, g = 0, h = 0, i = 1] = matrix;
  const spans: number[] = [];
  for (let row = 0; row < height; row++) {
    const y = row + 0.5;
    // As `warp` decides it, to the last bit.
    const shows = (column: number) => {
      const x = column + 0.5;
      const divisor = g * x + h * y + i;
      const inX = (a * x + b * y + c) / divisor;
      const inY = (d * x + e * y + f) / divisor;
      return divisor > 0 && (edges !== 'fill' || (inX >= 0 && inX < width && inY >= 0 && inY < height));
    };
    const over = [g, h * y + i];
    const limits =
      edges === 'fill'
        ? [
            [a, b * y + c],
            [width * g - a, width * over[1] - b * y - c],
            [d, e * y + f],
            [height * g - d, height * over[1] - e * y - f],
          ]
        : [];
    let low = 0;
    let high = width;
    for (const [slope, offset] of [over, ...limits]) {
      if (slope > 0) low = Math.max(low, -offset / slope);
      else if (slope < 0) high = Math.min(high, -offset / slope);
    }
    // The limits are off by a rounding error at most: a pixel more at either end, and then those that do not show go.
    let start = Math.min(width, Math.max(0, Math.floor(low - 0.5) - 1));
    let end = Math.max(start, Math.min(width, Math.ceil(high - 0.5) + 2));
    while (start < end && !shows(start)) start++;
    while (end > start && !shows(end - 1)) end--;
    spans.push(start, end);
  }
  return spans;
}
