import type { ImageRef } from './image';
import type { Split } from './split';

/** One image in its place: everything that is known before the first pixel is decoded. */
export interface PlannedImage {
  readonly ref: ImageRef;
  readonly label: string | null;
  /** Index into {@link Plan.classNames}, -1 when there is no label. */
  readonly labelId: number;
  readonly split: Split;
  /** Augmented copies beside the plain row. */
  readonly copies: number;
  readonly extra: Readonly<Record<string, string>>;
}

/** Consecutive planned images that land in one set of output files. */
export interface Shard {
  /** Position in {@link Plan.shards}. */
  readonly index: number;
  /** `''`, or `'train/'` and the like when the recipe lays files out by split. */
  readonly folder: string;
  /** Position (from 0, as in `00003-of-00010`) and count within its folder; `of` 1 means plain file names. */
  readonly part: number;
  readonly of: number;
  /** Images `[start, end)` of {@link Plan.images}. */
  readonly start: number;
  readonly end: number;
  /** Rows that it gives when no image fails and each gives one frame: a guess, in either direction. */
  readonly rows: number;
}

/** What a run will do, a pure function of the listing and the recipe. */
export interface Plan {
  readonly images: readonly PlannedImage[];
  readonly shards: readonly Shard[];
  /** In code-point order; a label's id is its index. */
  readonly classNames: readonly string[];
  /** Names of a sidecar table's further columns, in its order. */
  readonly extraColumns: readonly string[];
  readonly leftOut: { readonly hidden: number; readonly notAnImage: number };
  readonly bytes: number;
  /** What a person should know before the run, in sentences: images without a label, table rows without an image. */
  readonly notes: readonly string[];
}
