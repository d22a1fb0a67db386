import { z } from 'zod';
import { RecipeError, type RecipeProblem } from './failure';
import { engineChoices } from './gpu';
import {
  augmentKnobs,
  featureKnobs,
  imageKnobs,
  knob,
  labelKnobs,
  normaliseKnobs,
  outputKnobs,
  splitKnobs,
} from './knobs';
import type { Registry } from './plugin';
import { type DecodeKnobs, decodeKnobs, type FetchKnobs, fetchKnobs } from './reading-knobs';
import { rightValue } from './recipe-words';
import { redactText } from './redact';

/** One step of `augment.steps`: `{ rotate: { degrees: 15 } }`, the key a transform's id. */
export type AugmentStep = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type OutputKnobs = z.output<z.ZodObject<typeof outputKnobs>>;

/** The JSON that decides every byte of the output. */
export interface Recipe {
  readonly version: 1;
  readonly seed: number;
  /** What is asked for: {@link Engine} is what runs. */
  readonly engine: (typeof engineChoices)[number];
  /** Beside the type, the knobs of each source that has some, by its id. */
  readonly source: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly fetch: FetchKnobs;
  readonly decode: DecodeKnobs;
  readonly labels: Readonly<z.output<typeof labelKnobs>>;
  readonly split: Readonly<z.output<typeof splitKnobs>>;
  readonly image: Readonly<z.output<typeof imageKnobs>>;
  readonly augment: Readonly<z.output<z.ZodObject<typeof augmentKnobs>>> & {
    readonly steps: readonly AugmentStep[];
  };
  readonly normalise: Readonly<z.output<typeof normaliseKnobs>>;
  readonly features: Readonly<z.output<z.ZodObject<typeof featureKnobs>>> & {
    /** Extractors' ids, each once; their columns are in this order. */
    readonly extractors: readonly string[];
    /** Knobs of each extractor by its id. */
    readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly output: Readonly<OutputKnobs> & {
    readonly formats: readonly string[];
    readonly target: string;
    /** Knobs of each format by its id. */
    readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** The steps of a recipe that says nothing else. */
const defaultSteps: readonly AugmentStep[] = [
  { 'flip-horizontal': { probability: 0.5 } },
  { rotate: { degrees: 15 } },
  { 'random-resized-crop': { smallest: 0.8 } },
  { brightness: { amount: 0.2 } },
];

/** Builds the schema of recipes from the rooms' lists: every default, every check, every word of help. */
export function recipeSchema(registry: Registry): z.ZodType<Recipe> {
  const ids = (plugins: readonly { readonly id: string }[]) =>
    plugins.map((plugin) => plugin.id) as [string, ...string[]]; // rooms are never empty
  // Knob schemas are opaque here: each transform parses its own, and an empty object takes all its defaults.
  const steps = registry.transforms.map((transform) =>
    z.strictObject({
      [transform.id]: (transform.knobs as z.ZodType).prefault({}),
    }),
  );
  const schema = z.strictObject({
    version: z.literal(1).default(1),
    seed: knob(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
      0,
      { label: 'Seed', help: 'Decides the split and every augmentation.' },
    ),
    engine: knob(z.enum(engineChoices), 'auto', {
      label: 'Engine',
      help: 'auto: a GPU where there is a real one, else the CPU; cpu: the CPU; webgpu: the GPU, even one in software. They give the same plain rows; augmented ones may differ by 1/255 a step.',
    }),
    source: z
      .strictObject({
        type: knob(z.enum(ids(registry.sources)), 'folder', {
          label: 'Source',
          flag: 'source',
          help: 'Where images come from.',
        }),
        ...Object.fromEntries(
          registry.sources
            .filter(({ knobs }) => !(knobs instanceof z.ZodObject) || Object.keys(knobs.shape).length > 0)
            .map(({ id, knobs }) => [id, (knobs as z.ZodType).prefault({})]),
        ),
      })
      .prefault({}),
    fetch: fetchKnobs.prefault({}),
    decode: decodeKnobs.prefault({}),
    labels: labelKnobs.prefault({}),
    split: splitKnobs.prefault({}),
    image: imageKnobs.prefault({}),
    augment: z
      .strictObject({
        ...augmentKnobs,
        steps: z
          .array(stepSchema(registry, steps))
          .max(50)
          .prefault([...defaultSteps]),
      })
      .prefault({}),
    normalise: normaliseKnobs.prefault({}),
    features: z
      .strictObject({
        extractors: knob(z.array(z.enum(ids(registry.extractors))), [], {
          label: 'Extractors',
          flag: 'features',
          help: 'What is measured of every row’s picture and written as columns.',
        }),
        ...featureKnobs,
        options: z.strictObject(optionsOf(registry.extractors)).prefault({}),
      })
      .prefault({}),
    output: z
      .strictObject({
        formats: knob(z.array(z.enum(ids(registry.formats))).min(1), ['npy', 'csv'], {
          label: 'Formats',
          help: 'What is written.',
        }),
        target: knob(z.enum(ids(registry.targets)), 'zip', {
          label: 'Save to',
          help: 'zip, or a folder that you choose.',
        }),
        ...outputKnobs,
        options: z.strictObject(optionsOf(registry.formats)).prefault({}),
      })
      .prefault({}),
  });
  // The interface above states what this schema gives; zod cannot infer through the plug-ins' opaque schemas.
  return schema
    .superRefine(refuseContradictions as never)
    .superRefine(((recipe: Recipe, context: z.RefinementCtx) =>
      refuseSteps(recipe, registry, context)) as never)
    .superRefine(((recipe: Recipe, context: z.RefinementCtx) =>
      refuseSameColumns(recipe, registry, context)) as never) as unknown as z.ZodType<Recipe>;
}

/** Two extractors may not write the same column, as two models that both propose labels would. */
function refuseSameColumns({ features }: Recipe, registry: Registry, context: z.RefinementCtx): void {
  const writer = new Map<string, string>();
  for (const id of new Set(features.extractors)) {
    const extractor = registry.extractors.find((known) => known.id === id);
    for (const { name } of extractor?.columns(features.options[id] as never) ?? []) {
      const other = writer.get(name);
      writer.set(name, id);
      if (other === undefined || other === id) continue;
      const message = `got ${other} and ${id}, which would both write the column ${name}; let one of them do it`;
      context.addIssue({ code: 'custom', path: ['features', 'extractors'], message });
      return;
    }
  }
}

/** Asks every step whether it can be done beside the recipe's other knobs. */
function refuseSteps(recipe: Recipe, registry: Registry, context: z.RefinementCtx): void {
  if (!recipe.augment.enabled) return;
  recipe.augment.steps.forEach((step, i) => {
    const [[id, knobs]] = Object.entries(step);
    const message = registry.transforms.find((known) => known.id === id)?.refuses?.(knobs as never, recipe);
    if (message) context.addIssue({ code: 'custom', path: ['augment', 'steps', i, id], message });
  });
}

/** Knobs of each plug-in by its id, all of them with their defaults. */
function optionsOf(plugins: readonly { readonly id: string; readonly knobs: z.ZodType }[]): z.ZodRawShape {
  return Object.fromEntries(plugins.map(({ id, knobs }) => [id, (knobs as z.ZodType).prefault({})]));
}

/** A step as a one-key object; a union would report every transform's complaint, this reports the chosen one's. */
function stepSchema(registry: Registry, schemas: readonly z.ZodType[]): z.ZodType {
  const known = registry.transforms.map((transform) => transform.id);
  return z.union(schemas as [z.ZodType, ...z.ZodType[]], {
    error: (issue) => {
      const step = issue.input;
      const keys = typeof step === 'object' && step !== null ? Object.keys(step) : [];
      if (keys.length !== 1) return `one step with its knobs, like { rotate: { degrees: 15 } }`;
      if (!known.includes(keys[0]))
        return `got step ${JSON.stringify(keys[0])}; known steps: ${known.join(', ')}`;
      return undefined;
    },
  });
}

function refuseContradictions(recipe: Recipe, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { normalise, split, labels } = recipe;
  if (normalise.dtype === 'uint8' && normalise.values !== 'none') {
    refuse(
      ['normalise', 'dtype'],
      `got uint8, which cannot hold ${normalise.values} values; choose float32 or float16, or values: none`,
    );
  }
  if (recipe.decode.range === 'stored') {
    if (normalise.dtype === 'uint8') {
      refuse(
        ['decode', 'range'],
        'got stored, which uint8 cannot hold; choose dtype: float32, or range: type',
      );
    }
    if (!['none', 'per-image', 'custom'].includes(normalise.values)) {
      const why = `got stored with values: ${normalise.values}, which take 0 to 255 for granted`;
      refuse(['decode', 'range'], `${why}; choose none, per-image or custom, or range: type`);
    }
  }
  const channels = recipe.image.colour === 'grey' ? 1 : 3;
  if (channels === 1 && (normalise.values === 'imagenet' || normalise.values === 'caffe')) {
    refuse(
      ['normalise', 'values'],
      `got ${normalise.values}, which has three channels, with colour: grey; choose rgb, or unit, signed, custom`,
    );
  }
  if (normalise.values === 'custom') {
    for (const name of ['mean', 'std'] as const) {
      const count = normalise[name].length;
      if (count !== channels && count !== 1)
        refuse(['normalise', name], `got ${count} numbers for ${channels} channels`);
    }
  }
  if (split.by === 'ratio' && split.validation + split.test > 1) {
    refuse(
      ['split', 'test'],
      `validation ${split.validation} and test ${split.test} are more than everything; their sum must be at most 1`,
    );
  }
  const { extractors } = recipe.features;
  const twice = extractors.find((id, i) => extractors.indexOf(id) !== i);
  if (twice !== undefined) refuse(['features', 'extractors'], `got ${twice} twice`);
  if (extractors.length > 0 && recipe.decode.range === 'stored')
    refuse(
      ['features', 'extractors'],
      `got ${extractors.join(', ')} with range: stored, whose numbers no extractor knows; choose another decode.range, or none`,
    );
  if (labels.from === 'pattern') {
    try {
      new RegExp(labels.pattern, 'u');
      if (!labels.pattern.includes('(?<label>'))
        refuse(
          ['labels', 'pattern'],
          `got ${JSON.stringify(labels.pattern)} without a group named label; write (?<label>…) around the label`,
        );
    } catch (error) {
      refuse(['labels', 'pattern'], `got ${JSON.stringify(labels.pattern)}: ${(error as Error).message}`);
    }
  }
  if (labels.from === 'folder' && labels.level === 0)
    refuse(['labels', 'level'], 'got 0; 1 is the outermost folder, -1 the innermost');
}

/**
 * Checks a recipe and fills its defaults.
 * @throws RecipeError with every problem's path, the value it got and what would be right.
 */
export function parseRecipe(input: unknown, schema: z.ZodType<Recipe>): Recipe {
  const result = schema.safeParse(input ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw new RecipeError(result.error.issues.flatMap(toProblems));
}

function toProblems(issue: z.core.$ZodIssue): RecipeProblem[] {
  if (issue.code === 'invalid_union') {
    // Of a step's alternatives only the one that bears its name has something to say.
    const inner = issue.errors.map((branch) =>
      branch.filter((problem) => problem.code !== 'unrecognized_keys'),
    );
    const told = inner.find(
      (branch) => branch.length > 0 && branch.every((problem) => problem.path.length > 1),
    );
    if (told)
      return told.flatMap((problem) =>
        toProblems({
          ...problem,
          path: [...issue.path, ...problem.path],
        } as z.core.$ZodIssue),
      );
  }
  const path = formatPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: 'no such knob; see --help or the form for the names',
    }));
  }
  const got =
    issue.code === 'custom' || issue.input === undefined
      ? ''
      : `got ${redactText(JSON.stringify(issue.input))}; `;
  return [{ path, message: `${got}${rightValue(issue)}` }];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
}
