import { z } from 'zod';
import { isSafePath } from '../base/safe-path';
import type { FileRecord } from '../core/plugin';
import type { EarlierFile } from '../core/report';
import type { WriteDoor } from '../workers/write.worker';

/** What is asked of the write worker. */
type Look = {
  readonly [method in 'read' | 'findMissing']: (
    ...given: Parameters<WriteDoor[method]>
  ) => ReturnType<WriteDoor[method]>;
};

/**
 * Gives the files of earlier runs, as the last one's `metrics.json` lists them, that still lie in the target and are none of
 * `written`: with other shards or formats a run writes other names, and loaders that take all of a folder would mix the
 * two. They are told, not deleted: whatever a file says, it may be somebody's own. What it lists of folders of pictures
 * says nothing of single files.
 */
export async function findEarlierFiles(
  write: Look,
  written: readonly FileRecord[],
): Promise<readonly EarlierFile[]> {
  const metrics = await write.read('metrics.json');
  if (metrics === null || metrics.size > mostBytes) return [];
  const own = new Set(written.map(({ path }) => path));
  const others = parse(await metrics.text()).filter(({ path }) => !own.has(path));
  const missing = new Set(await write.findMissing(others));
  return others.filter(({ path }) => !missing.has(path));
}

/** What is no list of ours says nothing of earlier files, nor does an entry that we cannot have made. */
function parse(text: string): readonly EarlierFile[] {
  const { files = [], earlier_files = [] } = listSchema.safeParse(parseJson(text)).data ?? {};
  const found = new Map<string, EarlierFile>();
  for (const entry of [...files, ...earlier_files]) {
    const file = entrySchema.safeParse(entry).data;
    if (file !== undefined && isSafePath(file.path)) found.set(file.path, file);
  }
  return [...found.values()];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is no JSON is no list of ours
  }
}

const listSchema = z.object({
  files: z.array(z.unknown()),
  earlier_files: z.array(z.unknown()).optional(),
});

/** The run's own files, without a format, are written anew by each. */
const entrySchema = z.object({
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  format: z.string(),
});

/** Of a million files' entries it has less; a larger one would fill memory, whoever wrote it. */
const mostBytes = 256 * 2 ** 20;
