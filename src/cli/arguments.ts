import { type FoundFlag, findFlag, fold, type KnobFlag, type RecipeSchema } from './knobs';

/** The command was used wrongly: exit code 2, and the message says how it is meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The flags that are no knobs of the recipe. */
export const ownFlags = [
  {
    name: 'input',
    value: 'PATH …',
    help: 'A folder, or one or several folders, images or archives (.zip .tar .tar.gz); links, or lists of them (.txt .csv .tsv .json .jsonl .parquet); or a bucket: s3://bucket/prefix, gs://bucket/prefix, https://….',
  },
  {
    name: 'output',
    value: 'PATH',
    help: 'A file ending in ENDINGS, or a folder. Default: ./output',
  },
  {
    name: 'config',
    value: 'FILE',
    help: 'A recipe as YAML or JSON, as the page saves it; flags win over it.',
  },
  { name: 'image_size', value: 'N or WxH', help: 'Width and height in pixels: 224, or 224x160.' },
  {
    name: 'workers',
    value: 'N',
    help: 'Decode workers, and as many compute workers. The bytes do not depend on it.',
  },
  {
    name: 'through_node',
    value: 'True|False',
    help: 'Links are fetched by this program in the stead of its browser, so that CORS does not apply. Default: False',
  },
  { name: 'fresh', value: '', help: 'Start over, even where an unfinished run could go on.' },
  { name: 'retry_failed', value: '', help: 'Try only the failed images of the run beside the output again.' },
  { name: 'quiet', value: '', help: 'No progress; warnings, errors and the summary stay.' },
  { name: 'help', value: '', help: 'This text.' },
  { name: 'version', value: '', help: 'The version.' },
] as const;

type OwnName = (typeof ownFlags)[number]['name'];

/** A flag of the recipe with what was given for it, not yet of its type. */
export interface Assignment {
  readonly flag: KnobFlag;
  /** As it was written, for messages. */
  readonly written: string;
  readonly values: readonly string[];
}

/** A command line, or a config's flags, understood. */
export interface Arguments {
  readonly own: Readonly<Partial<Record<OwnName, readonly string[]>>>;
  readonly knobs: readonly Assignment[];
}

/**
 * Understands a command line. `--name value`, `--name=value`, `--no-name`; `_` and `-` are the same.
 * @throws UsageError naming what is not understood and the nearest thing that would be.
 */
export function parseArguments(argv: readonly string[], flags: readonly KnobFlag[]): Arguments {
  const own: Partial<Record<OwnName, readonly string[]>> = {};
  const knobs: Assignment[] = [];
  let last: Assignment | null = null;
  for (let i = 0; i < argv.length; ) {
    const token = argv[i++];
    if (token === '-h') {
      own.help = [];
      continue;
    }
    const written = /^--([^=]+)/.exec(token)?.[1];
    if (written === undefined) throw stray(token, last);
    const inline = token.includes('=') ? token.slice(token.indexOf('=') + 1) : null;
    const target = findTarget(written, flags);
    const following: string[] = [];
    if (inline === null && !target.negated) {
      while (
        i + following.length < argv.length &&
        takes(target, following.length, argv[i + following.length])
      )
        following.push(argv[i + following.length]);
    }
    i += following.length;
    const values = inline === null ? following : [inline];
    if (target.own !== null) {
      own[target.own] = [...(target.own === 'input' ? (own.input ?? []) : []), ...values];
      requireValue(target, values);
      last = null;
    } else {
      requireValue(target, values);
      last = { flag: target.flag, written: `--${written}`, values: target.negated ? ['false'] : values };
      knobs.push(last);
    }
  }
  return { own, knobs };
}

type Target =
  | { readonly own: OwnName; readonly flag: null; readonly negated: false }
  | { readonly own: null; readonly flag: KnobFlag; readonly negated: boolean };

function findTarget(written: string, flags: readonly KnobFlag[]): Target {
  const own = ownFlags.find(({ name }) => fold(name) === fold(written));
  if (own !== undefined) return { own: own.name, flag: null, negated: false };
  const found = findFlag(flags, written);
  if (found.kind === 'one') return { own: null, flag: found.flag, negated: false };
  const positive = /^no-(.+)$/.exec(fold(written))?.[1];
  const negated: FoundFlag = positive === undefined ? found : findFlag(flags, positive);
  if (negated.kind === 'one' && negated.flag.node.type === 'boolean')
    return { own: null, flag: negated.flag, negated: true };
  if (found.kind === 'several')
    throw new UsageError(`--${written} could be ${list(found.names.map((name) => `--${name}`))}. Say which.`);
  const near = nearest(
    written,
    [...ownFlags, ...flags].map(({ name }) => name),
  );
  throw new UsageError(
    `There is no flag --${written}.${near === null ? '' : ` Did you mean --${near}?`} --help lists all flags.`,
  );
}

/** Says whether a token belongs to the flag before it, which has `count` values already. */
function takes(target: Target, count: number, token: string): boolean {
  if (token.startsWith('--')) return false;
  if (target.own !== null) {
    if (target.own === 'input') return true;
    return count === 0 && ownFlags.some(({ name, value }) => name === target.own && value !== '');
  }
  const { node } = target.flag;
  if (node.type === 'boolean') return count === 0 && readBoolean(token) !== null;
  return node.type === 'array' || count === 0;
}

function requireValue(target: Target, values: readonly string[]): void {
  const own = target.own === null ? null : ownFlags.find(({ name }) => name === target.own);
  const wants = own ? own.value !== '' : target.flag?.node.type !== 'boolean';
  if (wants && values.every((value) => value === '')) {
    const name = own?.name ?? target.flag?.name;
    const choices = target.flag?.node.enum;
    throw new UsageError(
      choices
        ? `--${name} needs a value: ${list(choices.map(String))}.`
        : `--${name} needs a value${own ? `: ${own.value}` : ''}.`,
    );
  }
  if (own && !wants && values.length > 0) throw new UsageError(`--${own.name} takes no value.`);
}

/** @param before The recipe's flag before it, which did not take it. */
function stray(token: string, before: Assignment | null): UsageError {
  // Only a switch goes without a value.
  if (before?.values.length === 0 && !token.startsWith('-'))
    return new UsageError(`${before.written} is ${JSON.stringify(token)}; expected true or false.`);
  const hint = token.startsWith('-') ? 'Flags begin with two dashes' : 'Images are named after --input';
  return new UsageError(`${JSON.stringify(token)} stands where a flag was expected. ${hint}; see --help.`);
}

/** True and false as people write them; null for anything else. */
export function readBoolean(text: string): boolean | null {
  if (/^(true|yes|on|1)$/i.test(text)) return true;
  if (/^(false|no|off|0)$/i.test(text)) return false;
  return null;
}

/** The name that is the fewest edits away, if these are few for its length. */
export function nearest(wrong: string, names: readonly string[]): string | null {
  const wanted = fold(wrong);
  const ranked = names
    .map((name) => ({ name, edits: editDistance(wanted, fold(name)) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.ceil(wanted.length / 3) ? best.name : null;
}

/** Levenshtein's: insertions, deletions and replacements that make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

/** The endings that `--output` knows, with what each gives. */
export function endingsOf(
  schema: RecipeSchema,
): readonly { readonly ending: string; readonly format: string }[] {
  return schema['x-formats'].flatMap(({ id, extension }) =>
    extension === null ? [] : [{ ending: `.${extension}`, format: id }],
  );
}
