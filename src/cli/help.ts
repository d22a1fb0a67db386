import { endingsOf, ownFlags } from './arguments';
import type { KnobFlag, RecipeSchema } from './knobs';

/** Writes the help: our own flags, then every knob of the recipe by section, with its default. */
export function helpText(schema: RecipeSchema, flags: readonly KnobFlag[]): string {
  const endings = endingsOf(schema).map(({ ending }) => ending);
  const own = ownFlags.map(({ name, value, help }) =>
    entry(`--${name}${value && ` ${value}`}`, help.replace('ENDINGS', [...endings, '.zip'].join(' '))),
  );
  const sections = new Map<string, string[]>();
  for (const flag of flags) {
    const title = titleOf(flag);
    sections.set(title, [...(sections.get(title) ?? []), knobEntry(flag)]);
  }
  return [
    'imagemill: turns folders of images into training-ready datasets.',
    '',
    'Usage:',
    '  imagemill --input ./images --output ./output/images.csv --image_size 224 --augment True',
    '  imagemill --input s3-links.txt --output ./output     (or list.csv --url_column url --label_column label)',
    '  imagemill --config config.yaml',
    '  imagemill                                       the sample dataset into ./output',
    '  (npm run pipeline -- … in a checkout)',
    '',
    'General',
    ...own,
    ...[...sections].flatMap(([title, entries]) => ['', title, ...entries]),
    '',
    '_ and - are the same in names; --no-NAME turns a switch off; every knob also answers to its path in the recipe,',
    'as in --image.fit cover. Lists are written with commas. A config may hold flags beside the recipe: input: ./images',
    '',
    'Beside the output come metrics.json, failures.csv and logs/pipeline.log. Ctrl-C keeps what is finished: the same',
    'command goes on from there.',
    '',
    'Exit codes: 0 success, 3 partial failure (some images were skipped), 1 failure, 2 wrong use.',
    '',
  ].join('\n');
}

const titles: Readonly<Record<string, string>> = {
  fetch: 'Fetch (links)',
  decode: 'Decode',
  labels: 'Labels',
  split: 'Split',
  image: 'Image',
  augment: 'Augment',
  normalise: 'Normalise',
  features: 'Features',
  output: 'Output',
};

function titleOf({ path, step }: KnobFlag): string {
  if (step !== null) return 'Augmentation steps';
  if (path[0] === 'source' && path.length > 2) return 'Options of sources';
  if (path[1] === 'options') return `Options of ${path[0] === 'features' ? 'extractors' : 'formats'}`;
  return titles[path[0]] ?? 'Run';
}

function knobEntry({ name, node }: KnobFlag): string {
  const words = [node.help ?? node.label ?? '', defaultOf(node.default)].filter((part) => part !== '');
  return entry(`--${name} ${placeholder(node)}`, words.join(' '));
}

function placeholder({ type, enum: choices, unit, items }: KnobFlag['node']): string {
  if (choices) return choices.join('|');
  if (type === 'boolean') return 'True|False';
  if (type === 'array')
    return items?.anyOf ? '[{STEP: {KNOB: VALUE}}, …]' : `${items?.enum ? items.enum.join(',') : 'N,N,N'}`;
  if (type === 'integer' || type === 'number') return unit ? `N (${unit})` : 'N';
  return 'TEXT';
}

function defaultOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return `Default: ${value ? 'True' : 'False'}`;
  if (!Array.isArray(value)) return `Default: ${value}`;
  const names = value.map((item) =>
    typeof item === 'object' && item !== null ? Object.keys(item)[0] : item,
  );
  return `Default: ${names.join(',')}`;
}

const indent = 34;
const lineWidth = 110;

/** A flag with its text beside it, or below when the flag is long. */
function entry(flag: string, text: string): string {
  const head = `  ${flag}`;
  const lines = wrap(text, lineWidth - indent).map((line) => `${' '.repeat(indent)}${line}`);
  if (head.length + 2 > indent) return [head, ...lines].join('\n');
  return [head.padEnd(indent) + (lines[0] ?? '').trimStart(), ...lines.slice(1)].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
