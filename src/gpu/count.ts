import type { ShaderFunction } from '../core/gpu';
import { groupSide, headWords, prelude } from './prelude';

/** Words of one counting: 256 counts of each channel and of the grey picture, then a table of 256 for each channel. */
export const countWords = 4 * 256 + 3 * 256;
/** Where the tables begin. */
export const countedTables = 4 * 256;

/** Pixels that a thread of {@link countKernel} counts, both ways. */
export const countSide = 4;

/** Counts the values of a picture; `start` is where. Counted in the workgroup first: few meet at the counts that all share. */
export const countKernel = /* wgsl */ `${prelude}
@group(0) @binding(1) var<storage, read_write> made: array<atomic<u32>>;
var<workgroup> tally: array<atomic<u32>, 1024>;

@compute @workgroup_size(${groupSide}, ${groupSide})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) index: u32) {
  for (var i = index; i < 1024u; i += ${groupSide * groupSide}u) { atomicStore(&tally[i], 0u); }
  workgroupBarrier();
  let width = u32(head(${headWords.width}u));
  let height = u32(head(${headWords.height}u));
  // Each thread takes a square of pixels, so that a workgroup has enough to count.
  for (var dy = 0u; dy < ${countSide}u; dy++) {
    for (var dx = 0u; dx < ${countSide}u; dx++) {
      let x = id.x * ${countSide}u + dx;
      let y = id.y * ${countSide}u + dy;
      if (x < width && y < height) {
        let colour = unpacked(source[y * width + x]);
        atomicAdd(&tally[u32(colour.r)], 1u);
        atomicAdd(&tally[256u + u32(colour.g)], 1u);
        atomicAdd(&tally[512u + u32(colour.b)], 1u);
        atomicAdd(&tally[768u + u32(luma(colour))], 1u);
      }
    }
  }
  workgroupBarrier();
  for (var i = index; i < 1024u; i += ${groupSide * groupSide}u) {
    let count = atomicLoad(&tally[i]);
    if (count > 0u) { atomicAdd(&made[u32(head(${headWords.start}u)) + i], count); }
  }
}
`;

/** Turns counts into tables by a step's function: a thread for each value. */
export function tableKernel({ name, wgsl }: ShaderFunction): string {
  return /* wgsl */ `${prelude}
@group(0) @binding(1) var<storage, read_write> made: array<u32>;
fn counted(channel: u32, value: i32) -> i32 {
  return bitcast<i32>(made[u32(head(${headWords.start}u)) + channel * 256u + u32(value)]);
}
${wgsl}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var channel = 0u; channel < 3u; channel++) {
    let value = ${name}(i32(id.x), channel, u32(head(${headWords.numbers}u)));
    made[u32(head(${headWords.start}u)) + ${countedTables}u + channel * 256u + id.x] = u32(value);
  }
}
`;
}
