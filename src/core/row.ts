import type { ImageMeta, Size } from './image';
import type { Split } from './split';

export type Dtype = 'uint8' | 'float16' | 'float32';

/** The numbers that a model is fed: little-endian values in row-major order. */
export interface Tensor {
  /** `[height, width, channels]` or `[channels, height, width]`. */
  readonly shape: readonly [number, number, number];
  readonly dtype: Dtype;
  /** The values' bytes, little-endian; its length is the product of the shape times the dtype's size. */
  readonly bytes: Uint8Array;
}

/** A transformed picture re-encoded. */
export interface Picture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
}

export type PictureType = 'jpeg' | 'png' | 'webp';

/** What was drawn for one augmentation step, e.g. `{ step: 'rotate', degrees: 9.1 }`. JSON. */
export type Drawn = { readonly step: string } & Readonly<Record<string, number | boolean | string>>;

/** What the compute worker makes of one image for one copy. */
export interface Computed {
  /** Position of the frame or page in its file; 0 for a still. */
  readonly frame: number;
  /** 0 is unaugmented. */
  readonly copy: number;
  /** Pixels of the result. */
  readonly size: Size;
  readonly tensor: Tensor | null;
  readonly picture: Picture | null;
  readonly augmentation: readonly Drawn[];
  /** Pictures that were mixed into it, in their order. */
  readonly mixed: readonly Mixed[];
  /** One value for each column of `RowsInfo.features`, in that order. */
  readonly features: readonly FeatureValue[];
}

/** A picture that was mixed into another. */
export interface Mixed {
  /** The partner's key. */
  readonly partner: string;
  /** What was left of the row's own picture, and of all mixed in before: above 0, at most 1. */
  readonly weight: number;
}

/** A label and its share of a row. */
export interface SoftLabel {
  readonly label: string;
  readonly labelId: number;
  /** Above 0; those of a row sum up to 1, but for rounding to six decimals. */
  readonly weight: number;
}

/**
 * What an extractor found in a row's picture: of a vector its values' bytes, little-endian, `length` of the column's dtype;
 * of a text or a number itself, null where there is none.
 */
export type FeatureValue = Uint8Array | string | number | null;

/** What formats see: every frame that is taken of an image gives one row, or `1 + copies`. `key`, `frame` and `copy` tell rows apart. */
export interface Row extends Computed {
  readonly key: string;
  /** Safe path without ending for files of this image's own, unique in the plan: see `core/name.ts`, also for a row's. */
  readonly name: string;
  readonly split: Split;
  readonly label: string | null;
  /** Index into the class names, -1 when there is no label. */
  readonly labelId: number;
  /** The labels of what was mixed, by their ids: of a row that was not, its own; none without a label. */
  readonly softLabels: readonly SoftLabel[];
  readonly meta: ImageMeta;
  /** Further columns of a sidecar table, in `Plan.extraColumns` order is not guaranteed: look up by name. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Bytes of one value of a dtype. */
export const dtypeBytes: Readonly<Record<Dtype, number>> = {
  uint8: 1,
  float16: 2,
  float32: 4,
};

/** What of a row, or of what becomes one, lies in buffers that are moved between threads. */
export function viewsOf({ tensor, picture, features }: Computed): readonly Uint8Array[] {
  const views = features.filter((value) => value instanceof Uint8Array);
  if (tensor !== null) views.push(tensor.bytes);
  if (picture !== null) views.push(picture.bytes);
  return views;
}
