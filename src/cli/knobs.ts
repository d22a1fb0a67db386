/** The part of JSON Schema that recipes use, with the words that knobs carry. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly label?: string;
  readonly help?: string;
  readonly unit?: string;
  readonly flag?: string;
  readonly advanced?: boolean;
}

/** A format as the build notes it beside the schema. */
export interface FormatNote {
  readonly id: string;
  readonly label: string;
  /** Ending of its main file without the dot, or null for a folder of files. */
  readonly extension: string | null;
}

/** `dist/recipe.schema.json`: the recipe's JSON Schema and what the command line needs beside it. */
export interface RecipeSchema extends SchemaNode {
  readonly 'x-formats': readonly FormatNote[];
}

/** One knob of the recipe as a flag. */
export interface KnobFlag {
  /** Where it lies: `['image', 'width']`. */
  readonly path: readonly string[];
  /** For a knob of an augmentation step: the step's id. Then `path` is the list's, and `name` the knob's. */
  readonly step: string | null;
  /** Shortest name that means only this knob, without dashes: `fit`, `csv.image_array`. */
  readonly name: string;
  /** Its own name within {@link KnobFlag.step}. */
  readonly knob: string;
  readonly node: SchemaNode;
}

/**
 * Derives a flag for every knob of the recipe. A knob answers to its flag of the schema or else its own name, and to
 * every dotted end of its path with at least two parts; where a name is several knobs', only longer ones count.
 */
export function deriveFlags(schema: RecipeSchema): readonly KnobFlag[] {
  const found = [...walk(schema, [])].filter(({ path }) => path.join('.') !== decidedElsewhere);
  return found.map((flag) => {
    const name = namesOf(flag).find(
      (candidate) =>
        (flag.step === null && candidate === flag.node.flag) ||
        found.filter((other) => namesOf(other).includes(candidate)).length === 1,
    );
    return { ...flag, name: name ?? fullName(flag) };
  });
}

/** What {@link findFlag} found. */
export type FoundFlag =
  | { readonly kind: 'one'; readonly flag: KnobFlag }
  | { readonly kind: 'several'; readonly names: readonly string[] }
  | { readonly kind: 'none' };

/**
 * Finds the knob that a name means; `_` and `-` are the same, and case does not matter. A knob that says its flag has it, whatever
 * others are called.
 */
export function findFlag(flags: readonly KnobFlag[], name: string): FoundFlag {
  const wanted = fold(name);
  const declared = flags.filter(({ step, node }) => step === null && fold(node.flag ?? '') === wanted);
  if (declared.length === 1) return { kind: 'one', flag: declared[0] };
  const matches = flags.filter((flag) => namesOf(flag).some((candidate) => fold(candidate) === wanted));
  if (matches.length === 1) return { kind: 'one', flag: matches[0] };
  if (matches.length === 0) return { kind: 'none' };
  return { kind: 'several', names: matches.map((flag) => flag.name) };
}

/** Makes `image_size` and `Image-Size` the same. */
export function fold(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** `--output` decides it. */
const decidedElsewhere = 'output.target';

type Unnamed = Omit<KnobFlag, 'name'>;

function* walk(node: SchemaNode, path: readonly string[]): Generator<Unnamed> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    if (child.const !== undefined) continue;
    const here = [...path, name];
    if (child.properties) {
      yield* walk(child, here);
      continue;
    }
    yield { path: here, step: null, knob: name, node: child };
    for (const step of child.items?.anyOf ?? []) yield* walkStep(step, here);
  }
}

/** The knobs of one alternative of a list of steps: an object whose one key is the step's id. */
function* walkStep(alternative: SchemaNode, path: readonly string[]): Generator<Unnamed> {
  for (const [step, knobs] of Object.entries(alternative.properties ?? {})) {
    for (const [knob, node] of Object.entries(knobs.properties ?? {})) yield { path, step, knob, node };
  }
}

/** From the shortest to the longest. */
function namesOf({ path, step, knob, node }: Unnamed): string[] {
  if (step !== null) return [`${step}.${knob}`, `${path.join('.')}.${step}.${knob}`];
  const dotted = path.slice(0, -1).map((_, i) => path.slice(i).join('.'));
  return [node.flag ?? knob, ...dotted.reverse()];
}

function fullName({ path, step, knob }: Unnamed): string {
  return step === null ? path.join('.') : `${path.join('.')}.${step}.${knob}`;
}
