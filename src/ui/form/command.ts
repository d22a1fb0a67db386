import type { Recipe } from '../../core/recipe';
import { bucket } from '../../sources/index';
import type { RunInput } from '../source/merge';
import { deriveKnobs, type Section } from './derive';
import { getAt } from './path';

/** Writes the command that runs this recipe: flags only for knobs that are not at their default. */
export function copyAsCommand(
  recipe: Recipe,
  defaults: Recipe,
  sections: readonly Section[],
  input: RunInput | null,
): string {
  const parts = ['npx imagemill'];
  if (input?.type === 'bucket') parts.push(...bucketFlags(input.knobs), '--output ./output');
  else if (input !== null && input.type !== 'sample') {
    parts.push(`--input ${quote(`./${input.name}`)}`, '--output ./output');
  }
  for (const field of sections.flatMap(({ fields }) => fields)) {
    if (elsewhere.has(field.id)) continue;
    const value = getAt(recipe, field.path);
    if (JSON.stringify(value) === JSON.stringify(field.fallback)) continue;
    parts.push(`--${field.flag} ${quote(wordOf(value))}`);
  }
  parts.push(
    ...optionFlags(recipe.features.extractors, recipe.features.options, defaults.features.options),
    ...optionFlags(recipe.output.formats, recipe.output.options, defaults.output.options),
  );
  const steps = JSON.stringify(recipe.augment.steps);
  if (recipe.augment.enabled && steps !== JSON.stringify(defaults.augment.steps))
    parts.push(`--steps ${quote(steps)}`);
  return parts.join(' ');
}

/** The bucket's address without what opens it, which is no matter of a command to be shared, and its other knobs. */
function bucketFlags(knobs: unknown): readonly string[] {
  const values = knobs as Readonly<Record<string, unknown>>; // what the form made of the bucket's own schema
  const changed = deriveKnobs(bucket.knobs, []).filter(
    ({ name, fallback }) => name !== 'url' && values[name] !== fallback,
  );
  return [
    `--input ${quote(String(values.url))}`,
    ...changed.map(({ name, flag }) => `--${flag} ${quote(wordOf(values[name]))}`),
  ];
}

/** The changed knobs of the plug-ins that are chosen, each with the plug-in before it. */
function optionFlags(chosen: readonly string[], given: Options, usual: Options): readonly string[] {
  return chosen.flatMap((id) =>
    Object.entries(given[id] ?? {}).flatMap(([knob, value]) =>
      JSON.stringify(value) === JSON.stringify(usual[id]?.[knob])
        ? []
        : [`--${id}.${knob} ${quote(wordOf(value))}`],
    ),
  );
}

type Options = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The command line says these by --input and --output. */
const elsewhere = new Set(['source.type', 'output.target']);

function wordOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Quotes for a POSIX shell what is more than a plain word. */
function quote(word: string): string {
  return /^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
