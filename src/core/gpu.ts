import type { Size } from './image';
import type { Dtype } from './row';

/** What a recipe may ask to compute with. */
export const engineChoices = ['auto', 'cpu', 'webgpu'] as const;

/** What computes. */
export type Engine = 'cpu' | 'webgpu';

/**
 * A function of a shader, as text beside the CPU code that it repeats. It reads its numbers by `whole(n + i)` and
 * `real(n + i)`, its data from word `data` on, and knows `pixel(at)`, `picture_size()`, `luma(colour)`, `cut(vec3f)` and
 * `byte_of(data, i)`, which `gpu/prelude.ts` and `gpu/draw.ts` write before it. Grey pixels have three equal values.
 */
export interface ShaderFunction {
  /** What the text calls it: unique in the house. */
  readonly name: string;
  readonly wgsl: string;
}

/** A shader function with what it is given. */
export interface ShaderCall {
  readonly shader: ShaderFunction;
  /** Its numbers as 32-bit words: whole ones as they are, others by {@link realWord}. */
  readonly numbers: readonly number[];
  /** More of them; the same array is carried over once. */
  readonly data?: Uint32Array;
}

/** What a step of the recipe is on the GPU: one or more of these, one after the other. Pictures have 8 bits between them. */
export type Pass =
  /** Turns each value into another by a table of 256. */
  | { readonly kind: 'table'; readonly values: ArrayLike<number> }
  /** Changes a pixel by itself: `fn name(colour: vec3i, at: vec2i, n: u32, data: u32) -> vec3i`. */
  | ({ readonly kind: 'colour' } & ShaderCall)
  /** Moves pixels as they are: output (x, y) is input (a·x + b·y + c, d·x + e·y + f), in that order, whole numbers. */
  | { readonly kind: 'move'; readonly matrix: Move; readonly size: Size }
  /**
   * Makes each pixel of several: `fn name(at: vec2i, n: u32, data: u32) -> vec3i`. With `before`, a function of the same numbers that
   * gives a `vec3f`, it reads those by `between(at)`.
   */
  | ({ readonly kind: 'gather'; readonly before?: ShaderFunction } & ShaderCall)
  /**
   * Turns each value of a channel into another by what the whole picture holds: `fn name(value: i32, channel: u32, n: u32) -> i32`
   * with `counted(channel, value)`, channel 3 being the grey picture.
   */
  | ({ readonly kind: 'count' } & ShaderCall);

/** Six whole numbers of an affine map, row by row. */
export type Move = readonly [number, number, number, number, number, number];

/** The weights of one axis in units of 2^-22, as `transforms/weights.ts` gives them. */
export interface AxisWeights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly values: Int32Array;
  readonly stride: number;
}

/** How a picture comes into its place: across, then down, each rounded to 8 bits, then padded. */
export interface Placing {
  readonly columns: AxisWeights;
  readonly rows: AxisWeights;
  /** The output, at least as large as the weights' lengths. */
  readonly outer: Size;
  readonly left: number;
  readonly top: number;
  /** Red, green and blue around it. */
  readonly pad: readonly number[];
}

/** One copy of a frame. Copies with the same {@link Placing} object are resampled once. */
export interface GpuCopy {
  readonly placing: Placing;
  readonly passes: readonly Pass[];
}

/** One decoded frame and what is to be made of it. */
export interface GpuFrame extends Size {
  /** RGBA, row by row. */
  readonly pixels: Uint8Array;
  /** Colour behind transparent pixels; null when there are none. */
  readonly background: readonly number[] | null;
  /** True when the colour is taken away before anything else. */
  readonly grey: boolean;
  readonly copies: readonly GpuCopy[];
}

/** The numbers that a tensor is made of. */
export interface TensorPlan {
  readonly dtype: Dtype;
  readonly channelsFirst: boolean;
  /** For each channel of the tensor, the picture's channel that it takes. */
  readonly order: readonly number[];
  /** The bits of each channel's 256 values, channel by channel. */
  readonly values: Uint32Array;
}

/** What is wanted of every copy. */
export interface GpuWanted {
  readonly channels: 1 | 3;
  readonly tensor: TensorPlan | null;
  /** 8-bit pixels, channels last. */
  readonly raster: boolean;
}

/** What came of one copy. */
export interface GpuResult {
  readonly size: Size;
  /** As {@link GpuWanted.tensor} orders it. */
  readonly tensor: Uint8Array | null;
  readonly raster: Uint8Array | null;
}

/** The GPU as the compute worker has it. */
export interface Gpu {
  /** False once it is lost for good: the CPU computes. */
  readonly isThere: boolean;
  /** Most bytes that one picture, or the results of one frame, may take. */
  readonly largestBytes: number;
  /** Computes the frames' copies, with one read-back; null when it could not, and the CPU must: {@link Gpu.takeNotes} says why. */
  run(frames: readonly GpuFrame[], wanted: GpuWanted): Promise<readonly (readonly GpuResult[])[] | null>;
  /** What a person should know of what happened since the last call. */
  takeNotes(): readonly string[];
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** The bits of a number's float32, as a shader function's number. */
export function realWord(x: number): number {
  single[0] = x;
  return singleBits[0];
}
