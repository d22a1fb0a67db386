import type { Outcome } from '../core/failure';
import type { Decoded } from '../core/image';
import type { FetchKnobs } from '../core/knobs';
import type { FileRecord, Grants, RowNeeds, RowsInfo } from '../core/plugin';
import type { Recipe } from '../core/recipe';
import type { Computed, Drawn } from '../core/row';
import type { DecodeResult, DecodeWish } from '../decoders/decode-image';
import type { Partner } from '../transforms/compute-image';

export type { DecodeResult, DecodeWish };

/** What the fetch worker must know before its first link. */
export interface FetchSetup {
  readonly knobs: FetchKnobs;
  /** The command line's own server, when it is to ask in the page's stead. */
  readonly proxy: { readonly url: string; readonly token: string } | null;
}

/** An image on its way into a compute worker. */
export interface ComputeItem {
  readonly key: string;
  readonly copies: number;
  readonly decoded: Decoded;
  readonly partners: readonly Partner[];
}

/** What a compute worker made of its items, in their order. */
export interface ComputeResult {
  readonly outcomes: readonly Outcome<readonly Computed[]>[];
  /** The memory of the items' pixels, free for others. */
  readonly spares: readonly ArrayBuffer[];
  readonly ms: number;
}

/** What all images of a run have in common for the compute workers. */
export interface ComputeSetup {
  readonly recipe: Recipe;
  readonly needs: RowNeeds;
}

/** What the preview tab shows of one image. */
export interface PreviewPictures {
  readonly original: ImageBitmap;
  /** The tensor drawn back, before normalisation: 8-bit pixels of what the model sees. */
  readonly seen: ImageBitmap;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly copies: readonly { readonly bitmap: ImageBitmap; readonly drawn: readonly Drawn[] }[];
}

/** What the write worker must know before the first row. */
export interface WriteSetup {
  readonly runId: string;
  readonly recipe: Recipe;
  readonly grants: Grants;
  readonly info: RowsInfo;
}

/** A committed file with the format that wrote it. */
export interface WrittenFile extends FileRecord {
  /** A format's id; null for the run's own files. */
  readonly format: string | null;
  /** Rows in it; null when it holds none (class names, report). */
  readonly rows: number | null;
}
