/** The three parts of a dataset, in the order in which they are written and numbered (0, 1, 2). */
export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/**
 * Finds the outermost folder of a key that names a split, in any case: `train`, `training`, `val`, `valid`,
 * `validation`, `dev`, `test`, `testing`, `eval`, `evaluation`, also as `train2017`, `test_set`, `val-images`.
 * `at` is its place among the key's parts.
 */
export function findSplitFolder(key: string): { readonly at: number; readonly split: Split } | null {
  const folders = key.split('/').slice(0, -1);
  for (const [at, name] of folders.entries()) {
    const word = splitFolder.exec(name)?.[1].toLowerCase();
    if (word !== undefined) return { at, split: splitWords[word] };
  }
  return null;
}

const splitWords: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
};

/** Hugging Face's words, with what COCO (`train2017`) and others (`test_set`) put behind them. */
const splitFolder = new RegExp(
  `^(${Object.keys(splitWords).join('|')})(?:[-_ ]?(?:set|data|images|imgs|split|\\d{1,4}))?$`,
  'i',
);
