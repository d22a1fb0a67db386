/** Where on its way an image failed. */
export type FailureStage = 'list' | 'fetch' | 'decode' | 'transform' | 'extract' | 'write';

/** Why an image failed: a closed union, with the heading under which people read it. */
export const failureLabels = {
  empty: 'Empty file',
  'not-an-image': 'Not an image',
  truncated: 'Truncated',
  corrupt: 'Corrupt',
  unsupported: 'Unsupported format',
  'too-large': 'Too large',
  permission: 'Permission lost',
  gone: 'File gone',
  changed: 'File changed',
  timeout: 'Took too long',
  crash: 'Decoder crashed',
  label: 'No label',
  expired: 'Link expired',
  forbidden: 'Refused',
  missing: 'Nothing there',
  cors: 'Not shared with pages (CORS)',
  'mixed-content': 'Insecure link in a secure page',
  offline: 'Offline',
  unreachable: 'Server not reachable',
  'server-error': 'Server error',
  checksum: 'Wrong checksum',
  interrupted: 'Interrupted',
  internal: 'Internal error',
} as const;

export type FailureCode = keyof typeof failureLabels;

/** What became of an image that gave no rows. `message` names what was seen and the way out, not the file. */
export interface Failure {
  readonly stage: FailureStage;
  readonly code: FailureCode;
  readonly message: string;
  /**
   * True for the verdict "damaged": part of the pixels can be recovered, which `decode.damaged: keep` does. Without it a
   * failure of code `truncated` or `corrupt` is the verdict "corrupt".
   */
  readonly recoverable?: true;
}

/** The failure of one image with its key, as it is listed in `failures.csv`. */
export interface KeyedFailure extends Failure {
  readonly key: string;
}

/** What crosses threads instead of exceptions, whose classes do not survive `postMessage`. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** Wraps a good result. */
export const succeeded = <T>(value: T): Outcome<T> => ({ ok: true, value });

/** Wraps a failure. */
export const failed = (stage: FailureStage, code: FailureCode, message: string): Outcome<never> => ({
  ok: false,
  failure: { stage, code, message },
});

/** The recipe is wrong; thrown before a run. `path` is where, like `augment.steps[1].rotate.degrees`. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError';
  readonly problems: readonly RecipeProblem[];
  constructor(problems: readonly RecipeProblem[]) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
    this.problems = problems;
  }
}

export interface RecipeProblem {
  /** Dotted path with indexes, like `augment.steps[1].rotate.degrees`; `''` for the recipe as a whole. */
  readonly path: string;
  /** What was got and what would be right. */
  readonly message: string;
}

/** Why a run cannot go on. */
export type RunErrorCode =
  | 'cancelled'
  | 'nothing-to-do'
  | 'target-full'
  | 'permission'
  | 'bucket'
  | 'list'
  | 'target'
  | 'inputs-changed'
  | 'features'
  | 'worker';

/** The run cannot go on; it rejects `Run.done`. What was committed stays, and the run can be resumed. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: RunErrorCode;
  constructor(code: RunErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A number of bytes as messages tell it: `1.2 GB`, `340 MB`, `3 KB`. */
export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} KB`;
}

/** The failure of a link with more bytes than are allowed; null where only that is known, and not how many. */
export const tooLargeToFetch = (bytes: number | null, maxMegabytes: number): Failure => ({
  stage: 'fetch',
  code: 'too-large',
  message: `It has ${bytes === null ? 'more' : megabytes(bytes)}; decode.max_megabytes allows ${maxMegabytes}.`,
});
