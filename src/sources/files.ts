import { z } from 'zod';
import { forEachBreathing } from '../base/breathe';
import { orderedMap } from '../base/flow';
import type { Listed } from '../core/image';
import type { Grants, Source } from '../core/plugin';
import { classifyByBytes, classifyByName, hiddenPart } from './classify';
import { tellApart } from './member-key';

/** The source of picked or dropped files: what `grants.files` holds; or of what was listed before, in `grants.listed`. */
export const files = {
  id: 'files',
  label: 'Files',
  knobs: z.strictObject({}),
  list: (_knobs, grants, signal) =>
    grants.listed ? listAgain(grants.listed) : listFiles(grants.files ?? [], signal),
} satisfies Source<Record<string, never>>;

async function* listAgain({ images, tables }: NonNullable<Grants['listed']>): AsyncGenerator<Listed> {
  for (const ref of images) yield { kind: 'image', ref };
  for (const table of tables) yield { kind: 'table', ...table };
}

/** Lists granted files: keys that come twice, as from two dropped folders, are told apart by a number. */
export async function* listFiles(
  granted: NonNullable<Grants['files']>,
  signal: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const hidden = new Set<string>();
  const visible: Granted[] = [];
  const taken = new Set<string>();
  await forEachBreathing(
    granted,
    ({ key, file }) => {
      const part = hiddenPart(key);
      if (part !== null) return void hidden.add(part);
      visible.push({ key, file });
      taken.add(key);
    },
    signal,
  );
  for (const key of hidden) yield { kind: 'left-out', key, why: 'hidden' };
  const unknown: Granted[] = [];
  const unique = tellApart(taken);
  for (const { key: given, file } of visible) {
    const key = unique(given);
    const listed = classifyByName(key, file);
    if (listed) yield listed;
    else unknown.push({ key, file });
  }
  const look = ({ key, file }: Granted) => classifyByBytes(key, file);
  yield* orderedMap(unknown, { width: openAtOnce }, look);
}

/**
 * Turns what an `<input>` or a drop gave into `grants.files`. The name of the one picked folder is left out of the
 * keys, so that they equal those of the directory picker; the names of several folders stay and tell them apart.
 */
export function grantFiles(
  picked: Iterable<{ readonly path?: string; readonly file: File } | File>,
): NonNullable<Grants['files']> {
  const entries = Array.from(picked, (entry) => {
    const file = entry instanceof File ? entry : entry.file;
    const path = entry instanceof File ? undefined : entry.path;
    return { key: (path || file.webkitRelativePath || file.name).replace(/^\/+/, ''), file };
  });
  const slash = entries[0]?.key.indexOf('/') ?? -1;
  const folder = entries[0]?.key.slice(0, slash + 1) ?? '';
  if (folder === '' || !entries.every(({ key }) => key.startsWith(folder))) return entries;
  return entries.map(({ key, file }) => ({ key: key.slice(folder.length), file }));
}

type Granted = NonNullable<Grants['files']>[number];

/** Files looked into at once. More gains nothing on a disk; fewer leaves it idle between two answers. */
const openAtOnce = 32;
