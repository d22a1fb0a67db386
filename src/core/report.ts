import type { FailureCode, KeyedFailure } from './failure';
import type { FileRecord } from './plugin';
import type { PrivacyCounts } from './privacy';
import type { Recipe } from './recipe';

export type Stage = 'open' | 'decode' | 'transform' | 'extract' | 'write';
export type PipelineStatus = 'success' | 'partial failure' | 'failure';

/** The metrics that `metrics.json` is known by, exactly these names. */
export interface Metrics {
  readonly images_processed: number;
  readonly processing_time_sec: number;
  readonly corrupted_images: number;
  /** `"612x480"`: mean oriented width and height of the processed images, whole pixels; null when none. */
  readonly average_image_size: string | null;
  readonly augmentation_applied: boolean;
  /** Ids of the formats, joined by commas: `npy,csv`. */
  readonly output_format: string;
  readonly pipeline_status: PipelineStatus;
}

/** A damaged image that was kept. */
export interface DamagedImage {
  readonly key: string;
  /** What is wrong with the file. */
  readonly message: string;
}

/** What an earlier run wrote in some format, as it listed it: a file, or a folder of pictures, whose path ends with a slash. */
export interface EarlierFile extends FileRecord {
  readonly format: string;
  /** How many files: 1, or the pictures in the folder that this run did not write. */
  readonly files: number;
}

/** What came of a run. */
export interface RunReport {
  readonly metrics: Metrics;
  /** Images that gave rows though their files are damaged. */
  readonly damaged: readonly DamagedImage[];
  /** Images whose names end in another format's ending: they were read by their bytes. */
  readonly misnamed: number;
  readonly rows: number;
  readonly imagesPerSecond: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Busy milliseconds summed over workers. */
  readonly stageMs: Readonly<Record<Stage, number>>;
  readonly failuresByCode: Readonly<Partial<Record<FailureCode, number>>>;
  readonly failures: readonly KeyedFailure[];
  readonly leftOut: { readonly hidden: number; readonly notAnImage: number };
  readonly files: readonly (FileRecord & {
    readonly rows: number | null;
    readonly format: string | null;
  })[];
  /** Files of earlier runs that lie in the same place and that this run did not write. */
  readonly earlierFiles: readonly EarlierFile[];
  /** Rows by split and class: `[split][labelId]`; the last column is unlabelled. */
  readonly balance: Readonly<Record<string, readonly number[]>>;
  readonly classNames: readonly string[];
  /** Processed images whose files tell of people or places. */
  readonly privacy: PrivacyCounts;
  /** Images per second in equal intervals of the run. */
  readonly throughput: readonly number[];
  readonly python: readonly {
    readonly format: string;
    readonly code: string;
  }[];
  /** `cpu`, `webgpu`, or `webgpu, then cpu` when the GPU was lost for good. */
  readonly engine: string;
  /** Why that one, in words that go on after its name. */
  readonly engineWhy: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly recipe: Recipe;
  /** sha256 of the recipe's canonical JSON. */
  readonly recipeHash: string;
}

export type RunPhase = 'listing' | 'running' | 'paused' | 'packaging' | 'done' | 'failed' | 'cancelled';

/** A run as it is seen now. A new object whenever something changed. */
export interface RunSnapshot {
  readonly phase: RunPhase;
  /** Images found so far while listing, then the plan's count. */
  readonly total: number;
  readonly processed: number;
  readonly failed: number;
  readonly rows: number;
  /** Images per second over the last seconds; 0 before the first. */
  readonly imagesPerSecond: number;
  /** Null while nothing is known. */
  readonly secondsLeft: number | null;
  readonly shardsDone: number;
  readonly shards: number;
  /** Newest last, at most 200 of them. */
  readonly recentFailures: readonly KeyedFailure[];
}

/** A run under way. */
export interface Run {
  readonly id: string;
  snapshot(): RunSnapshot;
  subscribe(changed: () => void): () => void;
  pause(): void;
  resume(): void;
  /** Stops and keeps what was committed, so that the run can be resumed. */
  cancel(): void;
  /** Rejects with a RecipeError before the start or a RunError when the run cannot go on. */
  readonly done: Promise<RunReport>;
}
