/**
 * What every kernel begins with. Binding 0 is the picture that is read, 1 what is made, 2 all numbers of the batch, 3 the counts
 * and the tables made of them, 4 where this dispatch's numbers begin. A picture is a word a pixel, red lowest.
 */
export const prelude = /* wgsl */ `
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> words: array<u32>;
@group(0) @binding(4) var<uniform> begin: vec4u;

fn whole(i: u32) -> i32 { return bitcast<i32>(words[i]); }
fn real(i: u32) -> f32 { return bitcast<f32>(words[i]); }
fn byte_of(data: u32, i: u32) -> i32 { return i32((words[data + i / 4u] >> (8u * (i % 4u))) & 255u); }
fn head(i: u32) -> i32 { return whole(begin.x + i); }
fn unpacked(word: u32) -> vec3i { return vec3i((vec3u(word) >> vec3u(0u, 8u, 16u)) & vec3u(255u)); }
fn packed(colour: vec3i) -> u32 { return u32(colour.r) | (u32(colour.g) << 8u) | (u32(colour.b) << 16u); }
fn luma(colour: vec3i) -> i32 { return (colour.r * 19595 + colour.g * 38470 + colour.b * 7471 + 0x8000) >> 16u; }
fn cut(value: vec3f) -> vec3i { return vec3i(clamp(value, vec3f(0.0), vec3f(255.0))); }
`;

/** Threads of a workgroup, both ways. */
export const groupSide = 8;

/** Numbers at {@link prelude}'s `begin`, by their place. */
export const headWords = {
  width: 0,
  height: 1,
  sourceWidth: 2,
  sourceHeight: 3,
  /** Where the reading function's numbers are, and its data. */
  numbers: 4,
  data: 5,
  /** Six numbers: from a position in the output to one in what is read. */
  move: 6,
  stepCount: 12,
  steps: 13,
  /** 0 a picture, 1 values of a tensor. */
  writes: 14,
  /** First value in what is made. */
  start: 15,
  channels: 16,
  bytesPerValue: 17,
  values: 18,
  channelsFirst: 19,
  /** Two bits for each channel of the tensor. */
  order: 20,
  count: 21,
} as const;
