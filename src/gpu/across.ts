import { groupSide, prelude } from './prelude';

/** Numbers of the pass across, by their place. */
export const acrossWords = {
  width: 0,
  rows: 1,
  sourceWidth: 2,
  firstRow: 3,
  columns: 4,
  grey: 5,
  /** 1 where transparent pixels are laid over the colour that follows. */
  flatten: 6,
  background: 7,
  count: 10,
} as const;

/**
 * Resamples rows across, as `transforms/passes.ts`: weights in units of 2^-22, sums from half a unit, cut to 8 bits. What lies
 * before it is done as pixels are read: `transforms/flatten.ts` and `transforms/grey.ts`, in whole numbers as there.
 */
export const acrossKernel = /* wgsl */ `${prelude}
@group(0) @binding(1) var<storage, read_write> made: array<u32>;

fn decoded(at: u32) -> vec3i {
  let word = source[at];
  var colour = unpacked(word);
  if (head(${acrossWords.flatten}u) == 1) {
    let alpha = i32(word >> 24u);
    let background = vec3i(head(${acrossWords.background}u), head(${acrossWords.background + 1}u), head(${acrossWords.background + 2}u));
    let sum = background * (255 - alpha) + colour * alpha + 128;
    colour = ((sum >> vec3u(8u)) + sum) >> vec3u(8u);
  }
  if (head(${acrossWords.grey}u) == 1) { colour = vec3i(luma(colour)); }
  return colour;
}

@compute @workgroup_size(${groupSide}, ${groupSide})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let width = u32(head(${acrossWords.width}u));
  if (id.x >= width || id.y >= u32(head(${acrossWords.rows}u))) { return; }
  let columns = u32(head(${acrossWords.columns}u));
  let entry = columns + 1u + id.x * (2u + words[columns]);
  let row = (id.y + u32(head(${acrossWords.firstRow}u))) * u32(head(${acrossWords.sourceWidth}u));
  let first = row + words[entry];
  var sum = vec3i(${1 << 21});
  for (var j = 0u; j < words[entry + 1u]; j++) { sum += decoded(first + j) * whole(entry + 2u + j); }
  made[id.y * width + id.x] = packed(clamp(sum >> vec3u(22u), vec3i(0), vec3i(255)));
}
`;
