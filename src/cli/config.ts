import { parseAllDocuments } from 'yaml';
import { UsageError } from './arguments';
import type { RecipeSchema } from './knobs';

/** A config file: the recipe's sections, and what else it says as flags. */
export interface Config {
  readonly recipe: Readonly<Record<string, unknown>>;
  /** As a command line: `['--input', './images']`. */
  readonly argv: readonly string[];
}

/**
 * Reads a config: a recipe as the page saves it, in YAML or JSON. Beside the recipe's sections, or in place of one, a
 * plain value is read as the flag of that name: `input: ./images`, `image_size: 224`, `augment: true`.
 * @throws UsageError saying where it is not YAML, or no mapping.
 */
export function readConfig(text: string, name: string, schema: RecipeSchema): Config {
  const content = parseYaml(text, name);
  if (content === null) return { recipe: {}, argv: [] };
  if (typeof content !== 'object' || Array.isArray(content))
    throw new UsageError(
      `${name} holds ${JSON.stringify(content)?.slice(0, 60)}; expected a recipe: name: value.`,
    );
  const recipe: Record<string, unknown> = {};
  const argv: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const known = schema.properties?.[key];
    const isSection = known?.properties !== undefined;
    const isPlain = typeof value !== 'object' || Array.isArray(value);
    if (value === null) continue;
    if (isPlain && (isSection || known === undefined)) argv.push(...toFlag(key, value));
    else recipe[key] = value;
  }
  return { recipe, argv };
}

function parseYaml(text: string, name: string): unknown {
  const documents = parseAllDocuments(text);
  if (!('length' in documents) || documents.length === 0) return null; // nothing, or comments alone
  const [document] = documents;
  const [error] = document.errors;
  if (error !== undefined)
    throw new UsageError(
      `${name} is not YAML: ${error.message.split('\n')[0].replace(/:$/, '')}. Mend it there, or save the recipe anew in the page.`,
    );
  if (documents.length > 1)
    throw new UsageError(
      `${name} holds ${documents.length} documents; expected one recipe. Take out what follows ---.`,
    );
  try {
    const content: unknown = document.toJS();
    JSON.stringify(content); // what refers to itself has no end, and the page is spoken to in JSON
    return content;
  } catch {
    throw new UsageError(
      `${name} refers to itself with *, or too often. Write the values out where they are meant.`,
    );
  }
}

function toFlag(key: string, value: unknown): string[] {
  if (!Array.isArray(value)) return [`--${key}=${value}`];
  // A list of steps is handed on as what it is, a list of words as words.
  if (value.some((entry) => typeof entry === 'object')) return [`--${key}=${JSON.stringify(value)}`];
  return [`--${key}`, ...value.map(String)];
}
