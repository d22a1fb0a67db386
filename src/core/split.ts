/** The three parts of a dataset, in the order in which they are written and numbered (0, 1, 2). */
export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];
