import { splitStem } from '../core/name';
import type { RowsInfo } from '../core/plugin';
import { splits } from '../core/split';
import { pandasVectors } from './vectors';

/** The files of one stem and one split: one file, or all parts of a numbered set. */
export interface PathSet {
  /** `''` or `'train/'` and the like, also of files that bear the split's name instead of lying in its folder. */
  readonly folder: string;
  /** In the order of the parts. */
  readonly paths: readonly string[];
  /** What Python calls it: `train_images`; a stem alone when there is one folder. */
  readonly variable: string;
}

/** Groups a format's paths by folder and keeps those whose stem is `stem`. */
export function pathSets(paths: readonly string[], stem: string): readonly PathSet[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const slash = path.lastIndexOf('/') + 1;
    const name = path.slice(slash).replace(/(-\d{5,}-of-\d{5,})?\.[^.]*$/, '');
    const split = slash > 0 ? undefined : splits.find((split) => name === splitStem(stem, split));
    if (name !== stem && split === undefined) continue;
    const folder = split === undefined ? path.slice(0, slash) : `${split}/`;
    const group = folders.get(folder);
    if (group === undefined) folders.set(folder, [path]);
    else group.push(path);
  }
  return [...folders].map(([folder, group]) => ({
    folder,
    paths: group,
    variable: `${folder}${stem}`.replace(/[^A-Za-z0-9]+/g, '_').replace(/^(?=\d|$)/, '_'),
  }));
}

/** A Python string; JSON's are the same. */
export const pythonString = (text: string) => JSON.stringify(text);

/** The expression of a sorted list of all parts of a set, short however many there are. */
export function pythonParts(set: PathSet): string {
  const [first] = set.paths;
  const pattern = first.replace(/-\d+-of-(\d+)(\.[^.]*)$/, '-*-of-$1$2');
  return `sorted(glob(${pythonString(pattern)}))`;
}

/**
 * Lines that load tables with pandas. `read` makes the expression that loads one path expression; `vectors` says how the table
 * holds them.
 */
export function pandasLines(
  paths: readonly string[],
  info: RowsInfo,
  read: (path: string) => string,
  vectors: 'lists' | 'texts',
): string {
  const sets = pathSets(paths, info.name);
  const numbered = sets.some((set) => set.paths.length > 1);
  const nameOf = ({ folder }: PathSet) =>
    folder === '' ? 'table' : folder.replace(/\W+/g, '_').replace(/_$/, '');
  const lines = sets.map((set) => {
    const name = nameOf(set);
    return set.paths.length === 1
      ? `${name} = ${read(pythonString(set.paths[0]))}`
      : `${name} = pd.concat([${read('path')} for path in ${pythonParts(set)}], ignore_index=True)`;
  });
  const arrays = sets.length === 0 ? [] : pandasVectors(info, nameOf(sets[0]), vectors === 'texts');
  return [
    ...(arrays.length > 0 && vectors === 'texts' ? ['import json'] : []),
    ...(arrays.length > 0 ? ['import numpy as np'] : []),
    'import pandas as pd',
    ...(numbered ? ['from glob import glob'] : []),
    '',
    ...lines,
    ...arrays,
  ].join('\n');
}

/** What pandas must be told, or it would turn "007" into 7, names like `taken_at` into dates, and round the last digit. */
export const pandasJsonOptions = 'dtype=False, convert_dates=False, precise_float=True';
