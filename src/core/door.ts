import type { RecipeProblem, RunErrorCode } from './failure';
import type { Inspection } from './inspection';
import type { RunReport, RunSnapshot } from './report';

/** What the command line asks of the page. Plain JSON, as everything that passes this door. */
export interface HeadlessJob {
  /** Not yet checked: the page has the schema. */
  readonly recipe: unknown;
  /** Where the `server` target and the checkpoint are; absent when the recipe's target needs no server. */
  readonly server?: { readonly url: string; readonly token: string };
  /** Keys of the files in the page's input, in their order. */
  readonly keys: readonly string[];
  /** Links that were given themselves, beside the lists among the files. */
  readonly links?: readonly string[];
  /** True when the server is to fetch links in the page's stead. */
  readonly throughNode?: boolean;
  /** Name of the source for people. */
  readonly sourceName: string;
  /** What opens the recipe's bucket; kept nowhere. */
  readonly bucket?: { readonly query: string };
  /** Decode workers, and as many compute workers; absent for what suits the machine. */
  readonly workers?: number;
  /** What to do with the checkpoint that is there: go on, begin anew, or try its failed images again. */
  readonly continuation: 'resume' | 'fresh' | 'retry-failed';
}

/** How a run begins: anew, or at the first shard that is not there yet. */
export type HeadlessStart =
  | {
      readonly ok: true;
      readonly resumed: { readonly shardsDone: number; readonly shards: number } | null;
      /** True when an unfinished run of another recipe was found and is given up. */
      readonly replaced: boolean;
    }
  | HeadlessRefusal;

/** What came of the run. */
export type HeadlessOutcome = { readonly ok: true; readonly report: RunReport } | HeadlessRefusal;

/** Why there is no report. `problems` for a recipe, `code` for a run; neither for a bug of ours. */
export interface HeadlessRefusal {
  readonly ok: false;
  readonly message: string;
  readonly problems?: readonly RecipeProblem[];
  readonly code?: RunErrorCode;
}

/** One file of the page's input to be decoded by itself. */
export interface HeadlessInspectJob {
  /** Not yet checked; only what it says of decoding matters. */
  readonly recipe: unknown;
  /** Position in the page's input. */
  readonly index: number;
  readonly key: string;
  /** Decode workers, engaged at a recipe's first file; absent for what suits the machine. */
  readonly workers?: number;
}

/** What a look at one file came to. */
export type HeadlessInspection = { readonly ok: true; readonly inspection: Inspection } | HeadlessRefusal;

/** The handle that the page opens as `window.imagemill` under `/?headless`. */
export interface HeadlessDoor {
  /** Starts the run; its images are those of the page's file input. */
  start(job: HeadlessJob): Promise<HeadlessStart>;
  /** Null before the start. */
  snapshot(): RunSnapshot | null;
  pause(): void;
  resume(): void;
  cancel(): void;
  /** Waits for the end of the run. */
  wait(): Promise<HeadlessOutcome>;
  /** Decodes one file of the input as a run would, and tells of it. Several may be asked at a time. */
  inspect(job: HeadlessInspectJob): Promise<HeadlessInspection>;
}

declare global {
  interface Window {
    imagemill?: HeadlessDoor;
  }
}
