import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';

/** Every file below a folder whose name fits, in a fixed order. */
export function gather(folder: string, names: RegExp): readonly string[] {
  const root = resolve(folder);
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (found.length === 0) throw new Error(`${root} holds no pictures named like ${names}.`);
  return found;
}

/** Puts `count` pictures into a folder, repeating those given under other names; 0 takes each once. */
export function repeat(pictures: readonly string[], count: number, folder: string): readonly string[] {
  mkdirSync(join(folder, 'photos'), { recursive: true });
  return Array.from({ length: count || pictures.length }, (_, i) => {
    const picture = pictures[i % pictures.length];
    const name = `${String(i).padStart(6, '0')}-${basename(picture, extname(picture))}${extname(picture)}`;
    const path = join(folder, 'photos', name);
    try {
      linkSync(picture, path); // no copy where the file system allows
    } catch {
      copyFileSync(picture, path);
    }
    return path;
  });
}

/** A folder that is gone afterwards, whatever happens. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'imagemill-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
