import type { ShaderFunction } from '../core/gpu';
import { groupSide, headWords, prelude } from './prelude';

/** Words of a step in {@link drawKernel}'s list: what it is, where its numbers and its data are, and six of its move. */
export const stepWords = 9;

/** Steps that every kernel knows; the recipe's own functions follow. */
export const knownSteps = { table: 0, counted: 1, first: 2 } as const;

/** What a kernel of {@link drawKernel} begins with: how it makes a pixel out of what it reads. */
export interface Reader {
  readonly name: string;
  readonly wgsl: string;
}

/**
 * Makes one pixel out of the picture before, sends it through every step that changes pixels by themselves, and stores it as
 * part of a picture or as a tensor's values: steps between two gatherings are one pass. Which of its functions a copy goes
 * through is a list of numbers, so that a recipe's copies need no kernel each.
 */
export function drawKernel(reader: Reader, functions: readonly ShaderFunction[]): string {
  const { move, steps, stepCount } = headWords;
  return /* wgsl */ `${prelude}${pictureAccess}
@group(0) @binding(1) var<storage, read_write> made: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> tables: array<u32>;
${functions.map(({ wgsl }) => wgsl).join('\n')}
${reader.wgsl}
fn moved(at: vec2i, m: u32) -> vec2i {
  return vec2i(whole(m) * at.x + whole(m + 1u) * at.y + whole(m + 2u), whole(m + 3u) * at.x + whole(m + 4u) * at.y + whole(m + 5u));
}

@compute @workgroup_size(${groupSide}, ${groupSide})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = vec2i(id.xy);
  if (at.x >= head(${headWords.width}u) || at.y >= head(${headWords.height}u)) { return; }
  var colour = ${reader.name}(moved(at, begin.x + ${move}u), u32(head(${headWords.numbers}u)), u32(head(${headWords.data}u)));
  for (var i = 0u; i < u32(head(${stepCount}u)); i++) {
    let entry = u32(head(${steps}u)) + i * ${stepWords}u;
    let there = moved(at, entry + 3u);
    let n = words[entry + 1u];
    let data = words[entry + 2u];
    switch words[entry] {
      case ${knownSteps.table}u: { colour = vec3i(byte_of(data, u32(colour.r)), byte_of(data, u32(colour.g)), byte_of(data, u32(colour.b))); }
      case ${knownSteps.counted}u: {
        colour = vec3i(vec3u(tables[data + u32(colour.r)], tables[data + 256u + u32(colour.g)], tables[data + 512u + u32(colour.b)]));
      }
${functions.map(({ name }, i) => `      case ${knownSteps.first + i}u: { colour = ${name}(colour, there, n, data); }`).join('\n')}
      default: {}
    }
  }
  store(at, colour);
}
${storing}`;
}

/** Makes the `vec3f` that a gathering of two passes has between them. */
export function betweenKernel({ name, wgsl }: ShaderFunction): string {
  return /* wgsl */ `${prelude}${pictureAccess}
@group(0) @binding(1) var<storage, read_write> made: array<f32>;
${wgsl}
@compute @workgroup_size(${groupSide}, ${groupSide})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = vec2i(id.xy);
  if (at.x >= head(${headWords.width}u) || at.y >= head(${headWords.height}u)) { return; }
  let value = ${name}(at, u32(head(${headWords.numbers}u)), u32(head(${headWords.data}u)));
  let i = 3u * (id.y * u32(head(${headWords.width}u)) + id.x);
  made[i] = value.x;
  made[i + 1u] = value.y;
  made[i + 2u] = value.z;
}
`;
}

const pictureAccess = /* wgsl */ `
fn picture_size() -> vec2i { return vec2i(head(${headWords.sourceWidth}u), head(${headWords.sourceHeight}u)); }
fn place(at: vec2i) -> u32 { return u32(at.y * head(${headWords.sourceWidth}u) + at.x); }
fn pixel(at: vec2i) -> vec3i { return unpacked(source[place(at)]); }
fn between(at: vec2i) -> vec3f {
  let i = 3u * place(at);
  return vec3f(bitcast<f32>(source[i]), bitcast<f32>(source[i + 1u]), bitcast<f32>(source[i + 2u]));
}
`;

/** Values of 8 and 16 bits share their words with other pixels' values, so they are put in atomically, into zeros. */
const storing = /* wgsl */ `
fn store(at: vec2i, colour: vec3i) {
  let i = u32(at.y * head(${headWords.width}u) + at.x);
  if (head(${headWords.writes}u) == 0) {
    atomicStore(&made[i], packed(colour));
    return;
  }
  let channels = u32(head(${headWords.channels}u));
  let plane = u32(head(${headWords.width}u) * head(${headWords.height}u));
  let size = u32(head(${headWords.bytesPerValue}u));
  for (var channel = 0u; channel < channels; channel++) {
    let channel_from = (u32(head(${headWords.order}u)) >> (2u * channel)) & 3u;
    let value = words[u32(head(${headWords.values}u)) + channel * 256u + u32(colour[channel_from])];
    let inside = select(i * channels + channel, channel * plane + i, head(${headWords.channelsFirst}u) == 1);
    let place = u32(head(${headWords.start}u)) + inside;
    if (size == 4u) {
      atomicStore(&made[place], value);
    } else {
      let shared_by = 4u / size;
      atomicOr(&made[place / shared_by], value << (8u * size * (place % shared_by)));
    }
  }
}
`;

/** Takes the picture as it is. */
export const loadReader: Reader = {
  name: 'loaded',
  wgsl: /* wgsl */ `fn loaded(at: vec2i, n: u32, data: u32) -> vec3i { return pixel(at); }`,
};

/**
 * Resamples down, as `transforms/passes.ts` in whole numbers, and pads around. Its numbers: left, top, width and height of the
 * picture in its place, red, green and blue of the padding, and the first row that was resampled across; its data the rows' weights.
 */
export const downReader: Reader = {
  name: 'down',
  wgsl: /* wgsl */ `
fn down(at: vec2i, n: u32, data: u32) -> vec3i {
  let p = at - vec2i(whole(n), whole(n + 1u));
  if (p.x < 0 || p.y < 0 || p.x >= whole(n + 2u) || p.y >= whole(n + 3u)) {
    return vec3i(whole(n + 4u), whole(n + 5u), whole(n + 6u));
  }
  let entry = data + 1u + u32(p.y) * (2u + words[data]);
  let first = whole(entry) - whole(n + 7u);
  var sum = vec3i(${1 << 21});
  for (var j = 0; j < whole(entry + 1u); j++) { sum += pixel(vec2i(p.x, first + j)) * whole(entry + 2u + u32(j)); }
  return clamp(sum >> vec3u(22u), vec3i(0), vec3i(255));
}`,
};
