import { type Dirent, existsSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { byCodePoint } from '../base/order';
import { UsageError } from './arguments';

/** The files that the page is handed, and the names that they have in the dataset. */
export interface Inputs {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Relative to the one folder given, or else to the closest folder around all that was given; `/`-separated. */
  readonly keys: readonly string[];
  /** `folder` for one folder, `links` for links and lists of them, `files` for anything else. */
  readonly source: 'folder' | 'files' | 'links';
  /** Links that were given themselves. */
  readonly links: readonly string[];
  /** For people: the folder's name. */
  readonly name: string;
  /** Folders that were given, absolute. */
  readonly folders: readonly string[];
  /** Paths that lead nowhere or are no files, with the reason: they are not handed over. */
  readonly leftOut: readonly string[];
}

/**
 * Finds the files below what `--input` names. Links are followed, to folders as well, each folder once on its way;
 * of a hidden folder one file is taken, so that it is counted.
 * @throws UsageError when a path does not exist.
 */
export async function findInputs(given: readonly string[], base: string): Promise<Inputs> {
  const links = given.filter(isLink);
  const lists = given.filter((path) => isList(path, base));
  if (links.length + lists.length === given.length) return takeLists(links, lists, base);
  if (links.length > 0)
    throw new UsageError(
      `--input names links and ${given.find((path) => !isLink(path))}. Run links and files apart, or put the links in a list.`,
    );
  const absolute = given.map((path) => resolve(base, path));
  const missing = given.filter((_, i) => !existsSync(absolute[i]));
  if (missing.length > 0)
    throw new UsageError(
      `--input ${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not exist (looked in ${base}).`,
    );
  const stats = await Promise.all(absolute.map((path) => stat(path)));
  const folders = absolute.filter((_, i) => stats[i].isDirectory());
  const found: string[] = [];
  const leftOut: string[] = [];
  for (const [i, path] of absolute.entries()) {
    if (stats[i].isDirectory()) await walk(path, [await realpath(path)], found, leftOut);
    else if (stats[i].isFile()) found.push(path);
    else leftOut.push(`${path} is neither a file nor a folder`);
  }
  const oneFolder = absolute.length === 1 && folders.length === 1;
  const root = oneFolder ? absolute[0] : commonFolder(absolute.map((path) => dirname(path)));
  const entries = [...new Set(found)]
    .map((path) => ({ path, key: relative(root, path).split(sep).join('/') }))
    .sort((a, b) => byCodePoint(a.key, b.key));
  return {
    paths: entries.map(({ path }) => path),
    keys: entries.map(({ key }) => key),
    source: oneFolder ? 'folder' : 'files',
    links: [],
    name: absolute.length === 1 ? basename(absolute[0]) : `${absolute.length} inputs`,
    folders,
    leftOut,
  };
}

const isLink = (text: string) => /^(https?:\/\/|data:)/i.test(text);

/** A table of labels is a list to its name; it is one when nothing else is given. */
function isList(path: string, base: string): boolean {
  if (!/\.(txt|csv|tsv|json|jsonl|ndjson|parquet)$/i.test(path)) return false;
  const file = resolve(base, path);
  return existsSync(file) && statSync(file).isFile();
}

function takeLists(links: readonly string[], lists: readonly string[], base: string): Inputs {
  const paths = lists.map((path) => resolve(base, path));
  const [first] = paths;
  return {
    paths,
    keys: paths.map((path) => basename(path)),
    source: 'links',
    links,
    name:
      paths.length === 1 && links.length === 0 ? basename(first) : `${links.length + paths.length} inputs`,
    folders: [],
    leftOut: [],
  };
}

/** @param trail Real paths of the folders above: a link back to one of them would never end. */
async function walk(
  folder: string,
  trail: readonly string[],
  found: string[],
  leftOut: string[],
  onlyFirst = false,
): Promise<boolean> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    leftOut.push(`${folder} cannot be read (${codeOf(error)})`);
    return false;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const kind = await kindOf(entry, path);
    if (kind === 'file') found.push(path);
    else if (kind === 'folder') {
      const real = entry.isSymbolicLink() ? await realpath(path) : join(trail[trail.length - 1], entry.name);
      if (trail.includes(real)) leftOut.push(`${path} links back to a folder above it`);
      else {
        const hidden = onlyFirst || entry.name.startsWith('.');
        const taken = await walk(path, [...trail, real], found, leftOut, hidden);
        if (onlyFirst && taken) return true;
      }
    } else leftOut.push(`${path} ${kind}`);
    if (onlyFirst && kind === 'file') return true;
  }
  return false;
}

async function kindOf(entry: Dirent, path: string): Promise<string> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'is neither a file nor a folder';
  try {
    const target = await stat(path);
    return target.isFile() ? 'file' : target.isDirectory() ? 'folder' : 'is neither a file nor a folder';
  } catch (error) {
    return `is a link that leads nowhere (${codeOf(error)})`;
  }
}

function commonFolder(folders: readonly string[]): string {
  let common = folders[0];
  for (const folder of folders) {
    while (common !== folder && !folder.startsWith(common.endsWith(sep) ? common : common + sep)) {
      const above = dirname(common);
      if (above === common) break;
      common = above;
    }
  }
  return common;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
