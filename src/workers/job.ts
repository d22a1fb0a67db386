import type { Outcome } from '../core/failure';
import type { Decoded, Size } from '../core/image';
import type { FileRecord, Grants, RowNeeds, RowsInfo } from '../core/plugin';
import type { FetchKnobs } from '../core/reading-knobs';
import type { Recipe } from '../core/recipe';
import type { Computed, Drawn } from '../core/row';
import type { DecodeResult, DecodeWish } from '../decoders/decode-image';
import type { Labelled } from '../features/proposals';
import type { Near } from '../features/similar';
import type { Partner } from '../transforms/compute-image';
import type { Placement } from '../transforms/geometry';

export type { DecodeResult, DecodeWish, Near, Placement };

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
  /** Of the transforms, and of the extractors. */
  readonly ms: number;
  readonly extractMs: number;
}

/** What all images of a run have in common for the compute workers. */
export interface ComputeSetup {
  readonly recipe: Recipe;
  readonly needs: RowNeeds;
}

/** What the preview tab shows of one image. */
export interface PreviewPictures {
  /** The picture as it was decoded, or null where the caller has it already. */
  readonly original: ImageBitmap | null;
  /** Where the plain picture comes from and where it goes, in the decoded picture's pixels. */
  readonly place: Placement;
  readonly decoded: Size;
  readonly seen: PreviewPicture;
  readonly copies: readonly PreviewPicture[];
}

/** One row as it will be. */
export interface PreviewPicture {
  /** The tensor drawn back, before normalisation: 8-bit pixels of what the model sees. */
  readonly bitmap: ImageBitmap;
  readonly drawn: readonly Drawn[];
  readonly tensor: TensorFigures;
}

/** A tensor in figures; of values that are no numbers there are none. */
export interface TensorFigures {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
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

/** How labels are proposed from those that are known. */
export type ProposalWay = 'probe' | 'neighbours';

/** Whose labels are known, and for whom others are wanted: places among the vectors. */
export interface ProposeJob extends Labelled {
  readonly wanted: readonly number[];
}

/** Labels proposed. */
export interface Proposed {
  /** A row of scores, one for each class, for each place that was wanted. */
  readonly scores: Float32Array<ArrayBuffer>;
  /** Share of the known labels that are found when each is left out. */
  readonly accuracy: number;
}
