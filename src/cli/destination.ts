import { type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { endingsOf, list, nearest, UsageError } from './arguments';
import type { RecipeSchema } from './knobs';

/** Where a run's files go and what the output's name decides of the recipe. */
export interface Destination {
  /** The folder that files are written to, absolute; for a zip the one beside it that it is put together from. */
  readonly folder: string;
  /** The archive, absolute, or null. */
  readonly zip: string | null;
  /** The one format and its stem, when the output names a file. */
  readonly file: { readonly format: string; readonly stem: string } | null;
  /** As the person wrote it. */
  readonly shown: string;
}

/**
 * Understands `--output`: its ending decides. A path that is a folder, ends in a slash or has no ending is a folder.
 * @throws UsageError for an ending that is not known, or a path that something else stands at.
 */
export function readDestination(output: string, base: string, schema: RecipeSchema): Destination {
  const absolute = resolve(base, output);
  const asFolder: Destination = { folder: absolute, zip: null, file: null, shown: output };
  const existing = lookAt(absolute, output);
  if (existing?.isDirectory() || /[/\\]$/.test(output)) {
    if (existing && !existing.isDirectory())
      throw new UsageError(
        `--output ${output} is a file. Remove the slash at its end, or choose another name.`,
      );
    return asFolder;
  }
  const ending = extname(absolute).toLowerCase();
  if (ending === '') {
    if (existing) throw new UsageError(`--output ${output} is a file, not a folder. Choose another name.`);
    return asFolder;
  }
  if (ending === '.zip') return { folder: `${absolute}.parts`, zip: absolute, file: null, shown: output };
  const endings = endingsOf(schema);
  const known = endings.find((candidate) => candidate.ending === ending);
  if (known === undefined) {
    const names = [...endings.map((candidate) => candidate.ending), '.zip'];
    const near = nearest(ending, names);
    throw new UsageError(
      `--output ends in ${ending}${near === null ? '' : ` (did you mean ${near}?)`}; known endings are ${list(names)}. A folder with a dot in its name ends in a slash.`,
    );
  }
  const stem = basename(absolute).slice(0, -ending.length);
  return { folder: dirname(absolute), zip: null, file: { format: known.format, stem }, shown: output };
}

/**
 * Refuses to write pictures into the folder that pictures are read from, or around it: they would replace the
 * originals, or be read as input by the next run.
 * @throws UsageError naming both.
 */
export function refuseOverlap(folder: string, inputs: readonly string[], shown: string): void {
  for (const input of inputs) {
    if (contains(input, folder) || contains(folder, input))
      throw new UsageError(
        `--output ${shown} and --input ${input} lie within each other, and this run writes pictures: they could replace the originals, or be read by the next run. Choose a folder beside the input.`,
      );
  }
}

/** What stands at a path, or undefined. */
function lookAt(path: string, shown: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder on the way is meant, or a folder may not be entered.
    const told = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`--output ${shown} cannot be reached (${told}). Choose another place.`);
  }
}

function contains(outer: string, inner: string): boolean {
  const path = relative(outer, inner);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path); // absolute: another drive
}
