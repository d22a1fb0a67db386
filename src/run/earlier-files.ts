import { z } from 'zod';
import type { FileRecord } from '../core/plugin';
import type { WriteDoor } from '../workers/write.worker';

/** What is asked of the write worker. */
type Look = {
  readonly [method in 'read' | 'findMissing']: (
    ...given: Parameters<WriteDoor[method]>
  ) => ReturnType<WriteDoor[method]>;
};

/**
 * Names the files of an earlier run, as its `metrics.json` lists them, that still lie in the target and are none of
 * `written`: with other shards or formats a run writes other names, and loaders that take all of a folder would mix the
 * two. They are told, not deleted: whatever a file says, it may be somebody's own.
 */
export async function findEarlierFiles(
  write: Look,
  written: readonly FileRecord[],
): Promise<readonly string[]> {
  const text = await (await write.read('metrics.json'))?.text();
  const listed = parse(text ?? '');
  const own = new Set(written.map(({ path }) => path));
  const others = listed.filter(
    ({ path, format }) => format !== null && !own.has(path) && !path.endsWith('/'),
  );
  const missing = new Set(await write.findMissing(others));
  return others.map(({ path }) => path).filter((path) => !missing.has(path));
}

/** What is no list of ours says nothing of earlier files. */
function parse(text: string): z.output<typeof schema>['files'] {
  try {
    return schema.safeParse(JSON.parse(text)).data?.files ?? [];
  } catch {
    return [];
  }
}

const schema = z.object({
  files: z
    .array(
      z.object({ path: z.string(), bytes: z.number(), sha256: z.string(), format: z.string().nullable() }),
    )
    .max(100_000),
});
